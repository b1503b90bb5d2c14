"""A Bot API on loopback, a channel that talks to it, and a SQLite database behind the receiver."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from bot.channels.files import DiskFiles
from bot.channels.telegram import TelegramChannel
from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver
from tests.channels.fake_bot_api import FakeBotApi
from tests.channels.telegram.samples import NOW


@pytest.fixture
def api() -> Iterator[FakeBotApi]:
    api = FakeBotApi()
    api.start()
    yield api
    api.stop()


@pytest.fixture
def settings(api: FakeBotApi, tmp_path: Path) -> Settings:
    return load_settings(
        {
            "HIZMET_HOME": str(tmp_path),
            "HIZMET_TELEGRAM_TOKEN": api.token,
            "HIZMET_TELEGRAM_API": api.url,
            "HIZMET_TELEGRAM_WEBHOOK_SECRET": "a-long-secret_42",
            "HIZMET_GATHER_SECONDS": "0",
        },
        root=tmp_path,
    )


@pytest.fixture
def files(settings: Settings) -> DiskFiles:
    return DiskFiles(settings.files)


@pytest.fixture
async def channel(settings: Settings, files: DiskFiles) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(settings, files, seconds=0.3, part_pause=0.0)
    yield channel
    await channel.aclose()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def uows(sqlite_url: str) -> Iterator[UnitOfWorkFactory]:
    engine = make_engine(sqlite_url)
    yield partial(SqlUnitOfWork, engine)
    engine.dispose()


@pytest.fixture
def receiver(uows: UnitOfWorkFactory, clock: ManualClock) -> Receiver:
    return Receiver(uows, clock, gather_seconds=0.0)


async def until(true: Callable[[], object], seconds: float = 5.0) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not come true in time"
        await asyncio.sleep(0.01)
