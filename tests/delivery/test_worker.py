"""Claim, send, record: the delivery worker over in-memory channels, on both databases."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from bot.channels.telegram.side import telegram_rates
from bot.domain.conversation import ReviewReason
from bot.domain.messages import OutboxKind
from bot.domain.rates import ChannelRates, Rate
from bot.domain.requests import Request, Status
from bot.errors import (
    CredentialsRefused,
    DatabaseAway,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)
from bot.service.requests import RequestDesk
from bot.service.reviews import ReviewDesk
from tests.delivery.conftest import Office

pytestmark = pytest.mark.anyio


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():
            await asyncio.sleep(0.01)


# -- what was delivered is recorded
async def test_a_message_sent_is_recorded_with_the_providers_id(office: Office) -> None:
    outbox_id = office.write("Merhaba", office.conversation())
    assert await office.worker().drain() == 1
    row = office.row(outbox_id)
    assert (row.state, row.provider_id, row.sent_at, row.attempts) == ("sent", "telegram-1", office.clock.now(), 1)
    assert office.telegram.sent[0][0] == {"account": "ayse"}
    assert office.seen == [("telegram", "sent")]


async def test_a_message_that_the_citizen_fetches_waits(office: Office) -> None:
    outbox_id = office.write("Merhaba", office.conversation(channel="web"))
    assert await office.worker().drain() == 1
    row = office.row(outbox_id)
    assert (row.state, row.sent_at) == ("waiting", None)


async def test_everything_due_is_drained_in_order_and_what_is_held_stays(office: Office) -> None:
    ayse, fatma = office.conversation("ayse"), office.conversation("fatma")
    held = office.write("held", ayse, not_before=office.clock.now() + timedelta(hours=8))
    for number in range(3):
        office.write(f"ayse {number}", ayse)
        office.write(f"fatma {number}", fatma)
    assert await office.worker().drain() == 6
    for name in ("ayse", "fatma"):
        assert [text for text in office.telegram.texts if name in text] == [f"{name} {number}" for number in range(3)]
    assert office.state(held) == ("pending", None)
    office.clock.advance(timedelta(hours=8))
    assert await office.worker().drain() == 1


async def test_a_channel_that_this_worker_lacks_keeps_its_messages(office: Office) -> None:
    outbox_id = office.write("tweet", office.conversation(channel="x_dm"))
    assert await office.worker().drain() == 0
    assert office.state(outbox_id) == ("pending", None)


# -- errors
async def test_a_rate_limit_is_waited_for_exactly_and_keeps_the_order(office: Office) -> None:
    ayse = office.conversation()
    first = office.write("1", ayse)
    office.write("2", ayse)
    office.telegram.fail_next(RateLimited("429", retry_after=17))
    worker = office.worker()
    assert await worker.drain() == 0
    row = office.row(first)
    assert row.retry_at == office.clock.now() + timedelta(seconds=17)
    assert (row.state, row.error, row.attempts) == ("pending", "rate_limited", 0)
    office.clock.advance(timedelta(seconds=16.9))
    assert await worker.drain() == 0
    office.clock.advance(timedelta(seconds=0.1))
    assert await worker.drain() == 2
    assert office.telegram.texts == ["1", "2"]


async def test_a_transient_error_is_tried_again_and_other_conversations_go_on(office: Office) -> None:
    first = office.write("1", office.conversation("ayse"))
    office.write("2", office.conversation("fatma"))
    office.telegram.fail_next(TransientError("500"))
    worker = office.worker()
    assert await worker.drain() == 1
    assert office.state(first) == ("pending", "transient")
    office.clock.advance(timedelta(seconds=1))
    assert await worker.drain() == 1
    row = office.row(first)
    assert (row.state, row.error, row.attempts) == ("sent", None, 2)


async def test_what_is_given_up_is_a_visible_failure_with_a_review_item_and_lets_the_next_pass(office: Office) -> None:
    ayse = office.conversation()
    first, second = office.write("1", ayse), office.write("2", ayse)
    office.telegram.fail_next(Rejected("400: text is Ayşe's"))
    assert await office.worker().drain() == 2  # the second message, and the alert
    assert office.state(first) == ("failed", "rejected")
    assert office.state(second) == ("sent", None)
    (item,) = office.reviews()
    assert (item.reason, item.conversation_id) == (ReviewReason.DELIVERY_FAILED, ayse.id)
    assert len(office.alert.sent) == 1


async def test_transient_errors_end_in_a_visible_failure(office: Office) -> None:
    outbox_id = office.write("1", office.conversation())
    worker = office.worker()
    office.telegram.fail_next(*[TransientError("500")] * 100)
    for _ in range(60):
        await worker.drain()
        office.clock.advance(timedelta(minutes=10))
    assert office.state(outbox_id) == ("failed", "transient_too_often")
    assert office.telegram.calls == 40
    assert len(office.reviews()) == 1


async def test_who_blocked_us_is_marked_unreachable_and_a_bots_reply_needs_no_person(office: Office) -> None:
    ayse = office.conversation()
    outbox_id = office.write("1", ayse)
    office.telegram.fail_next(Unreachable("403"))
    await office.worker().drain()
    assert office.state(outbox_id) == ("failed", "unreachable")
    with office.uows() as uow:
        assert not uow.conversations.identity(ayse.identity_id).reachable
    assert office.reviews() == []


def resolve(desk: RequestDesk, request: Request) -> None:
    desk.change(request, Status.RESOLVED, "staff:ali", note="Boşaltıldı.")


def reject(desk: RequestDesk, request: Request) -> None:
    desk.change(request, Status.REJECTED, "staff:ali")


def begin(desk: RequestDesk, request: Request) -> None:
    desk.change(request, Status.IN_PROGRESS, "staff:ali")


@pytest.mark.parametrize(("change", "items"), [(resolve, 1), (reject, 1), (begin, 0)])
async def test_a_decision_that_cannot_be_told_goes_to_a_person_and_the_request_stays(
    office: Office, change: Callable[[RequestDesk, Request], None], items: int
) -> None:
    request = office.file(office.conversation())
    office.change(request, change)
    office.telegram.fail_next(Unreachable("403"))
    await office.worker().drain()
    assert [item.request_id for item in office.reviews()] == [request.id] * items
    with office.uows() as uow:
        kept = uow.requests.get(request.id or 0)
        assert kept is not None and kept.status in (Status.RESOLVED, Status.REJECTED, Status.IN_PROGRESS)


async def test_a_colleagues_words_that_cannot_be_told_go_back_to_a_person(office: Office) -> None:
    office.write("Yarın geliyoruz.", office.conversation(), OutboxKind.STAFF_REPLY)
    office.telegram.fail_next(Unreachable("403"))
    await office.worker().drain()
    assert [item.reason for item in office.reviews()] == [ReviewReason.DELIVERY_FAILED]


async def test_an_alert_that_fails_opens_no_review_item_and_so_no_new_alert(office: Office) -> None:
    outbox_id = office.write("İnceleme #1", None, OutboxKind.ALERT)
    office.alert.fail_next(Rejected("400"))
    await office.worker().drain()
    assert office.state(outbox_id) == ("failed", "rejected")
    assert office.reviews() == []


async def test_refused_credentials_pause_the_channel_with_one_error_and_lose_nothing(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    rows = [office.write(str(number), office.conversation(f"c{number}")) for number in range(3)]
    on_the_web = office.write("web", office.conversation(channel="web"))
    worker = office.worker()
    office.telegram.fail_next(*[CredentialsRefused("401")] * 3)
    await worker.drain()
    assert [office.state(row) for row in rows] == [("pending", "credentials_refused")] * 3
    assert [office.row(row).attempts for row in rows] == [0] * 3
    assert office.state(on_the_web)[0] == "waiting"
    assert list(worker.paused) == ["telegram"]
    assert len([record for record in caplog.records if record.levelno == logging.ERROR]) == 1
    late = office.write("late", office.conversation("late"))
    office.clock.advance(timedelta(seconds=59))
    assert await worker.drain() == 0
    assert office.telegram.calls == 3
    office.clock.advance(timedelta(seconds=1))
    assert await worker.drain() == 4
    assert office.state(late) == ("sent", None)
    assert not worker.paused


async def test_an_uncertain_private_message_is_sent_again_an_uncertain_public_one_is_not(office: Office) -> None:
    private = office.write("private", office.conversation())
    public = office.write("public", office.conversation("all", public=True), public=True)
    office.telegram.fail_next(UncertainError("time-out"), UncertainError("time-out"))
    worker = office.worker()
    await worker.drain()
    assert office.state(private) == ("pending", "uncertain")
    assert office.state(public) == ("failed", "uncertain")
    assert len(office.reviews()) == 1
    office.clock.advance(timedelta(seconds=5))
    await worker.drain()
    assert office.telegram.texts == ["private"]


async def test_a_send_that_does_not_come_back_is_uncertain(office: Office) -> None:
    outbox_id = office.write("1", office.conversation())
    office.telegram.gate = asyncio.Event()
    assert await office.worker(send_seconds=0.05).drain() == 0
    assert office.state(outbox_id) == ("pending", "uncertain")


async def test_a_bug_in_a_channel_is_recorded_by_its_type_and_never_by_its_message(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    outbox_id = office.write("1", office.conversation())
    office.telegram.fail_next(KeyError("Ayşe Yılmaz 0532"))
    await office.worker().drain()
    assert office.state(outbox_id) == ("pending", "bug")
    assert "KeyError at" in caplog.text
    assert "Ayşe" not in caplog.text


async def test_logs_hold_no_text_and_no_address(office: Office, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "bot")
    for number, error in enumerate([None, TransientError("x"), Rejected("Gizli"), Unreachable("Gizli")]):
        office.write(f"Gizli {number}", office.conversation(f"ayse{number}"))
        if error is not None:
            office.telegram.fail_next(error)
        await office.worker().drain()
    assert "outbox" in caplog.text
    assert "Gizli" not in caplog.text and "ayse" not in caplog.text


# -- killed processes
@pytest.mark.parametrize("kind", [OutboxKind.REPLY, OutboxKind.NOTIFICATION, OutboxKind.STAFF_REPLY])
async def test_a_private_message_of_a_killed_process_is_sent_again(office: Office, kind: OutboxKind) -> None:
    ayse = office.conversation()
    first = office.write("1", ayse, kind)
    office.write("2", ayse)
    assert office.claim() == [first]
    worker = office.worker()
    assert await worker.drain() == 0
    office.clock.advance(timedelta(seconds=41))
    assert await worker.drain() == 2
    assert office.telegram.texts == ["1", "2"]
    assert office.row(first).attempts == 2


async def test_an_alert_of_a_killed_process_is_sent_again(office: Office) -> None:
    office.write("İnceleme #1", None, OutboxKind.ALERT)
    office.claim()
    office.clock.advance(timedelta(seconds=41))
    assert await office.worker().drain() == 1


async def test_a_public_message_of_a_killed_process_is_not_sent_again_and_a_person_looks(office: Office) -> None:
    outbox_id = office.write("1", office.conversation(public=True), public=True)
    office.claim()
    office.clock.advance(timedelta(seconds=41))
    await office.worker().drain()
    assert office.state(outbox_id) == ("failed", "uncertain")
    assert office.telegram.calls == 0
    assert [item.reason for item in office.reviews()] == [ReviewReason.DELIVERY_FAILED]


async def test_an_answer_that_comes_after_the_lease_is_still_recorded_as_sent(office: Office) -> None:
    outbox_id = office.write("1", office.conversation())
    office.telegram.gate = asyncio.Event()
    sending = asyncio.create_task(office.worker().drain())
    await until(lambda: office.telegram.under_way == 1)
    office.clock.advance(timedelta(seconds=41))
    with office.uows() as uow:
        (row,) = uow.outbox.abandoned(office.clock.now())
        row.state = "pending"
        uow.commit()
    office.telegram.gate.set()
    await sending
    assert office.state(outbox_id) == ("sent", None)
    assert office.telegram.calls == 1


# -- limits
async def test_a_limit_gives_a_row_back_where_nobody_may_wait(office: Office) -> None:
    ayse = office.conversation()
    office.write("1", ayse)
    second = office.write("2", ayse)
    worker = office.worker(rates={"telegram": telegram_rates()})
    assert await worker.drain() == 1
    row = office.row(second)
    assert (row.state, row.attempts, row.retry_at) == ("pending", 0, office.clock.now() + timedelta(seconds=1))
    office.clock.advance(timedelta(seconds=1))
    assert await worker.drain() == 1


async def test_no_more_is_claimed_than_the_account_may_send(office: Office) -> None:
    rows = [office.write(str(number), office.conversation(f"c{number}")) for number in range(5)]
    worker = office.worker(rates={"telegram": ChannelRates(Rate(0.1, burst=2), Rate(1))})
    assert await worker.drain() == 2
    assert [office.row(row).attempts for row in rows] == [1, 1, 0, 0, 0]


# -- the loop
class Running:
    """A worker's loop, stopped at the end of the block."""

    def __init__(self, office: Office, **more: Any) -> None:
        self.stop = asyncio.Event()
        self._run = office.worker(**more).run(self.stop)

    async def __aenter__(self) -> Running:
        self.task = asyncio.create_task(self._run)
        return self

    async def __aexit__(self, *error: object) -> None:
        self.stop.set()
        await asyncio.wait_for(self.task, 10)


async def test_the_loop_delivers_what_is_written_while_it_runs(office: Office) -> None:
    ayse = office.conversation()
    async with Running(office):
        for text in ("1", "2", "3"):
            await asyncio.to_thread(office.write, text, ayse)
        await until(lambda: len(office.telegram.sent) == 3)
    assert office.telegram.texts == ["1", "2", "3"]


async def test_different_conversations_are_sent_at_the_same_time_one_never_twice(office: Office) -> None:
    for name in ("ayse", "fatma", "ali"):
        conversation = office.conversation(name)
        for number in range(2):
            office.write(f"{name} {number}", conversation)
    office.telegram.gate = asyncio.Event()
    async with Running(office):
        await until(lambda: office.telegram.under_way == 3)
        await asyncio.sleep(0.15)
        assert office.telegram.under_way == 3
        office.telegram.gate.set()
        await until(lambda: len(office.telegram.sent) == 6)


async def test_a_slow_channel_does_not_hold_up_another(office: Office) -> None:
    for number in range(4):
        office.write(f"slow {number}", office.conversation(f"c{number}"))
    office.write("quick", office.conversation(channel="web"))
    office.telegram.gate = asyncio.Event()
    async with Running(office, in_flight=2):
        await until(lambda: office.web.texts == ["quick"])
        assert office.telegram.under_way == 2
        office.telegram.gate.set()
        await until(lambda: len(office.telegram.sent) == 4)


async def test_at_the_stop_what_is_being_sent_is_finished_and_recorded(office: Office) -> None:
    outbox_id = office.write("1", office.conversation())
    office.telegram.gate = asyncio.Event()
    async with Running(office) as running:
        await until(lambda: office.telegram.under_way == 1)
        running.stop.set()
        await asyncio.sleep(0.05)
        assert not running.task.done()
        office.telegram.gate.set()
    assert office.state(outbox_id) == ("sent", None)


async def test_at_the_stop_what_only_waits_for_the_limit_is_given_back(office: Office) -> None:
    ayse = office.conversation()
    office.write("1", ayse)
    second = office.write("2", ayse)
    rates = {"telegram": ChannelRates(Rate(100), Rate(0.25))}
    async with Running(office, rates=rates):
        await until(lambda: office.row(second).state == "sending")
    row = office.row(second)
    assert (row.state, row.attempts, row.claimed_until) == ("pending", 0, None)
    assert office.telegram.texts == ["1"]


async def test_two_workers_share_the_outbox_without_doubles_and_in_order(office: Office) -> None:
    for name in ("ayse", "fatma", "ali", "veli"):
        conversation = office.conversation(name)
        for number in range(5):
            office.write(f"{name} {number}", conversation)
    async with Running(office, in_flight=2), Running(office, in_flight=2):
        await until(lambda: len(office.telegram.sent) >= 20)
    assert len(office.telegram.texts) == len(set(office.telegram.texts)) == 20
    for name in ("ayse", "fatma", "ali", "veli"):
        mine = [text for text in office.telegram.texts if text.startswith(name)]
        assert mine == sorted(mine)


async def test_a_database_that_is_away_for_a_moment_loses_no_record(office: Office) -> None:
    outbox_id = office.write("1", office.conversation())
    works = office.uows
    fails = iter([False, False, True])  # looking for abandoned rows, claiming; then recording meets trouble once

    def shaky() -> Any:
        if next(fails, False):
            raise DatabaseAway("away")
        return works()

    office.uows = shaky
    worker = office.worker()
    office.uows = works
    assert await worker.drain() == 1
    assert office.state(outbox_id) == ("sent", None)
    assert office.telegram.calls == 1


async def test_taking_over_withdraws_what_is_not_yet_sent(office: Office) -> None:
    ayse = office.conversation()
    outbox_id = office.write("1", ayse)
    with office.uows() as uow:
        desk = ReviewDesk(uow, office.municipality, office.clock.now())
        item = desk.open(ReviewReason.ASKED_FOR_PERSON, ayse, handover=True)
        desk.take(item.id or 0, "ali")
        uow.commit()
    await office.worker().drain()
    assert office.state(outbox_id) == ("withdrawn", None)
    assert office.telegram.sent == []


def test_a_claim_must_outlast_the_send(office: Office) -> None:
    with pytest.raises(ValueError, match="outlast"):
        office.worker(lease_seconds=30, send_seconds=30)
