"""What time alone brings about, on both databases."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta

import pytest

from bot.delivery.sweeping import Sweeper, sweep
from bot.domain.conversation import Awaited, AwaitedKind, Conversation, Mode, ReviewReason
from bot.domain.messages import EventKind, Message, OutboxKind
from bot.domain.requests import Status
from bot.service.reviews import ReviewDesk
from tests.delivery.conftest import Office
from tests.delivery.test_fetching import receive


def swept(office: Office) -> int:
    with office.uows() as uow:
        changed = sweep(uow, office.municipality, office.clock.now())
        uow.commit()
    return changed


def await_text(office: Office, conversation: Conversation, what: AwaitedKind = AwaitedKind.TRANSCRIPT) -> None:
    now = office.clock.now()
    assert conversation.id is not None
    with office.uows() as uow:
        uow.conversations.await_(Awaited(conversation.id, what, now, now + timedelta(minutes=10)))
        uow.commit()


def awaited(office: Office, conversation: Conversation, at: datetime) -> list[str]:
    with office.uows() as uow:
        return [row.what for row in uow.conversations.awaited(conversation.id or 0, at)]


def hear(office: Office, conversation: Conversation, kind: EventKind) -> None:
    with office.uows() as uow:
        assert conversation.id is not None
        uow.conversations.say(Message(conversation.id, "in", "citizen", "söz", office.clock.now(), kind))
        uow.commit()


def test_a_voice_note_that_no_text_follows_in_ten_minutes_goes_to_a_person(office: Office) -> None:
    ayse = office.conversation()
    began = office.clock.now()
    await_text(office, ayse)
    office.clock.advance(timedelta(minutes=9, seconds=59))
    assert swept(office) == 0
    office.clock.advance(timedelta(seconds=1))
    hear(office, ayse, EventKind.STICKER)
    assert swept(office) == 1
    assert [(item.reason, item.conversation_id) for item in office.reviews()] == [(ReviewReason.VOICE, ayse.id)]
    assert awaited(office, ayse, began) == []


def test_a_text_after_the_voice_note_is_enough(office: Office) -> None:
    ayse = office.conversation()
    await_text(office, ayse)
    office.clock.advance(timedelta(minutes=5))
    hear(office, ayse, EventKind.TEXT)
    office.clock.advance(timedelta(minutes=5))
    assert swept(office) == 1
    assert office.reviews() == []


def test_a_text_that_still_waits_in_the_inbox_counts_too(office: Office) -> None:
    ayse = office.conversation()
    await_text(office, ayse)
    office.clock.advance(timedelta(minutes=5))
    receive(office, number=7)
    office.clock.advance(timedelta(minutes=5))
    swept(office)
    assert office.reviews() == []


def test_other_things_awaited_too_long_are_forgotten_quietly(office: Office) -> None:
    ayse = office.conversation()
    began = office.clock.now()
    await_text(office, ayse, AwaitedKind.REASON)
    office.clock.advance(timedelta(minutes=10))
    assert swept(office) == 1
    assert awaited(office, ayse, began) == []
    assert office.reviews() == []


def test_a_handover_whose_time_is_over_goes_back_to_the_bot_and_its_item_stays_open(office: Office) -> None:
    ayse, fatma = office.conversation("ayse"), office.conversation("fatma")
    with office.uows() as uow:
        desk = ReviewDesk(uow, office.municipality, office.clock.now())
        for conversation, hours in ((ayse, 2), (fatma, 24)):
            found = uow.conversations.lock(conversation.id or 0)
            assert found is not None
            desk.open(ReviewReason.ASKED_FOR_PERSON, found, handover=True)
            desk.hand_over(found, office.clock.now() + timedelta(hours=hours))
        uow.commit()
    office.clock.advance(timedelta(hours=2))
    assert swept(office) == 1
    with office.uows() as uow:
        modes = [uow.conversations.lock(conversation.id or 0) for conversation in (ayse, fatma)]
        assert [found.mode for found in modes if found] == [Mode.BOT, Mode.PERSON]
    assert len(office.reviews()) == 2


def test_an_item_that_was_taken_and_left_is_open_to_all_again(office: Office) -> None:
    ayse = office.conversation()
    with office.uows() as uow:
        desk = ReviewDesk(uow, office.municipality, office.clock.now())
        item = desk.open(ReviewReason.SENSITIVE, ayse)
        desk.take(item.id or 0, "ali")
        uow.commit()
    office.clock.advance(timedelta(minutes=29))
    assert swept(office) == 0
    office.clock.advance(timedelta(minutes=1))
    assert swept(office) == 1
    (item,) = office.reviews()
    assert (item.state, item.taken_by, item.taken_until) == ("open", None, None)


@pytest.mark.anyio
async def test_a_web_message_that_nobody_fetched_in_thirty_days_has_failed(office: Office) -> None:
    ayse = office.conversation(channel="web")
    reply = office.write("cevap", ayse)
    request = office.file(ayse)
    office.change(request, lambda desk, found: desk.change(found, Status.IN_PROGRESS, "staff:ali"))
    assert await office.worker().drain() == 2
    office.clock.advance(timedelta(days=30) - timedelta(seconds=1))
    assert swept(office) == 1, "the request is overdue by then"
    office.clock.advance(timedelta(seconds=1))
    assert swept(office) == 2
    assert office.state(reply) == ("failed", "not_fetched")
    (item,) = (item for item in office.reviews() if item.reason != ReviewReason.OVERDUE)
    assert (item.reason, item.request_id) == (ReviewReason.DELIVERY_FAILED, request.id)
    assert OutboxKind.NOTIFICATION in item.summary


def test_one_process_sweeps_at_a_time_and_another_takes_over(office: Office) -> None:
    first = Sweeper(office.uows, office.municipality, office.clock, "host:1")
    second = Sweeper(office.uows, office.municipality, office.clock, "host:2")
    ayse = office.conversation()
    assert first.once() == 0
    await_text(office, ayse, AwaitedKind.REASON)
    office.clock.advance(timedelta(minutes=10))
    assert first.once() == 1
    await_text(office, ayse, AwaitedKind.REASON)
    office.clock.advance(timedelta(seconds=60))
    assert second.once() == 0
    office.clock.advance(timedelta(minutes=10))
    assert second.once() == 1


def test_a_sweep_that_fails_does_not_hinder_the_others(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    ayse = office.conversation()
    with office.uows() as uow:
        desk = ReviewDesk(uow, office.municipality, office.clock.now())
        desk.take(desk.open(ReviewReason.SENSITIVE, ayse).id or 0, "ali")
        uow.commit()
    await_text(office, ayse)
    office.clock.advance(timedelta(minutes=31))
    without_texts = type(office.municipality)(**{**vars(office.municipality), "quiet_begin": None})
    sweeper = Sweeper(office.uows, without_texts, office.clock, "host:1")
    assert sweeper.once() == 1
    assert [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR] == [
        "sweep expire_awaited failed: TypeError"
    ]


@pytest.mark.anyio
async def test_the_loop_sweeps_until_it_is_stopped(office: Office) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(Sweeper(office.uows, office.municipality, office.clock, "host:1").run(stop))
    await asyncio.sleep(0.05)
    stop.set()
    await asyncio.wait_for(running, 5)
