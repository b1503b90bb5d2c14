"""The webhook on a real server: who may call it, what it answers, and that 200 means stored."""

from __future__ import annotations

import asyncio
import logging
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.backoff import Backoff
from bot.channels.files import DiskFiles
from bot.channels.telegram import TelegramChannel, announce_webhook, telegram_routes
from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.domain.messages import EventKind
from bot.errors import DatabaseAway
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.fake_bot_api import FakeBotApi
from tests.channels.telegram.conftest import until
from tests.channels.telegram.samples import location, membership, photo, press, text
from tests.channels.telegram.stored import Troubled, events, inbox, reachable

pytestmark = pytest.mark.anyio
SECRET = {"X-Telegram-Bot-Api-Secret-Token": "a-long-secret_42"}
PATH = "/telegram/webhook"


@asynccontextmanager
async def served(routes: list[Route]) -> AsyncIterator[str]:
    """The address of a server with these routes, on a socket of its own."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    config = uvicorn.Config(Starlette(routes=routes), log_config=None, access_log=False, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    await serving


@pytest.fixture
def troubled(receiver: Receiver) -> Troubled:
    return Troubled(receiver)


@pytest.fixture
async def telegram(
    channel: TelegramChannel, troubled: Troubled, uows: UnitOfWorkFactory, clock: ManualClock
) -> AsyncIterator[httpx.AsyncClient]:
    """Telegram, calling our webhook."""
    routes = telegram_routes(channel, troubled, uows, clock)
    async with served(routes) as url, httpx.AsyncClient(base_url=url) as client:
        yield client


async def call(telegram: httpx.AsyncClient, number: int, update: dict[str, Any]) -> int:
    return (await telegram.post(PATH, json={"update_id": number, **update}, headers=SECRET)).status_code


async def test_200_means_that_it_is_stored(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    assert await call(telegram, 1, text("Çöp alınmadı")) == 200
    assert [event.text for event in events(uows)] == ["Çöp alınmadı"]


async def test_text_button_position_and_photo_arrive(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    for number, update in enumerate((text("x"), press("ok:1"), location(), photo()), 1):
        assert await call(telegram, number, update) == 200
    kinds = [event.kind for event in events(uows)]
    assert kinds == [EventKind.TEXT, EventKind.BUTTON, EventKind.LOCATION, EventKind.PHOTO]


async def test_the_same_update_twice_is_one_message(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    update = text("x")
    assert [await call(telegram, 5, update) for _ in range(3)] == [200, 200, 200]
    assert len(inbox(uows)) == 1


async def test_the_same_update_at_the_same_moment_is_one_message(
    telegram: httpx.AsyncClient, uows: UnitOfWorkFactory
) -> None:
    update = text("x")
    assert await asyncio.gather(*(call(telegram, 5, update) for _ in range(8))) == [200] * 8
    assert len(inbox(uows)) == 1


async def test_updates_out_of_order_are_read_in_their_order(
    telegram: httpx.AsyncClient, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    for number in (12, 10, 11):
        await call(telegram, number, text(str(number)))
    with uows() as uow:
        waiting = uow.inbox.next(clock.now())
        assert waiting is not None
        assert [row.payload["text"] for row in waiting.rows] == ["10", "11", "12"]


async def test_a_button_is_answered_at_once(telegram: httpx.AsyncClient, api: FakeBotApi) -> None:
    await call(telegram, 1, press("ok:1", query_id="q1"))
    await until(lambda: api.called("answerCallbackQuery"))


async def test_in_a_group_the_webhook_knows_its_own_name(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    group = {"id": -100500, "type": "supergroup", "title": "Yazır"}
    mention = [{"type": "mention", "offset": 0, "length": 18}]
    await call(telegram, 1, text("@selcuklu_test_bot çöp", chat=group, entities=mention))
    await call(telegram, 2, text("aramızda kalsın", chat=group))
    assert [(event.for_us, event.text) for event in events(uows)] == [(True, "çöp"), (False, "")]


async def test_who_blocks_the_bot_is_unreachable(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    await call(telegram, 1, text("x"))
    await call(telegram, 2, membership("kicked"))
    assert not reachable(uows, "77")


async def test_unknown_updates_are_taken(telegram: httpx.AsyncClient, uows: UnitOfWorkFactory) -> None:
    assert await call(telegram, 1, {"something_of_next_year": {}}) == 200
    assert len(inbox(uows)) == 1


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Telegram-Bot-Api-Secret-Token": "wrong"}, {"X-Telegram-Bot-Api-Secret-Token": "ğ".encode()}],
    ids=["none", "wrong", "not-ascii"],
)
async def test_without_the_secret_nothing_is_stored(
    telegram: httpx.AsyncClient, uows: UnitOfWorkFactory, headers: dict[str, Any]
) -> None:
    answer = await telegram.post(PATH, json={"update_id": 1, **text("x")}, headers=headers)
    assert answer.status_code == 401
    assert inbox(uows) == []


async def test_over_a_megabyte_is_refused_also_when_it_comes_in_pieces(telegram: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(40):
            yield b" " * 64 * 1024

    assert (await telegram.post(PATH, content=b" " * 1024 * 1025, headers=SECRET)).status_code == 413
    assert (await telegram.post(PATH, content=pieces(), headers=SECRET)).status_code == 413


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'{"update_id": "x"}', b"\xff\xfe", b"[" * 100_000],
    ids=["empty", "half", "list", "no-number", "no-text", "deep"],
)
async def test_what_is_no_update_is_refused_and_not_logged(
    telegram: httpx.AsyncClient, caplog: pytest.LogCaptureFixture, body: bytes
) -> None:
    assert (await telegram.post(PATH, content=body, headers=SECRET)).status_code == 400
    assert "holds no update" in caplog.text
    assert "update_id" not in caplog.text


async def test_while_the_database_is_away_telegram_keeps_the_update(
    telegram: httpx.AsyncClient, troubled: Troubled, uows: UnitOfWorkFactory
) -> None:
    troubled.troubles.append(DatabaseAway("away"))
    update = text("x")
    assert [await call(telegram, 1, update), await call(telegram, 1, update)] == [503, 200]
    assert len(inbox(uows)) == 1


async def test_without_a_configured_secret_there_is_no_webhook(
    settings: Settings, files: DiskFiles, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock
) -> None:
    environ = {"HIZMET_TELEGRAM_TOKEN": "1:a", "HIZMET_HOME": str(settings.home)}
    channel = TelegramChannel(load_settings(environ, root=settings.home), files)
    assert telegram_routes(channel, receiver, uows, clock) == []
    await channel.aclose()


async def test_the_webhook_is_announced_with_its_secret_as_soon_as_it_can_be(
    channel: TelegramChannel, api: FakeBotApi, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    api.refuse("setWebhook", 500, "Internal Server Error")
    api.refuse("getMe", 401, "Unauthorized")
    quick = Backoff(first=0.01, refused=0.01)
    await asyncio.wait_for(announce_webhook(channel, "https://bot.example/", asyncio.Event(), quick), 5)
    assert api.webhook["url"] == "https://bot.example/telegram/webhook"
    assert api.webhook["secret_token"] == "a-long-secret_42"
    assert "my_chat_member" in api.webhook["allowed_updates"]
    assert api.token.partition(":")[2] not in caplog.text
    assert "a-long-secret_42" not in caplog.text
