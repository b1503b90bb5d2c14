"""Long polling over a real socket into a real database: nothing lost, nothing twice, whatever breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.channels.backoff import Backoff
from bot.channels.files import DiskFiles
from bot.channels.telegram import PollState, PollTiming, TelegramChannel, TelegramPoller
from bot.channels.telegram.intake import Receiving
from bot.clock import ManualClock
from bot.config import Settings
from bot.domain.conversation import Mode
from bot.domain.messages import EventKind, FileRef, InboxState
from bot.errors import CredentialsRefused, DatabaseAway, RateLimited, TransientError
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.fake_bot_api import TOKEN, FakeBotApi
from tests.channels.telegram.conftest import until
from tests.channels.telegram.samples import location, membership, photo, press, text
from tests.channels.telegram.stored import Troubled, events, inbox, reachable

pytestmark = pytest.mark.anyio
Make = Callable[..., TelegramPoller]
LEASE = "telegram:123456"


def timing() -> PollTiming:
    return PollTiming(
        long_poll=2.0, standby=0.02, idle=0.0, backoff=Backoff(first=0.01, most=0.02, refused=0.05, jitter=lambda: 1.0)
    )


@pytest.fixture
def make(channel: TelegramChannel, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> Make:
    def make(channel: TelegramChannel = channel, receiver: Receiving = receiver, owner: str = "one") -> TelegramPoller:
        return TelegramPoller(channel, receiver, uows, clock, owner, timing())

    return make


@asynccontextmanager
async def running(poller: TelegramPoller) -> AsyncIterator[TelegramPoller]:
    stop = asyncio.Event()
    task = asyncio.create_task(poller.poll(stop))
    try:
        yield poller
    finally:
        stop.set()
        await asyncio.wait_for(task, 5)


# -- what arrives
async def test_a_text_is_in_the_inbox_and_only_then_confirmed(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(update_id=10, **text("Çöp alınmadı"))
    async with running(make()):
        await until(lambda: len(api.called("getUpdates")) >= 2)
        [row] = inbox(uows)
        assert (row.event_id, row.state, row.payload["text"]) == ("10", InboxState.READY, "Çöp alınmadı")
        first, second = api.called("getUpdates")[:2]
        assert "offset" not in first
        assert second["offset"] == 11
        assert second["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]


async def test_a_citizen_sees_that_the_bot_is_typing(make: Make, api: FakeBotApi) -> None:
    api.push(**text("Merhaba"))
    async with running(make()):
        await until(lambda: api.called("sendChatAction"))
    assert api.called("sendChatAction")[0] == {"chat_id": 77, "action": "typing"}


async def test_the_bot_does_not_seem_to_type_while_a_person_has_the_conversation(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**text("Merhaba"))
    async with running(make()):
        await until(lambda: api.called("sendChatAction"))
        with uows() as uow:
            conversation = uow.conversations.lock(1)
            assert conversation is not None
            conversation.mode = Mode.PERSON
            uow.commit()
        api.push(**text("Orada mısınız?"))
        api.push(**press("ok:1"))
        await until(lambda: api.called("answerCallbackQuery"))
    assert len(api.called("sendChatAction")) == 1


async def test_a_pressed_button_is_answered_at_once_and_loses_its_keyboard(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**press("ok:7.0", query_id="q7", message_id=901))
    async with running(make()):
        await until(lambda: api.called("editMessageReplyMarkup"))
        await until(lambda: api.called("answerCallbackQuery"))
    assert api.called("answerCallbackQuery") == [{"callback_query_id": "q7"}]
    assert api.called("editMessageReplyMarkup") == [{"chat_id": 77, "message_id": 901}]
    [event] = events(uows)
    assert (event.kind, event.button) == (EventKind.BUTTON, "ok:7.0")


async def test_a_button_pressed_twice_is_two_events_for_the_dialogue_to_tell_apart(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    for query in ("q1", "q2"):
        api.push(**press("ok:7.0", query_id=query))
    async with running(make()):
        await until(lambda: len(api.called("answerCallbackQuery")) == 2)
    assert [event.button for event in events(uows)] == ["ok:7.0", "ok:7.0"]
    assert len({event.event_id for event in events(uows)}) == 2


async def test_a_signal_that_fails_stops_nothing(make: Make, api: FakeBotApi, uows: UnitOfWorkFactory) -> None:
    api.push(**press("ok:1", query_id="old"))
    api.refuse("sendChatAction", 500, "Internal Server Error")
    api.hang("sendChatAction")
    for words in ("bir", "iki", "üç"):
        api.push(**text(words))
    async with running(make()) as poller:
        await until(lambda: len(inbox(uows)) == 4)
        assert poller.state == PollState.RUNNING


async def test_a_position_and_a_photo_are_stored_and_the_photo_waits_to_be_fetched(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**location(37.95, 32.51))
    api.push(**photo("f9", caption="çukur"))
    async with running(make()):
        await until(lambda: len(inbox(uows)) == 2)
    place, picture = events(uows)
    assert (place.latitude, place.longitude) == (37.95, 32.51)
    assert (picture.files[0].remote, picture.text) == ("f9", "çukur")
    assert [row.state for row in inbox(uows)] == [InboxState.READY, InboxState.FETCHING]


async def test_unknown_updates_are_kept_and_stop_nothing(make: Make, api: FakeBotApi, uows: UnitOfWorkFactory) -> None:
    api.push(update_id=1, something_of_next_year={"id": 1})
    api.push(update_id=2, message="no message")
    api.updates.append({"no_update": True})
    api.push(update_id=4, **text("Merhaba"))
    async with running(make()):
        await until(lambda: len(inbox(uows)) == 3)
    assert [row.state for row in inbox(uows)] == [InboxState.IGNORED, InboxState.IGNORED, InboxState.READY]


async def test_the_same_update_twice_is_one_message(make: Make, api: FakeBotApi, uows: UnitOfWorkFactory) -> None:
    for _ in range(2):
        api.push(update_id=5, **text("Çöp"))
    async with running(make()):
        await until(lambda: len(api.called("getUpdates")) >= 2)
        api.updates.append({"update_id": 5, **text("Çöp")})
        api.push(update_id=6, **text("alınmadı"))
        await until(lambda: len(inbox(uows)) == 2)
    assert [event.text for event in events(uows)] == ["Çöp", "alınmadı"]


async def test_updates_out_of_order_are_read_in_their_order(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    for number, words in ((22, "iki"), (21, "bir"), (23, "üç")):
        api.push(update_id=number, **text(words))
    async with running(make()):
        await until(lambda: len(inbox(uows)) == 3)
    with uows() as uow:
        waiting = uow.inbox.next(clock.now())
        assert waiting is not None
        assert [row.payload["text"] for row in waiting.rows] == ["bir", "iki", "üç"]


async def test_a_null_byte_and_half_characters_are_no_hindrance(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**text("Çöp\x00 \ud83d \u202ealınmadı" + "x" * 10_000))
    async with running(make()):
        await until(lambda: inbox(uows))
    assert events(uows)[0].text.startswith("Çöp  alınmadıxxx")


# -- blocked
async def test_who_blocks_the_bot_is_unreachable_until_they_come_back(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**text("Merhaba"))
    api.push(**membership("kicked"))
    async with running(make()):
        await until(lambda: len(inbox(uows)) == 2)
        assert not reachable(uows, "77")
        api.push(**text("Yine ben"))
        await until(lambda: len(inbox(uows)) == 3)
        assert reachable(uows, "77")


# -- what breaks
async def test_a_poller_goes_on_where_the_last_one_was_committed(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(update_id=30, **text("bir"))
    async with running(make()):
        await until(lambda: inbox(uows))
    api.calls.clear()
    async with running(make(owner="two")):
        await until(lambda: api.called("getUpdates"))
    assert api.called("getUpdates")[0]["offset"] == 31


async def test_after_a_week_of_silence_the_numbers_may_begin_anew(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    api.push(update_id=9000, **text("bir"))
    async with running(make()):
        await until(lambda: inbox(uows))
    clock.advance(timedelta(days=8))
    api.updates.clear()
    api.push(update_id=12, **text("iki"))
    async with running(make()):
        await until(lambda: len(inbox(uows)) == 2)


@pytest.mark.parametrize(
    ("status", "description"),
    [(500, "Internal Server Error"), (502, "Bad Gateway"), (400, "Bad Request: strange"), (403, "Forbidden")],
)
async def test_a_refused_question_is_asked_again(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, status: int, description: str
) -> None:
    api.refuse("getUpdates", status, description)
    api.push(**text("Merhaba"))
    async with running(make()):
        await until(lambda: inbox(uows))


async def test_polling_waits_as_long_as_telegram_asks(
    make: Make, api: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    api.refuse("getUpdates", 429, "Too Many Requests: retry after 30", 30)
    async with running(make()) as poller:
        await until(lambda: poller.state == PollState.WAITING)
        assert "next try in 30.0 s" in caplog.text


async def test_a_question_without_answer_is_asked_again(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, channel: TelegramChannel
) -> None:
    api.hang("getMe")
    api.push(**text("Merhaba"))
    async with running(make()) as poller:
        await until(lambda: poller.state == PollState.WAITING)
        await until(lambda: inbox(uows))


async def test_polling_survives_the_loss_of_the_network(make: Make, api: FakeBotApi, uows: UnitOfWorkFactory) -> None:
    async with running(make()) as poller:
        await until(lambda: api.called("getUpdates"))
        api.stop()
        await until(lambda: poller.state == PollState.WAITING)
        api.push(**text("Merhaba"))
        api.start()
        await until(lambda: inbox(uows))
        assert poller.state == PollState.RUNNING


async def test_while_the_database_is_away_nothing_is_confirmed_and_nothing_lost(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, receiver: Receiver
) -> None:
    troubled = Troubled(receiver, [DatabaseAway("away") for _ in range(3)])
    api.push(update_id=50, **text("Merhaba"))
    async with running(make(receiver=troubled)):
        await until(lambda: inbox(uows))
    offsets = [call.get("offset") for call in api.called("getUpdates")]
    assert offsets[:4] == [None] * 4


async def test_an_update_that_cannot_be_stored_becomes_unreadable_and_the_others_go_on(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, receiver: Receiver, caplog: pytest.LogCaptureFixture
) -> None:
    for number, words in ((60, "bir"), (61, "zehir"), (62, "üç")):
        api.push(update_id=number, **text(words))
    async with running(make(receiver=Troubled(receiver, poison=frozenset({"61"})))):
        await until(lambda: any(call.get("offset") == 63 for call in api.called("getUpdates")))
    assert [(event.kind, event.for_us) for event in events(uows)] == [
        (EventKind.TEXT, True),
        (EventKind.UNREADABLE, False),
        (EventKind.TEXT, True),
    ]
    assert "update 61 stored as unreadable" in caplog.text
    assert "zehir" not in caplog.text


async def test_a_wrong_token_is_told_clearly_and_tried_again(
    make: Make,
    settings: Settings,
    files: DiskFiles,
    api: FakeBotApi,
    uows: UnitOfWorkFactory,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    api.push(**text("Merhaba"))
    wrong = TelegramChannel(replace(settings, telegram_token="123456:REVOKED-token_xyz"), files, seconds=0.3)
    async with running(make(channel=wrong)) as poller:
        await until(lambda: poller.state == PollState.CREDENTIALS_REFUSED)
        assert "check HIZMET_TELEGRAM_TOKEN" in caplog.text
        assert "REVOKED" not in caplog.text
        api.token = "123456:REVOKED-token_xyz"  # BotFather gave it back
        await until(lambda: inbox(uows))
        assert poller.state == PollState.RUNNING
    await wrong.aclose()


async def test_the_token_is_in_no_log_line_even_at_debug(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, channel: TelegramChannel, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.refuse("getUpdates", 500, "Internal Server Error")
    api.files["f1"] = b"x"
    api.push(**text("Adım Ayşe"))
    async with running(make()):
        await until(lambda: inbox(uows))
        await channel.fetch(FileRef("photo", "foto.jpg", "image/jpeg", remote="f1"))
        api.stop()
        await until(lambda: "polling failed" in caplog.text.rpartition("running")[2])
    assert "polling" in caplog.text
    assert TOKEN.partition(":")[2] not in caplog.text
    assert "Ayşe" not in caplog.text


# -- several pollers
async def test_one_poller_a_token_and_the_other_takes_over_when_it_stops(
    make: Make, settings: Settings, files: DiskFiles, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    other = TelegramChannel(settings, files, seconds=0.3)
    async with running(make(owner="one")) as first:
        await until(lambda: first.state == PollState.RUNNING)
        async with running(make(channel=other, owner="two")) as second:
            await until(lambda: second.state == PollState.STANDBY)
            api.push(**text("bir"))
            await until(lambda: inbox(uows))
            assert second.state == PollState.STANDBY
    async with running(make(channel=other, owner="two")) as second:
        await until(lambda: second.state == PollState.RUNNING)
    await other.aclose()


async def test_a_dead_pollers_lease_ends(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    with uows() as uow:
        assert uow.leases.take(LEASE, "dead", clock.now(), 60)
        uow.commit()
    async with running(make()) as poller:
        await until(lambda: poller.state == PollState.STANDBY)
        clock.advance(timedelta(seconds=61))
        await until(lambda: poller.state == PollState.RUNNING)


async def test_a_webhook_that_stands_in_the_way_is_removed(
    make: Make, api: FakeBotApi, uows: UnitOfWorkFactory
) -> None:
    api.push(**text("Merhaba"))
    async with running(make()):
        await until(lambda: inbox(uows))
        api.webhook = {"url": "https://example.org"}  # somebody set one meanwhile
        api.push(**text("Yine"))
        await until(lambda: len(inbox(uows)) == 2)
    assert api.webhook == {}
    assert all(call.get("drop_pending_updates") is not True for call in api.called("deleteWebhook"))


async def test_stopping_does_not_wait_for_the_long_poll(make: Make, api: FakeBotApi) -> None:
    poller = make()
    poller._timing.long_poll = 25.0
    async with asyncio.timeout(2):
        async with running(poller):
            await until(lambda: api.called("getUpdates"))
    assert poller.state == PollState.STOPPED


# -- pauses
def test_pauses_double_up_to_the_most_and_keep_to_what_was_asked() -> None:
    backoff = Backoff(first=1, most=60, refused=60, jitter=lambda: 1.0)
    assert [backoff.after(TransientError("x")) for _ in range(8)] == [1, 2, 4, 8, 16, 32, 60, 60]
    backoff.reset()
    assert backoff.after(RateLimited("x", 31)) == 31
    assert backoff.after(CredentialsRefused("x")) == 60
    assert Backoff(jitter=lambda: 0.0).after(ValueError()) == 0.5
