"""Delivery over a real socket: a post whose outcome is unknown is looked for before it is said again."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict
from datetime import timedelta

import pytest

from bot.channels.x.channel import XPrivateChannel, XPublicChannel
from bot.clock import ManualClock
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import Conversation
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind, OutboxRow, OutboxState, Reply
from bot.ports import UnitOfWorkFactory
from tests.channels.x.conftest import NOW
from tests.channels.x.fake_x_api import FakeXApi
from tests.support import selcuklu

pytestmark = pytest.mark.anyio
Write = Callable[..., int]


@pytest.fixture
def delivery(
    uows: UnitOfWorkFactory, public: XPublicChannel, private: XPrivateChannel, clock: ManualClock
) -> DeliveryWorker:
    channels = {channel.name: channel for channel in (public, private)}
    return DeliveryWorker(uows, channels, clock, selcuklu(), random.Random(1))


def conversation(uows: UnitOfWorkFactory, channel: str) -> Conversation:
    address = {"post_id": "20639", "author_id": "77"} if channel == "x_mention" else {"participant_id": "77"}
    event = IncomingEvent(
        channel,
        f"e{channel}",
        "77",
        f"20639:77:{channel}",
        EventKind.TEXT,
        NOW,
        address=address,
        public="mention" in channel,
    )
    with uows() as uow:
        found = uow.conversations.of_event(event, NOW)
        uow.commit()
    return found


@pytest.fixture
def write(uows: UnitOfWorkFactory) -> Write:
    def write(text: str, channel: str = "x_mention", state: OutboxState = OutboxState.PENDING) -> int:
        there = conversation(uows, channel)
        body = asdict(Reply(text, public=channel == "x_mention"))
        row = OutboxRow(text, OutboxKind.REPLY, channel, body, state, NOW, NOW, conversation_id=there.id)
        if state is OutboxState.SENDING:
            row.claimed_until, row.attempts = NOW - timedelta(seconds=1), 1
        with uows() as uow:
            uow.outbox.add(row)
            uow.commit()
        assert row.id is not None
        return row.id

    return write


def state(uows: UnitOfWorkFactory, outbox_id: int) -> tuple[str, str | None]:
    with uows() as uow:
        row = uow.outbox.get(outbox_id)
        assert row is not None
        return row.state, row.provider_id or row.error


@pytest.mark.parametrize("channel", ["x_mention", "x_dm"])
async def test_a_time_out_after_the_post_was_created_posts_it_once(
    delivery: DeliveryWorker, api: FakeXApi, write: Write, uows: UnitOfWorkFactory, clock: ManualClock, channel: str
) -> None:
    row = write("Merhaba, ilgileniyoruz.", channel)
    api.hang("tweets" if channel == "x_mention" else "dm_send")
    await delivery.drain()
    assert state(uows, row) == ("pending", "uncertain")
    api.refuse("timeline" if channel == "x_mention" else "dm_with", 503, "Service Unavailable")
    clock.advance(timedelta(minutes=1))
    await delivery.drain()
    assert state(uows, row) == ("pending", "uncertain")  # it could not be looked for: still unknown
    clock.advance(timedelta(minutes=10))
    await delivery.drain()
    said = [*api.posts, *api.messages]
    assert len(said) == 1
    assert state(uows, row) == ("sent", said[0]["id"])


@pytest.mark.parametrize("channel", ["x_mention", "x_dm"])
async def test_a_503_after_the_message_was_created_says_it_once(
    delivery: DeliveryWorker, api: FakeXApi, write: Write, uows: UnitOfWorkFactory, clock: ManualClock, channel: str
) -> None:
    row = write("Merhaba, ilgileniyoruz.", channel)
    api.break_after("tweets" if channel == "x_mention" else "dm_send")
    await delivery.drain()
    assert state(uows, row) == ("pending", "uncertain")
    clock.advance(timedelta(minutes=1))
    await delivery.drain()
    said = [*api.posts, *api.messages]
    assert len(said) == 1
    assert state(uows, row) == ("sent", said[0]["id"])


async def test_what_never_arrived_is_said_after_it_was_looked_for(
    delivery: DeliveryWorker, api: FakeXApi, write: Write, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    row = write("Merhaba.")
    api.refuse("tweets", 500, "Internal Server Error")
    await delivery.drain()
    clock.advance(timedelta(minutes=1))
    await delivery.drain()
    assert [name for name, _ in api.calls] == ["tweets", "timeline", "tweets"]
    assert state(uows, row)[0] == "sent"


async def test_an_answer_that_a_killed_process_was_posting_is_looked_for(
    delivery: DeliveryWorker, api: FakeXApi, write: Write, uows: UnitOfWorkFactory, public: XPublicChannel
) -> None:
    row = write("Merhaba.", state=OutboxState.SENDING)
    await public.send({"post_id": "20639"}, Reply("Merhaba.", public=True))
    await delivery.drain()
    assert len(api.posts) == 1
    assert state(uows, row) == ("sent", api.posts[0]["id"])


async def test_keys_that_x_refuses_hold_the_answer_back_until_they_are_mended(
    delivery: DeliveryWorker, api: FakeXApi, write: Write, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    row = write("Merhaba.")
    api.token, token = "another", api.token
    await delivery.drain()
    assert state(uows, row) == ("pending", "credentials_refused")
    api.token = token
    clock.advance(timedelta(seconds=61))
    await delivery.drain()
    assert state(uows, row)[0] == "sent"
