"""Drafts of public answers wait for the team; one switch stops everything public."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import Engine, select

from bot.channels.fake import FakeChannel
from bot.clock import ManualClock
from bot.db.tables import audit
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import ReviewItem, ReviewReason
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind, OutboxState, Reply
from bot.domain.publicity import Category, Publicity, SendMode
from bot.errors import NotAllowed, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork, UnitOfWorkFactory
from bot.service.publicity import About, PublicDesk
from bot.service.reviews import ReviewDesk
from tests.support import selcuklu

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
ABOUT = About(Category.REPORT, "Yazır'da çöp", "waste_collection:Yazır")
AUTOMATIC = replace(selcuklu(), publicity=Publicity({Category.REPORT: SendMode.AUTOMATIC}))


@dataclass
class Team:
    """The desk of public answers over one database, and a delivery that records what went out."""

    uows: UnitOfWorkFactory
    channel: FakeChannel

    def does(self, act: Callable[[PublicDesk], object]) -> None:
        with self.uows() as uow:
            act(PublicDesk(uow, selcuklu(), NOW))
            uow.commit()

    def answer(self, text: str, account: str = "ayse", town: Municipality = selcuklu(), public: bool = True) -> None:  # noqa: B008
        with self.uows() as uow:
            conversation = uow.conversations.of_event(event(account, public), NOW)
            desk = PublicDesk(uow, town, NOW)
            desk.answer(conversation, Reply(text, public=public), f"reply:{text}", OutboxKind.REPLY, ABOUT)
            uow.commit()

    def items(self) -> list[ReviewItem]:
        with self.uows() as uow:
            return list(uow.reviews.open_items())

    def sent(self) -> list[str]:
        worker = DeliveryWorker(self.uows, {"fake": self.channel}, ManualClock(NOW), selcuklu(), random.Random(1))
        asyncio.run(worker.drain())
        return self.channel.texts

    def look(self, what: Callable[[UnitOfWork], object]) -> object:
        with self.uows() as uow:
            return what(uow)


def event(account: str, public: bool) -> IncomingEvent:
    thread = f"{account}:{public}"
    return IncomingEvent(
        "fake", thread, account, thread, EventKind.TEXT, NOW, display_name="Okan Yiğit", address={"a": 1}, public=public
    )


@pytest.fixture
def team(uows: UnitOfWorkFactory) -> Team:
    return Team(uows, FakeChannel())


def test_a_draft_is_seen_by_the_team_and_by_nobody_else_until_it_is_approved(team: Team) -> None:
    team.answer("Merhaba, ilgileniyoruz.")
    assert team.sent() == []
    [item] = team.items()
    assert (item.reason, item.suggested_reply, item.matter) == (
        ReviewReason.PUBLIC_ANSWER,
        "Merhaba, ilgileniyoruz.",
        "waste_collection:Yazır",
    )
    assert team.look(lambda uow: uow.conversations.thread(item.conversation_id or 0)) == []
    team.does(lambda desk: desk.approve(item.id or 0, "ece"))
    assert team.sent() == ["Merhaba, ilgileniyoruz."]
    assert team.items() == []


def test_an_automatic_category_goes_out_without_a_click(team: Team) -> None:
    team.answer("Merhaba.", town=AUTOMATIC)
    assert team.sent() == ["Merhaba."]
    assert team.items() == []


def test_words_that_were_changed_are_said_in_the_name_of_who_changed_them(team: Team) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    team.does(lambda desk: desk.approve(item.id or 0, "ece", " Merhaba, ekibimiz yolda. "))
    assert team.sent() == ["Merhaba, ekibimiz yolda."]
    [line] = team.look(lambda uow: uow.conversations.thread(item.conversation_id or 0))  # type: ignore[misc]  # a list
    assert (line.author, line.text) == ("staff:ece", "Merhaba, ekibimiz yolda.")


@pytest.mark.parametrize(
    ("text", "key"),
    [("Turna Sokak 5'e ekip gitti", "public_personal"), ("x" * 281, "too_long"), ("  ", "empty_reply")],
)
def test_what_may_not_be_public_is_not_approved_and_the_draft_stays(team: Team, text: str, key: str) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    with pytest.raises(UserError) as told:
        team.does(lambda desk: desk.approve(item.id or 0, "ece", text))
    assert told.value.key == key
    assert team.sent() == []
    assert len(team.items()) == 1


def test_a_rejected_draft_is_never_sent(team: Team, engine: Engine) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    with pytest.raises(UserError):
        team.does(lambda desk: desk.reject(item.id or 0, "ece", " "))
    team.does(lambda desk: desk.reject(item.id or 0, "ece", "yanlış anlaşılmış"))
    assert (team.sent(), team.items()) == ([], [])
    with pytest.raises(UserError) as told:
        team.does(lambda desk: desk.approve(item.id or 0, "ece"))
    assert told.value.key == "review_closed"
    with engine.connect() as connection:
        rows = connection.execute(select(audit.c.actor, audit.c.action)).all()
    assert ("staff:ece", "public_rejected") in [tuple(row) for row in rows]


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_decision_takes_its_locks_in_the_order_of_turns(team: Team) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    failed: list[Exception] = []

    def approve() -> None:
        try:
            team.does(lambda desk: desk.approve(item.id or 0, "ece"))
        except Exception as error:
            failed.append(error)

    deciding = threading.Thread(target=approve)
    with team.uows() as turn:
        turn.conversations.lock(item.conversation_id or 0)
        deciding.start()
        deciding.join(0.3)
        turn.outbox.get(item.outbox_id or 0, lock=True)
        turn.reviews.get(item.id or 0, lock=True)
        turn.commit()
    deciding.join()
    assert failed == []
    assert team.sent() == ["Merhaba."]


def test_closing_the_item_without_an_answer_withdraws_the_draft(team: Team) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    with team.uows() as uow:
        ReviewDesk(uow, selcuklu(), NOW).close(item.id or 0, "ece", "gerek yok")
        uow.commit()
    row = team.look(lambda uow: uow.outbox.get(item.outbox_id or 0))
    assert row.state == OutboxState.WITHDRAWN  # type: ignore[attr-defined]  # an OutboxRow


def test_a_draft_that_a_colleague_holds_is_left_to_them(team: Team) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    with team.uows() as uow:
        ReviewDesk(uow, selcuklu(), NOW).take(item.id or 0, "can")
        uow.commit()
    with pytest.raises(NotAllowed):
        team.does(lambda desk: desk.approve(item.id or 0, "ece"))
    team.does(lambda desk: desk.approve(item.id or 0, "can"))
    assert team.sent() == ["Merhaba."]


def test_a_newer_draft_of_the_same_thread_replaces_the_older(team: Team) -> None:
    team.answer("Birinci.")
    team.answer("İkinci.")
    [item] = team.items()
    team.does(lambda desk: desk.approve(item.id or 0, "ece"))
    assert team.sent() == ["İkinci."]


def test_the_switch_stops_all_that_is_public_and_nothing_else(team: Team) -> None:
    team.does(lambda desk: desk.pause("ece"))
    team.answer("Herkese.", town=AUTOMATIC)
    team.answer("Size özel.", town=AUTOMATIC, public=False)
    team.answer("Onaylanan.", account="can")
    [item] = team.items()
    team.does(lambda desk: desk.approve(item.id or 0, "ece"))
    assert team.sent() == ["Size özel."]
    team.does(lambda desk: desk.resume("ece"))
    assert team.sent() == ["Size özel.", "Herkese.", "Onaylanan."]


def test_a_public_reply_of_the_staff_is_checked_too(team: Team) -> None:
    team.answer("Merhaba.")
    [item] = team.items()
    with pytest.raises(UserError), team.uows() as uow:
        ReviewDesk(uow, selcuklu(), NOW).reply(item.id or 0, "ece", "Sayın Okan Yiğit, ekip yolda")
    with team.uows() as uow:
        ReviewDesk(uow, selcuklu(), NOW).reply(item.id or 0, "ece", "Ekibimiz yolda.")
        uow.commit()
    assert team.sent() == ["Ekibimiz yolda."]
    assert team.channel.sent[0][1].public
