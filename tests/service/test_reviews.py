"""What an open review item becomes when more comes in on the same matter, and when the team hears of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from bot.clock import ManualClock
from bot.db.tables import outbox
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.conversation import Conversation, Draft, ReviewItem, ReviewReason
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind
from bot.domain.requests import Place
from bot.ports import UnitOfWorkFactory
from bot.service.reviews import ReviewDesk
from tests.support import selcuklu

NIGHT = datetime(2026, 6, 8, 23, 0, tzinfo=UTC)
TOWN = selcuklu()


@dataclass
class Team:
    uows: UnitOfWorkFactory
    clock: ManualClock = field(default_factory=lambda: ManualClock(NIGHT))

    def opens(self, reason: ReviewReason, summary: str = "", **more: Any) -> ReviewItem:
        return self.does(lambda desk, talk: desk.open(reason, talk, None, summary, **more))

    def does(self, act: Callable[[ReviewDesk, Conversation], ReviewItem]) -> ReviewItem:
        with self.uows() as uow:
            now = self.clock.now()
            event = IncomingEvent("telegram", "1", "ayse", "ayse", EventKind.TEXT, now)
            item = act(ReviewDesk(uow, TOWN, now), uow.conversations.of_event(event, now))
            uow.commit()
        return item

    def alerts(self) -> list[str]:
        with self.uows() as uow:
            assert isinstance(uow, SqlUnitOfWork)
            rows = uow.session.scalars(select(outbox.c.body).where(outbox.c.kind == OutboxKind.ALERT))
            return [body["text"] for body in rows]


@pytest.fixture
def team(uows: UnitOfWorkFactory) -> Team:
    return Team(uows)


def test_a_second_emergency_is_shown_and_alerted_but_not_with_every_message(team: Team) -> None:
    first = team.opens(ReviewReason.URGENT, "Son ileti: yangın var")
    team.clock.advance(timedelta(minutes=2))
    assert team.opens(ReviewReason.URGENT, "Son ileti: dumandan nefes alamıyoruz").id == first.id
    assert len(team.alerts()) == 1
    team.clock.advance(timedelta(minutes=4))
    again = team.opens(ReviewReason.URGENT, "Son ileti: içeride insan var")
    assert again.summary.splitlines()[::2] == [
        "Son ileti: içeride insan var",
        "Son ileti: dumandan nefes alamıyoruz",
        "Son ileti: yangın var",
    ]
    assert len(team.alerts()) == 2 and "yeni ileti" in team.alerts()[1]
    team.opens(ReviewReason.URGENT, "Son ileti: içeride insan var")
    assert len(team.alerts()) == 2


def test_another_handover_after_the_first_is_alerted_and_stays_one_item(team: Team) -> None:
    first = team.opens(ReviewReason.ASKED_FOR_PERSON, "a", handover=True)
    team.clock.advance(timedelta(hours=25))
    assert team.opens(ReviewReason.ASKED_FOR_PERSON, "b", handover=True).id == first.id
    assert len(team.alerts()) == 2


def test_what_becomes_a_handover_is_one_at_once(team: Team) -> None:
    mild = team.opens(ReviewReason.ABUSE, "a")
    due = mild.due_at
    grave = team.opens(ReviewReason.ABUSE, "b", handover=True)
    assert grave.id == mild.id and grave.handover
    assert grave.due_at is not None and due is not None and grave.due_at <= due
    assert len(team.alerts()) == 2


def test_what_is_neither_urgent_nor_a_handover_is_brought_up_to_date_in_silence(team: Team) -> None:
    team.opens(ReviewReason.SENSITIVE, "a")
    team.clock.advance(timedelta(hours=2))
    assert team.opens(ReviewReason.SENSITIVE, "b").summary == "b\n—\na"
    assert len(team.alerts()) == 1


def test_who_takes_a_conversation_over_reads_all_that_was_being_noted(team: Team) -> None:
    item = team.opens(ReviewReason.SENSITIVE, "a")

    def take(desk: ReviewDesk, talk: Conversation) -> ReviewItem:
        talk.drafts = (
            Draft("1.0", "çöp taştı", "waste_container", place=Place("Yazır", "Selçuklu")),
            Draft("1.1", "kaldırım çökmüş", "sidewalk"),
        )
        desk.take_over(item.id or 0, "ece", NIGHT + timedelta(hours=24))
        return item

    team.does(take)
    told = team.opens(ReviewReason.SENSITIVE).summary
    assert "çöp taştı" in told and "Yazır" in told and "kaldırım çökmüş" in told and told.endswith("a")
