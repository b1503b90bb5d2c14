"""Deleted posts are noticed while an answer to them waits."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import timedelta

import pytest

from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads, allowance
from bot.channels.x.intake import XIntake
from bot.channels.x.vanishing import Vanishing
from bot.clock import ManualClock
from bot.domain.conversation import Awaited, AwaitedKind
from bot.domain.messages import OutboxKind, OutboxRow, OutboxState, Reply
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.telegram.stored import events
from tests.channels.x.conftest import ACCOUNT, NOW, Streams
from tests.channels.x.fake_x_api import FakeXApi
from tests.channels.x.test_reading import later, read

pytestmark = pytest.mark.anyio


@pytest.fixture
def vanishing(client: XApi, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> Vanishing:
    reads = Reads(uows, ACCOUNT.user_id, 1000)
    return Vanishing(client, ACCOUNT, XIntake(receiver, uows), reads, uows, clock)


def waits(uows: UnitOfWorkFactory, conversation_id: int, held: bool) -> None:
    """An answer waits for approval, or a private message is waited for."""
    with uows() as uow:
        body = asdict(Reply("Merhaba", public=True))
        if held:
            row = OutboxRow("k", OutboxKind.REPLY, "x_mention", body, OutboxState.HELD, NOW, NOW, conversation_id)
            uow.outbox.add(replace(row))
        else:
            uow.conversations.await_(Awaited(conversation_id, AwaitedKind.PRIVATE, NOW, NOW + timedelta(hours=6)))
        uow.commit()


async def test_a_deleted_post_is_told_to_its_thread_once(
    vanishing: Vanishing, api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    mentions, _ = streams()
    await read(mentions)
    posts = [api.mention(f"çöp {number}", str(number), at=later(number + 1)) for number in range(3)]
    await read(mentions)
    waits(uows, 1, held=True)
    waits(uows, 2, held=False)
    assert await vanishing.look() == (0, None)
    assert Reads(uows, ACCOUNT.user_id, 0).spent(NOW).posts == 3 + 2  # the third awaits nothing: not asked for
    api.mentions.remove(posts[0])
    clock.advance(timedelta(hours=1))
    assert await vanishing.look() == (1, None)
    clock.advance(timedelta(hours=1))
    assert await vanishing.look() == (0, None)
    gone = [event for event in events(uows) if event.edits]
    assert [(event.message_ref, event.text) for event in gone] == [(posts[0]["id"], "")]


async def test_where_nothing_waits_nothing_is_asked(vanishing: Vanishing, api: FakeXApi) -> None:
    assert await vanishing.look() == (0, None)
    assert api.calls == []
    assert vanishing.window.spacing() == 3 * 3600


async def test_looks_leave_most_of_the_month_s_reads_to_new_mentions(
    vanishing: Vanishing, api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    posts = [api.mention(f"çöp {number}", str(number), at=later(number + 1)) for number in range(6)]
    await read(mentions)
    for number in range(6):
        waits(uows, number + 1, held=False)
    reads = Reads(uows, ACCOUNT.user_id, 1000)
    reads.count(NOW, allowance(1000, 6, NOW) - 8)
    await vanishing.look()
    [asked] = api.called("lookup")
    assert asked["ids"].split(",") == [post["id"] for post in posts[:4]]  # half of the eight that may be read
