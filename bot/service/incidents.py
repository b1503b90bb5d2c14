"""Known incidents: staff announce what is known already, the assistant says it first and counts who reports it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from bot.domain.incidents import Incident, IncidentReport
from bot.domain.requests import Place
from bot.errors import NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork

LONGEST = 600
"""Letters of an announcement: it stands in one message, also where channels are narrow."""


class IncidentDesk:
    """Announces, ends and counts inside one unit of work; what staff do is in the audit."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow = uow
        self._municipality = municipality
        self._now = now

    def announce(self, service: str, neighbourhoods: Sequence[str], text: str, until: datetime, staff: str) -> Incident:
        """From now until `until` citizens who report the service there read `text` first.

        No neighbourhood means everywhere. Raises UserError for what the municipality's file doesn't know, for an empty
        or too long text, and for an end that is past.
        """
        if service not in self._municipality.services:
            raise UserError("unknown_service", service=service)
        for name in neighbourhoods:
            if name not in self._municipality.neighbourhoods:
                raise UserError("unknown_neighbourhood", neighbourhood=name)
        if not text.strip() or len(text.strip()) > LONGEST:
            raise UserError("incident_text", longest=LONGEST)
        if until <= self._now:
            raise UserError("incident_past", until=until)
        incident = Incident(
            service=service,
            neighbourhoods=list(dict.fromkeys(neighbourhoods)),
            text=text.strip(),
            starts_at=self._now,
            until=until,
            created_by=f"staff:{staff}",
            created_at=self._now,
        )
        self._uow.incidents.add(incident)
        self._uow.audit.record(
            self._now, f"staff:{staff}", "incident_announced", f"incident:{incident.id}", incident.text
        )
        return incident

    def extend(self, incident_id: int, until: datetime, staff: str) -> Incident:
        """It lasts until another time. Raises NotFound; ended already, or a time that is past: UserError."""
        incident = self._holding(incident_id)
        if until <= self._now:
            raise UserError("incident_past", until=until)
        incident.until = until
        self._uow.audit.record(self._now, f"staff:{staff}", "incident_extended", f"incident:{incident_id}")
        return incident

    def end(self, incident_id: int, staff: str) -> Incident:
        """It is over. Raises NotFound; ended already: UserError."""
        incident = self._holding(incident_id)
        incident.ended_at, incident.ended_by = self._now, f"staff:{staff}"
        self._uow.audit.record(self._now, f"staff:{staff}", "incident_ended", f"incident:{incident_id}")
        return incident

    def in_force(self, service: str | None = None) -> Sequence[Incident]:
        """What holds now, of all services or of one, newest first."""
        return self._uow.incidents.in_force(self._now, service)

    def _holding(self, incident_id: int) -> Incident:
        incident = self._uow.incidents.get(incident_id, lock=True)
        if incident is None:
            raise NotFound("incident_not_found", id=incident_id)
        if incident.ended_at is not None or incident.until <= self._now:
            raise UserError("incident_ended", id=incident_id)
        return incident

    def matching(self, service: str, place: Place) -> Incident | None:
        """The newest incident in force that explains a problem of this service at this place."""
        return next((each for each in self.in_force(service) if each.covers(place.neighbourhood)), None)

    def count(self, incident: Incident, citizen_id: int, conversation_id: int) -> bool:
        """One more report of it; False where this citizen was counted before."""
        assert incident.id is not None
        return self._uow.incidents.count(IncidentReport(incident.id, citizen_id, conversation_id, self._now))
