"""`hizmet incidents …`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.incidents import Incident
from bot.errors import UserError
from bot.municipality import Municipality
from bot.service.incidents import IncidentDesk

out = Console()


def _in_desk(settings: Settings, act: Callable[[IncidentDesk], Incident]) -> Incident:
    with open_database(settings).writes() as uow:
        incident = act(IncidentDesk(uow, municipality_of(settings.municipality), SystemClock().now()))
        uow.commit()
    return incident


def show_list(settings: Settings, past_too: bool) -> None:
    """A table; what is over stands there only with `past_too`."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).reads() as uow:
        found = uow.incidents.newest(200) if past_too else uow.incidents.in_force(SystemClock().now())
    table = Table("id", "service", "where", "until", "ended", "reports", "text")
    for incident in found:
        table.add_row(
            str(incident.id),
            municipality.services[incident.service].short,
            ", ".join(incident.neighbourhoods) or "-",
            f"{municipality.local(incident.until):%d.%m. %H:%M}",
            f"{municipality.local(incident.ended_at):%d.%m. %H:%M}" if incident.ended_at else "",
            str(incident.reports),
            incident.text,
        )
    out.print(table)


def announce(settings: Settings, service: str, area: Sequence[str], text: str, until: str, staff: str) -> None:
    municipality = municipality_of(settings.municipality)
    end_at = moment(until, municipality, SystemClock().now())
    incident = _in_desk(settings, lambda desk: desk.announce(service, area, text, end_at, staff))
    out.print(f"#{incident.id} until {municipality.local(incident.until):%d.%m.%Y %H:%M}", highlight=False)


def end(settings: Settings, incident_id: int, staff: str) -> None:
    incident = _in_desk(settings, lambda desk: desk.end(incident_id, staff))
    out.print(f"#{incident.id}: ended, {incident.reports} reports", highlight=False)


def moment(text: str, municipality: Municipality, now: datetime) -> datetime:
    """'18:00' (today) or '2026-06-08 18:00' in the municipality's time zone. Raises UserError."""
    today = municipality.local(now).date().isoformat()
    try:
        parsed = datetime.fromisoformat(text if "-" in text else f"{today} {text}")
    except ValueError as error:
        raise UserError("moment_expected", given=text) from error
    return parsed if parsed.tzinfo else parsed.replace(tzinfo=municipality.timezone)
