"""Laws 1, 2 and 4: stored once, one turn one transaction, in order."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bot.clock import ManualClock
from bot.db.tables import conversations, history, inbox, messages, outbox, requests, review_items
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.understanding import Act, Understanding
from bot.engine.scripted import ScriptedEngine
from bot.errors import DatabaseAway
from bot.ports import TurnSession, UnitOfWorkFactory
from bot.service.receiving import Receiver
from bot.service.turn import TurnDone, TurnWorker
from tests.support import YAZIR, report, selcuklu, understood

CONTAINER = report("konteyner doldu", place=YAZIR)
KNOWN = {
    "konteyner doldu": CONTAINER,
    "evet": understood("evet", Act.AFFIRM),
    "merhaba": understood("merhaba", Act.GREET),
    "merhaba\norası işte": report("merhaba\norası işte"),
}
START = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)


class Desk:
    """A receiver and a turn worker over one database and one clock."""

    def __init__(self, engine: Engine, uows: UnitOfWorkFactory, dialogue: ScriptedEngine) -> None:
        self.database, self.clock = engine, ManualClock(START)
        self.receiver = Receiver(uows, self.clock, 2.0)
        self.done: list[TurnDone] = []
        self.worker = TurnWorker(
            uows,
            lambda: SqlUnitOfWork(engine, write=False),
            dialogue,
            selcuklu(),
            self.clock,
            "secret",
            on_turn=self.done.append,
        )
        self._number = 0

    def send(
        self, text: str = "", kind: EventKind = EventKind.TEXT, thread: str = "ayşe", **more: Any
    ) -> IncomingEvent:
        self._number += 1
        event = IncomingEvent(
            channel="fake",
            event_id=more.pop("event_id", str(self._number)),
            sender=thread,
            thread=thread,
            kind=kind,
            occurred_at=self.clock.now(),
            sequence=more.pop("sequence", self._number),
            text=text,
            **more,
        )
        self.receiver.receive(event)
        return event

    def turns(self, seconds: float = 3.0) -> int:
        self.clock.advance(timedelta(seconds=seconds))
        return asyncio.run(self.worker.drain())

    def count(self, table: Any, *where: Any) -> int:
        with self.database.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    def texts(self) -> list[str]:
        with self.database.connect() as connection:
            rows = connection.execute(select(outbox.c.body).where(outbox.c.kind == "reply").order_by(outbox.c.id))
            return [row.body["text"] for row in rows]


@pytest.fixture
def desk(engine: Engine, uows: UnitOfWorkFactory) -> Desk:
    return Desk(engine, uows, ScriptedEngine(KNOWN))


def test_one_message_with_what_and_where_leads_to_one_confirmation_and_a_number(desk: Desk) -> None:
    desk.send("konteyner doldu")
    assert desk.turns() == 1
    desk.send("evet")
    assert desk.turns() == 1
    assert "SLC-2026-000001" in desk.texts()[-1]
    assert desk.count(requests) == 1
    assert desk.count(history) == 1


def test_the_same_event_twice_is_one_message(desk: Desk) -> None:
    desk.send("merhaba", event_id="7")
    desk.send("merhaba", event_id="7")
    desk.turns()
    assert desk.count(inbox) == 1
    assert desk.count(messages, messages.c.direction == "in") == 1


def test_a_turn_that_raises_at_its_end_leaves_nothing_behind(engine: Engine, uows: UnitOfWorkFactory) -> None:
    def fail(turn: TurnSession) -> None:
        if turn.text == "evet":
            raise RuntimeError("at the end")

    desk = Desk(engine, uows, ScriptedEngine(KNOWN, fail))
    desk.send("konteyner doldu")
    desk.turns()
    replies = desk.count(outbox)
    desk.send("evet")
    desk.turns()
    assert desk.count(requests) == 0
    assert desk.count(history) == 0
    assert desk.count(outbox) == replies
    assert desk.count(inbox, inbox.c.state == "ready", inbox.c.attempts == 1) == 1


def test_a_message_that_fails_three_times_goes_to_a_person_and_the_citizen_is_told(
    engine: Engine, uows: UnitOfWorkFactory
) -> None:
    def fail(turn: TurnSession) -> None:
        raise RuntimeError("always")

    desk = Desk(engine, uows, ScriptedEngine(KNOWN, fail))
    desk.send("merhaba")
    for _ in range(3):
        desk.turns(60)
    assert desk.count(inbox, inbox.c.state == "failed") == 1
    assert desk.count(review_items, review_items.c.reason == "turn_failed") == 1
    assert "görevlimiz ilgilenecek" in desk.texts()[-1]


def test_a_text_that_cannot_be_understood_fails_as_a_turn_does_and_holds_nobody_up(
    engine: Engine, uows: UnitOfWorkFactory
) -> None:
    class Stumbling(ScriptedEngine):
        def parse(self, text: str) -> Understanding:
            if text == "tökezleten":
                raise ValueError("a component stumbles")
            return super().parse(text)

    desk = Desk(engine, uows, Stumbling(KNOWN))
    desk.send("tökezleten")
    desk.turns()
    assert desk.count(inbox, inbox.c.state == "ready", inbox.c.attempts == 1) == 1
    desk.turns(60)
    desk.turns(60)
    assert desk.count(review_items, review_items.c.reason == "turn_failed") == 1
    desk.send("merhaba")
    desk.turns()
    assert desk.count(inbox, inbox.c.state == "handled") == 1


def test_a_turn_without_a_reply_is_an_error(engine: Engine, uows: UnitOfWorkFactory) -> None:
    class Mute(ScriptedEngine):
        async def respond(self, turn: TurnSession) -> None:
            return

    desk = Desk(engine, uows, Mute(KNOWN))
    desk.send("merhaba")
    desk.turns()
    assert desk.count(inbox, inbox.c.error == "TurnError") == 1


def test_fragments_are_gathered_into_one_turn(desk: Desk) -> None:
    desk.send("merhaba")
    desk.clock.advance(timedelta(seconds=1))
    desk.send("orası işte")
    assert asyncio.run(desk.worker.drain()) == 0
    assert desk.turns() == 1
    assert desk.done[0].messages == 2


def test_a_complete_message_does_not_wait(desk: Desk) -> None:
    desk.send("konteyner doldu")
    assert asyncio.run(desk.worker.drain()) == 1


def test_messages_are_taken_in_the_providers_order(desk: Desk) -> None:
    desk.send("ikinci", sequence=20)
    desk.send("birinci", sequence=10)
    desk.turns()
    with desk.database.connect() as connection:
        said = connection.execute(
            select(messages.c.text).where(messages.c.direction == "in").order_by(messages.c.id)
        ).scalars()
        assert list(said) == ["birinci", "ikinci"]


def test_an_edited_message_replaces_the_one_it_edits(desk: Desk) -> None:
    seen: list[str] = []
    desk.send("konteyner dold", message_ref="m1")
    desk.send("konteyner doldu", edits="m1")
    engine = ScriptedEngine(KNOWN, lambda turn: seen.append(turn.text))
    desk.worker._engine = engine
    desk.turns()
    assert seen == ["konteyner doldu"]


def test_a_button_is_a_turn_of_its_own_and_twice_is_once(desk: Desk) -> None:
    desk.send("konteyner doldu")
    desk.turns()
    with desk.database.connect() as connection:
        body = connection.execute(select(outbox.c.body).order_by(outbox.c.id.desc())).scalars().first()
    payload = body["buttons"][0]["payload"]
    desk.send(kind=EventKind.BUTTON, button=payload)
    desk.send(kind=EventKind.BUTTON, button=payload)
    assert desk.turns() == 2
    assert desk.count(requests) == 1
    assert "zaten kayıtlı" in desk.texts()[-1]


def test_a_message_not_for_us_is_stored_and_not_answered(desk: Desk) -> None:
    desk.send("merhaba", for_us=False)
    assert desk.turns() == 0
    assert desk.count(inbox, inbox.c.state == "ignored") == 1
    assert desk.count(outbox) == 0


def test_the_privacy_notice_is_shown_once_and_kept(desk: Desk) -> None:
    desk.send("merhaba")
    desk.turns()
    desk.send("merhaba")
    desk.turns()
    assert ["Aydınlatma metni" in text for text in desk.texts()] == [True, False]
    assert desk.count(conversations, conversations.c.notice_version.is_not(None)) == 1


def test_a_handled_message_knows_no_personal_words_in_the_tracker(desk: Desk) -> None:
    desk.send("konteyner doldu")
    desk.turns()
    with desk.database.connect() as connection:
        tracker = connection.execute(select(conversations.c.tracker)).scalar_one()
    assert tracker is None or "konteyner" not in tracker


def test_different_conversations_do_not_wait_for_each_other(desk: Desk) -> None:
    for name in ("ayşe", "ali", "veli"):
        desk.send("konteyner doldu", thread=name)
    assert desk.turns() == 3


def test_null_bytes_and_direction_marks_do_not_reach_the_database(desk: Desk) -> None:
    desk.send("mer\x00haba\u202e")
    desk.turns()
    with desk.database.connect() as connection:
        assert connection.execute(select(messages.c.text).where(messages.c.direction == "in")).scalar_one() == "merhaba"


def test_ten_thousand_characters_are_kept(desk: Desk) -> None:
    desk.send("ç" * 10_000)
    desk.turns()
    assert desk.count(inbox, inbox.c.state == "handled") == 1


def test_parsing_happens_once_for_the_same_text(engine: Engine, uows: UnitOfWorkFactory) -> None:
    class Counting(ScriptedEngine):
        parsed = 0

        def parse(self, text: str) -> Understanding:
            self.parsed += 1
            return super().parse(text)

    dialogue = Counting(KNOWN)
    desk = Desk(engine, uows, dialogue)
    desk.send("merhaba")
    asyncio.run(desk.worker.drain())
    asyncio.run(desk.worker.drain())
    desk.turns()
    assert dialogue.parsed == 1


def test_a_database_that_goes_away_is_waited_for_and_nothing_is_lost(engine: Engine, uows: UnitOfWorkFactory) -> None:
    desk = Desk(engine, uows, ScriptedEngine(KNOWN))
    desk.send("merhaba")
    desk.clock.advance(timedelta(seconds=3))
    failures = iter([DatabaseAway("away"), DatabaseAway("away")])
    looks = desk.worker._reads

    def away_twice() -> Any:
        for error in failures:
            raise error
        return looks()

    desk.worker._reads = away_twice
    stop = asyncio.Event()

    async def run() -> None:
        task = asyncio.create_task(desk.worker.run(stop, idle_seconds=0.01))
        while not desk.done:
            await asyncio.sleep(0.01)
        stop.set()
        await task

    asyncio.run(asyncio.wait_for(run(), 20))
    assert desk.count(inbox, inbox.c.state == "handled") == 1
