"""The account-activity webhook: proves itself, believes only what is signed, stores before it answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bot.channels.x.intake import XIntake
from bot.channels.x.webhook import MAX_BODY, PATH, x_routes
from bot.clock import ManualClock
from bot.domain.messages import InboxState
from bot.errors import DatabaseAway
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.telegram.stored import Troubled, events, inbox
from tests.channels.x.conftest import ACCOUNT, Streams
from tests.channels.x.fake_x_api import US, FakeXApi
from tests.channels.x.test_reading import later, read

pytestmark = pytest.mark.anyio
SECRET = "app-secret"


def signed(body: bytes, secret: str = SECRET) -> str:
    return f"sha256={base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()}"


class Caller:
    """X, as it calls."""

    def __init__(self, receiver: Any, uows: UnitOfWorkFactory, clock: ManualClock) -> None:
        app = Starlette(routes=list(x_routes(ACCOUNT, SECRET, XIntake(receiver, uows), clock)))
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="https://x.example")

    async def tells(self, payload: Any, secret: str = SECRET) -> int:
        body = payload if isinstance(payload, bytes) else json.dumps({"for_user_id": US["id"], **payload}).encode()
        headers = {"x-twitter-webhooks-signature": signed(body, secret)}
        return (await self.client.post(PATH, content=body, headers=headers)).status_code


@pytest.fixture
def caller(receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> Caller:
    return Caller(receiver, uows, clock)


def tweet(number: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "id_str": number,
        "text": text,
        "created_at": "Mon Jun 08 09:00:05 +0000 2026",
        "user": {"id_str": "77", "screen_name": "ayse", "name": "Ayşe", "description": "Konya"},
        "entities": {"urls": [], "user_mentions": [{"id_str": US["id"], "screen_name": US["username"]}]},
        **more,
    }


def message(number: str, text: str, sender: str = "77") -> dict[str, Any]:
    created = {"sender_id": sender, "target": {"recipient_id": US["id"]}, "message_data": {"text": text}}
    return {"type": "message_create", "id": number, "created_timestamp": "1780909205000", "message_create": created}


async def test_the_challenge_is_answered_with_the_secret_s_hash(caller: Caller) -> None:
    answer = await caller.client.get(PATH, params={"crc_token": "soru"})
    assert answer.json() == {"response_token": signed(b"soru")}
    assert (await caller.client.get(PATH)).status_code == 400


async def test_posts_and_messages_are_stored(caller: Caller, uows: UnitOfWorkFactory) -> None:
    assert await caller.tells({"tweet_create_events": [tweet("900", "@SelcukluBelediyesi çöp &lt;dolu&gt;")]}) == 200
    users = {"77": {"id": "77", "screen_name": "ayse", "name": "Ayşe"}}
    assert await caller.tells({"direct_message_events": [message("901", "Gül Sokak")], "users": users}) == 200
    first, second = events(uows)
    assert (first.channel, first.text, first.display_name) == ("x_mention", "@SelcukluBelediyesi çöp <dolu>", "Ayşe")
    assert (second.channel, second.text, second.thread) == ("x_dm", "Gül Sokak", "77")
    with uows() as uow:
        one, other = (uow.conversations.get(number) for number in (1, 2))
    assert one is not None and other is not None
    assert one.citizen_id == other.citizen_id  # one account on X is one person
    assert one.address == {
        "post_id": "900", "author_id": "77", "username": "ayse", "url": "https://x.com/ayse/status/900",
    }  # fmt: skip


async def test_a_call_that_is_not_signed_is_not_believed(caller: Caller, uows: UnitOfWorkFactory) -> None:
    assert await caller.tells({"tweet_create_events": [tweet("900", "çöp")]}, secret="wrong") == 401
    assert (await caller.client.post(PATH, content=b"{}")).status_code == 401
    assert inbox(uows) == []


async def test_what_is_no_payload_is_refused(caller: Caller) -> None:
    assert await caller.tells(b"{") == 400
    assert await caller.tells(b"[]") == 400
    assert await caller.tells(b"x" * (MAX_BODY + 1)) == 413


async def test_without_the_database_x_is_asked_to_come_again(
    receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    caller = Caller(Troubled(receiver, [DatabaseAway("gone")]), uows, clock)
    payload = {"tweet_create_events": [tweet("900", "çöp")]}
    assert await caller.tells(payload) == 503
    assert await caller.tells(payload) == 200
    assert len(inbox(uows)) == 1


async def test_what_the_webhook_brought_the_next_look_does_not_bring_again(
    caller: Caller, api: FakeXApi, streams: Streams, uows: UnitOfWorkFactory
) -> None:
    mentions, _ = streams()
    await read(mentions)
    post = api.mention("@SelcukluBelediyesi çöp", at=later(5))
    payload = {"tweet_create_events": [tweet(post["id"], "@SelcukluBelediyesi çöp")]}
    assert [await caller.tells(payload), await caller.tells(payload)] == [200, 200]
    assert await read(mentions) == 0
    assert len(inbox(uows)) == 1


@pytest.mark.parametrize(
    "post",
    [
        tweet("900", "RT @ayse: çöp", retweeted_status={"id_str": "1"}),
        tweet("900", "https://t.co/abc", is_quote_status=True),
        tweet("900", "kendi paylaşımımız", user={"id_str": US["id"], "screen_name": US["username"]}),
        tweet("900", "haber", user={"id_str": "5", "screen_name": "KonyaHaberBotu"}),
        tweet("900", "hava", user={"id_str": "6", "screen_name": "havabot"}),
        tweet("900", "bizi anmıyor", entities={"user_mentions": []}),
        {"id_str": "900"},
    ],
)
async def test_what_is_not_for_us_keeps_neither_words_nor_names(
    caller: Caller, uows: UnitOfWorkFactory, post: dict[str, Any]
) -> None:
    assert await caller.tells({"tweet_create_events": [post]}) == 200
    [row] = inbox(uows)
    assert row.state == InboxState.IGNORED
    assert (row.payload["text"], row.payload["display_name"], row.payload["sender"]) == ("", None, "left_alone")


async def test_calls_about_another_account_are_passed_over(caller: Caller, uows: UnitOfWorkFactory) -> None:
    assert await caller.tells({"for_user_id": "1", "tweet_create_events": [tweet("900", "çöp")]}) == 200
    assert inbox(uows) == []


async def test_a_longer_post_with_its_photo_is_read_whole(caller: Caller, uows: UnitOfWorkFactory) -> None:
    photo = {"id_str": "31", "type": "photo", "media_url_https": "https://pbs.twimg.com/media/a.jpg",
             "url": "https://t.co/abc", "expanded_url": "https://x.com/ayse/status/900/photo/1"}  # fmt: skip
    mention = {"user_mentions": [{"id_str": US["id"]}]}
    longer = {
        "full_text": "uzun " * 80 + "https://t.co/abc",
        "entities": mention,
        "extended_entities": {"media": [photo]},
    }
    await caller.tells({"tweet_create_events": [tweet("900", "uzun…", extended_tweet=longer)]})
    [event] = events(uows)
    assert event.text == ("uzun " * 80).strip()
    assert [file.remote for file in event.files] == ["https://pbs.twimg.com/media/a.jpg"]


async def test_a_deleted_post_is_told_to_its_thread(caller: Caller, uows: UnitOfWorkFactory) -> None:
    await caller.tells({"tweet_create_events": [tweet("900", "@SelcukluBelediyesi çöp")]})
    gone = {
        "tweet_delete_events": [{"status": {"id": "900", "user_id": "77"}}, {"status": {"id": "5", "user_id": "1"}}]
    }
    assert [await caller.tells(gone), await caller.tells(gone)] == [200, 200]
    first, second = events(uows)
    assert (second.edits, second.text, second.thread) == ("900", "", first.thread)
    assert len({row.conversation_id for row in inbox(uows)}) == 1
