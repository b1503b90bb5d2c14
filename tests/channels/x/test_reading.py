"""Mentions and messages over a real socket into a real database: nothing lost, nothing twice, within the plan."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, timedelta

import pytest

from bot.channels.backoff import Backoff
from bot.channels.x.budget import Reads
from bot.channels.x.polling import WatchState, WatchTiming, XWatcher
from bot.channels.x.reading import Stream
from bot.clock import ManualClock
from bot.domain.messages import EventKind, InboxState
from bot.errors import CredentialsRefused, DatabaseAway, RateLimited, TransientError
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.telegram.conftest import until
from tests.channels.telegram.stored import Troubled, events, inbox
from tests.channels.x.conftest import ACCOUNT, NOW, Streams
from tests.channels.x.fake_x_api import US, FakeXApi

pytestmark = pytest.mark.anyio


async def read(stream: Stream, clock: ManualClock | None = None) -> int:
    """Look until the pass is done; the clock is moved over waits."""
    new = 0
    while True:
        found, wait = await stream.look()
        new += found
        if wait is None:
            return new
        assert wait == 0 or clock is not None, f"it waits {wait} s"
        if clock is not None and wait:
            clock.advance(timedelta(seconds=wait + 1))


def later(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


async def test_what_was_said_before_the_first_look_is_left_alone(api: FakeXApi, streams: Streams) -> None:
    api.mention("eski", at=later(-60))
    api.message("eski", at=later(-60))
    mentions, messages = streams()
    assert (await read(mentions), await read(messages)) == (0, 0)
    api.mention("yeni", at=later(60))
    api.message("yeni", at=later(60))
    assert (await read(mentions), await read(messages)) == (1, 1)


async def test_a_mention_is_in_the_inbox_and_only_then_the_position_moves(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    post = api.mention("@SelcukluBelediyesi Yazır'da çöp alınmadı &amp; kokuyor", at=later(5))
    assert await read(mentions) == 1
    [row] = inbox(uows)
    assert (row.channel, row.event_id, row.state) == ("x_mention", post["id"], InboxState.READY)
    assert row.payload["text"] == "@SelcukluBelediyesi Yazır'da çöp alınmadı & kokuyor"
    assert await read(mentions) == 0
    assert api.called("mentions")[-1]["since_id"] == post["id"]


async def test_500_mentions_are_paged_without_a_loss_or_a_double_over_restarts(
    api: FakeXApi, streams: Streams, receiver: Receiver, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    said = [api.mention(f"çöp {number}", str(number % 90), at=later(number)) for number in range(500)]
    for _ in range(2):  # killed after two pages, then after three: what was read is read again
        mentions, _ = streams()
        await mentions.look()
        await mentions.look()
    mentions, _ = streams(receiver=Troubled(receiver, [DatabaseAway("gone")]))
    with pytest.raises(DatabaseAway):
        await read(mentions)
    assert inbox(uows) == []
    assert await read(mentions) == 500
    mentions, _ = streams()
    assert await read(mentions) == 0
    assert [row.event_id for row in inbox(uows)] == [post["id"] for post in said]
    assert set(Counter(row.event_id for row in inbox(uows)).values()) == {1}


async def test_of_one_thread_the_older_post_comes_first(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    first = api.mention("birinci", at=later(1))
    api.mention("ikinci", at=later(2), conversation_id=first["id"])
    await read(mentions)
    rows = inbox(uows)
    assert [row.payload["text"] for row in rows] == ["birinci", "ikinci"]
    assert len({row.conversation_id for row in rows}) == 1
    assert [row.id for row in rows] == sorted(row.id or 0 for row in rows)


async def test_messages_are_paged_back_to_the_last_one_stored(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    _, messages = streams()
    await read(messages)
    for number in range(130):
        api.message(f"mesaj {number}", str(number % 7), at=later(number))
    assert await read(messages) == 130
    assert len(api.called("dm_events")) == 4  # the first look, then 10, 100 and 20
    api.message("bir tane daha", at=later(200))
    assert await read(messages) == 1
    assert len(api.called("dm_events")) == 5
    assert [event.text for event in events(uows)][-1] == "bir tane daha"


async def test_our_own_messages_are_not_answered(api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory) -> None:
    _, messages = streams()
    await read(messages)
    api.message("biz yazdık", sender=US["id"], at=later(1), dm_conversation_id=f"77-{US['id']}")
    api.message("grupta", at=later(2), dm_conversation_id="99887766")
    await read(messages)
    assert [(row.state, row.payload["text"]) for row in inbox(uows)] == [(InboxState.IGNORED, "")] * 2


async def test_a_photo_of_a_post_is_fetched_before_its_turn(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    api.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": f"{api.url}/media/a.jpg"}
    link = {"url": "https://t.co/abc", "expanded_url": "https://x.com/a/status/1/photo/1", "media_key": "3_1"}
    api.mention(
        "şu hâle bakın https://t.co/abc",
        at=later(1),
        attachments={"media_keys": ["3_1"]},
        entities={"urls": [link]},
    )
    await read(mentions)
    [row], [event] = inbox(uows), events(uows)
    assert (row.state, event.kind, event.text) == (InboxState.FETCHING, EventKind.PHOTO, "şu hâle bakın")
    assert [file.remote for file in event.files] == [f"{api.url}/media/a.jpg"]


async def test_an_event_that_cannot_be_stored_does_not_stop_the_others(
    api: FakeXApi, streams: Streams, receiver: Receiver, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    posts = [api.mention(f"çöp {number}", at=later(number)) for number in range(3)]
    mentions, _ = streams(receiver=Troubled(receiver, poison=frozenset({posts[1]["id"]})))
    assert await read(mentions) == 3
    assert [row.state for row in inbox(uows)] == [InboxState.READY, InboxState.IGNORED, InboxState.READY]


# -- limits
async def test_429_waits_until_the_moment_in_its_header_and_goes_on_where_it_was(
    api: FakeXApi, streams: Streams, clock: ManualClock, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    for number in range(250):
        api.mention(f"çöp {number}", str(number), at=later(number))
    api.window, api.resets_at = 2, later(600).timestamp()
    assert await mentions.look() == (0, 0.0)
    await mentions.look()
    found, wait = await mentions.look()
    assert (found, wait) == (0, 600.0)  # X said that nothing is left: not even asked
    api.window = 0
    clock.advance(timedelta(seconds=601))
    api.resets_at = later(1200).timestamp()
    with pytest.raises(RateLimited) as told:
        await mentions.look()
    assert told.value.retry_after == 599
    api.window = None
    assert await read(mentions, clock) == 250
    assert clock.now() >= later(1200)
    assert len(inbox(uows)) == 250
    assert [call.get("pagination_token", "")[:5] for call in api.called("mentions")][1:] == [
        "",
        "after",
        "after",
        "after",
    ]


async def test_a_month_s_budget_is_kept_under_a_storm_of_mentions_and_nothing_is_lost(
    api: FakeXApi, streams: Streams, clock: ManualClock, uows: UnitOfWorkFactory
) -> None:
    """June has 22 days left; 900 may be read, 700 come at once and 40 a day after that."""
    mentions, _ = streams(month_reads=900)
    await read(mentions)
    for number in range(700):
        api.mention(f"fırtına {number}", str(number), at=later(number))
    read_in, days = Counter[str](), 0
    while clock.now() < datetime(2026, 7, 2, tzinfo=NOW.tzinfo):
        _, wait = await mentions.look()
        spent = Reads(uows, ACCOUNT.user_id, 0).spent(clock.now())
        read_in[spent.month] = max(read_in[spent.month], spent.posts)
        assert spent.posts <= 900
        clock.advance(timedelta(seconds=min(wait if wait is not None else 3600, 6 * 3600) + 1))
        while days < (clock.now() - NOW).days:
            days += 1
            for number in range(40):
                api.mention(f"gün {days} {number}", str(number), at=NOW + timedelta(days=days, seconds=number))
    assert 850 <= read_in["2026-06"] <= 900
    while await read(mentions, clock):
        pass  # a pass ends where it began; what came meanwhile is the next one's
    stored = Counter(row.event_id for row in inbox(uows))
    assert set(stored.values()) == {1}
    newest = sorted((post["id"] for post in api.mentions), key=int)[-800:]
    assert set(newest) <= set(stored)  # X itself keeps 800


async def test_what_was_read_of_a_pass_is_answered_while_the_budget_makes_the_rest_wait(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    mentions, _ = streams(month_reads=300)
    await read(mentions)
    for number in range(290):
        api.mention(f"çöp {number}", str(number), at=later(number))
    waits = []
    while not waits or not waits[-1]:
        waits.append((await mentions.look())[1])
    assert waits[-1] is not None and waits[-1] > 1800
    assert 100 <= len(inbox(uows)) < 290
    await read(mentions, clock)
    assert len(inbox(uows)) == 290


async def test_reads_are_counted_by_month_whatever_becomes_of_the_posts(
    api: FakeXApi, streams: Streams, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    mentions, _ = streams(receiver=Troubled(receiver, [DatabaseAway("gone")]))
    await read(mentions)
    api.mention("çöp", at=later(1))
    with pytest.raises(DatabaseAway):
        await read(mentions)
    spent = Reads(uows, ACCOUNT.user_id, 0).spent(clock.now())
    assert (spent.posts, spent.requests) == (1, 2)
    assert Reads(uows, ACCOUNT.user_id, 0).spent(NOW + timedelta(days=30)).posts == 0


# -- the loop
@pytest.fixture
def watch(streams: Streams, uows: UnitOfWorkFactory, clock: ManualClock) -> XWatcher:
    timing = WatchTiming(0.02, 0.05, standby=0.02, backoff=lambda: Backoff(0.01, 0.02, 0.05, jitter=lambda: 1.0))
    return XWatcher(streams(window=10_000_000), uows, clock, "one", timing)


async def test_the_loop_outlives_errors_and_refused_keys(
    api: FakeXApi, watch: XWatcher, uows: UnitOfWorkFactory
) -> None:
    stop = asyncio.Event()
    task = asyncio.create_task(watch.watch(stop))
    await until(lambda: watch.states == {"mentions": WatchState.RUNNING, "messages": WatchState.RUNNING})
    api.token, token = "another", api.token
    await until(lambda: watch.states["mentions"] is WatchState.CREDENTIALS_REFUSED)
    api.token = token
    api.refuse("mentions", 503, "Service Unavailable")
    api.mention("çöp", at=later(1))
    api.message("çöp", at=later(1))
    await until(lambda: len(inbox(uows)) == 2)
    stop.set()
    await asyncio.wait_for(task, 5)
    assert set(watch.states.values()) == {WatchState.STOPPED}


async def test_between_looks_the_pace_is_kept_and_the_lease_too(
    api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    watch = XWatcher(streams(), uows, clock, "one", WatchTiming(shortest=30.0, lease=0.1))
    stop = asyncio.Event()
    task = asyncio.create_task(watch.watch(stop))
    await until(lambda: api.called("mentions") and api.called("dm_events"))
    await asyncio.sleep(0.3)
    assert (len(api.called("mentions")), len(api.called("dm_events"))) == (1, 1)
    with uows() as uow:
        assert not uow.leases.take(f"x:mentions:{ACCOUNT.user_id}:lease", "two", clock.now(), 1)
    stop.set()
    await asyncio.wait_for(task, 5)


async def test_of_two_processes_one_reads(
    api: FakeXApi, watch: XWatcher, streams: Streams, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    other = XWatcher(streams(), uows, clock, "two", WatchTiming(0.02, 0.05, standby=0.02))
    stop, stop_other = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(watch.watch(stop))
    await until(lambda: watch.states["mentions"] is WatchState.RUNNING)
    second = asyncio.create_task(other.watch(stop_other))
    await until(lambda: other.states["mentions"] is WatchState.STANDBY)
    stop.set()
    await asyncio.wait_for(first, 5)
    await until(lambda: other.states["mentions"] is WatchState.RUNNING)
    stop_other.set()
    await asyncio.wait_for(second, 5)


# -- keys
async def test_refused_oauth2_keys_are_renewed_and_kept(with_oauth2: object, api: FakeXApi, streams: Streams) -> None:
    mentions, _ = streams()
    await read(mentions)
    api.token = "renewed-elsewhere"
    assert await read(mentions) == 0
    assert len(api.called("oauth2")) == 1
    assert await read(mentions) == 0
    assert len(api.called("oauth2")) == 1


async def test_keys_at_their_end_are_renewed_before_they_are_refused(
    with_oauth2: object, api: FakeXApi, streams: Streams, clock: ManualClock
) -> None:
    mentions, _ = streams()
    await read(mentions)
    clock.advance(timedelta(minutes=116))
    await read(mentions)
    assert [call["grant_type"] for call in api.called("oauth2")] == ["refresh_token"]


async def test_a_refresh_that_x_refuses_asks_for_a_person(with_oauth2: object, api: FakeXApi, streams: Streams) -> None:
    api.token, api.refresh_token = "gone", "gone"
    with pytest.raises(CredentialsRefused):
        await read(streams()[0])


async def test_a_server_that_is_down_is_transient(api: FakeXApi, streams: Streams) -> None:
    api.stop()
    with pytest.raises(TransientError):
        await read(streams()[0])
