"""Known incidents: announced by staff, in force for a while, each citizen counted once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, select

from bot.db.tables import audit
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.requests import Place
from bot.errors import NotFound, UserError
from bot.ports import UnitOfWorkFactory
from bot.service.incidents import LONGEST, IncidentDesk
from tests.support import selcuklu

NOW = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)
UNTIL = NOW + timedelta(hours=8)
TEXT = "Yazır'da ana boru onarılıyor; sular saat 18.00'de gelecek."


def announce(uows: UnitOfWorkFactory, neighbourhoods: tuple[str, ...] = ("Yazır",), at: datetime = NOW) -> int:
    with uows() as uow:
        incident = IncidentDesk(uow, selcuklu(), at).announce("water_outage", neighbourhoods, TEXT, UNTIL, "ayşe")
        uow.commit()
    assert incident.id is not None
    return incident.id


def match(
    uows: UnitOfWorkFactory, neighbourhood: str | None, at: datetime = NOW, service: str = "water_outage"
) -> bool:
    with uows() as uow:
        return IncidentDesk(uow, selcuklu(), at).matching(service, Place(neighbourhood=neighbourhood)) is not None


def test_it_explains_its_service_and_area_only(uows: UnitOfWorkFactory) -> None:
    announce(uows)
    assert match(uows, "Yazır")
    assert not match(uows, "Sille")
    assert not match(uows, None)
    assert not match(uows, "Yazır", service="power_outage")


def test_without_an_area_it_explains_the_service_everywhere(uows: UnitOfWorkFactory) -> None:
    announce(uows, ())
    assert match(uows, None) and match(uows, "Sille")


def test_it_ends_by_time_or_by_staff_once(uows: UnitOfWorkFactory) -> None:
    number = announce(uows)
    assert not match(uows, "Yazır", UNTIL)
    with uows() as uow:
        IncidentDesk(uow, selcuklu(), NOW + timedelta(hours=1)).end(number, "ayşe")
        uow.commit()
    assert not match(uows, "Yazır", NOW + timedelta(hours=2))
    with uows() as uow, pytest.raises(UserError, match="incident_ended"):
        IncidentDesk(uow, selcuklu(), NOW + timedelta(hours=2)).end(number, "ayşe")
    with uows() as uow, pytest.raises(NotFound):
        IncidentDesk(uow, selcuklu(), NOW).end(number + 1, "ayşe")


def test_a_citizen_counts_once(uows: UnitOfWorkFactory) -> None:
    number = announce(uows)
    for account in ("ayşe", "ayşe", "can"):
        event = IncomingEvent("fake", account, account, account, EventKind.TEXT, NOW)
        with uows() as uow:
            conversation = uow.conversations.of_event(event, NOW)
            incident = uow.incidents.get(number)
            assert incident is not None and conversation.id is not None
            IncidentDesk(uow, selcuklu(), NOW).count(incident, conversation.citizen_id, conversation.id)
            uow.commit()
    with uows() as uow:
        found = uow.incidents.get(number)
        assert found is not None and found.reports == 2


def test_what_staff_do_is_audited_without_the_words(uows: UnitOfWorkFactory, engine: Engine) -> None:
    number = announce(uows)
    with uows() as uow:
        IncidentDesk(uow, selcuklu(), NOW).end(number, "ayşe")
        uow.commit()
    with engine.connect() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.action, audit.c.object).order_by(audit.c.id)).all()
    assert [tuple(row) for row in rows] == [
        ("staff:ayşe", "incident_announced", f"incident:{number}"),
        ("staff:ayşe", "incident_ended", f"incident:{number}"),
    ]


@pytest.mark.parametrize(
    ("service", "area", "text", "until"),
    [
        ("nothing", [], TEXT, UNTIL),
        ("water_outage", ["Atlantis"], TEXT, UNTIL),
        ("water_outage", [], "  ", UNTIL),
        ("water_outage", [], "a" * (LONGEST + 1), UNTIL),
        ("water_outage", [], TEXT, NOW),
    ],
)
def test_what_the_municipality_does_not_know_is_refused(
    uows: UnitOfWorkFactory, service: str, area: list[str], text: str, until: datetime
) -> None:
    with uows() as uow, pytest.raises(UserError):
        IncidentDesk(uow, selcuklu(), NOW).announce(service, area, text, until, "ayşe")
