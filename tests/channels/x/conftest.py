"""An X API on loopback, an authorised account that talks to it, and a SQLite database behind the receiver."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from bot.channels.files import DiskFiles
from bot.channels.x.api import XApi
from bot.channels.x.budget import Reads, Window
from bot.channels.x.channel import XParts, XPrivateChannel, XPublicChannel
from bot.channels.x.intake import XIntake
from bot.channels.x.keys import Keyring, XKeys
from bot.channels.x.parsing import Account
from bot.channels.x.reading import Mentions, Messages
from bot.clock import ManualClock
from bot.config import XSettings
from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.ports import UnitOfWorkFactory
from bot.sealing import Sealer
from bot.service.receiving import Receiver
from tests.channels.x.fake_x_api import US, FakeXApi

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)
ACCOUNT = Account(US["id"], US["username"], frozenset({"konyahaberbotu"}))
KEYS = XKeys(US["id"], US["username"], "user-token", secret="user-secret")


@pytest.fixture
def api() -> Iterator[FakeXApi]:
    api = FakeXApi()
    api.start()
    yield api
    api.stop()


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


@pytest.fixture
def settings(api: FakeXApi) -> XSettings:
    return XSettings(
        api=api.url,
        consumer_key="app",
        consumer_secret="app-secret",
        client_id="client",
        seconds=0.3,
        month_reads=10_000,
    )


@pytest.fixture
def uows(sqlite_url: str) -> Iterator[UnitOfWorkFactory]:
    engine = make_engine(sqlite_url)
    yield partial(SqlUnitOfWork, engine)
    engine.dispose()


@pytest.fixture
def keyring(settings: XSettings, uows: UnitOfWorkFactory, clock: ManualClock) -> Keyring:
    keyring = Keyring(settings, uows, clock, Sealer("secret"))
    keyring.keep(KEYS)
    return keyring


@pytest.fixture
def with_oauth2(keyring: Keyring) -> Keyring:
    """The same account, authorised by OAuth 2."""
    expires = (NOW + timedelta(hours=2)).isoformat()
    keyring.keep(replace(KEYS, secret=None, refresh="refresh-1", expires_at=expires))
    return keyring


@pytest.fixture
async def client(keyring: Keyring, clock: ManualClock) -> AsyncIterator[XApi]:
    client = XApi(keyring, clock)
    yield client
    await client.aclose()


@pytest.fixture
def reads(uows: UnitOfWorkFactory) -> Reads:
    return Reads(uows, ACCOUNT.user_id, 10_000)


@pytest.fixture
def shared(client: XApi, clock: ManualClock, reads: Reads, tmp_path: Path) -> XParts:
    return XParts(client, ACCOUNT, DiskFiles(tmp_path / "files"), clock, reads)


@pytest.fixture
async def public(shared: XParts) -> AsyncIterator[XPublicChannel]:
    channel = XPublicChannel(shared)
    yield channel
    await channel.aclose()


@pytest.fixture
async def private(shared: XParts) -> AsyncIterator[XPrivateChannel]:
    channel = XPrivateChannel(shared)
    yield channel
    await channel.aclose()


@pytest.fixture
def receiver(uows: UnitOfWorkFactory, clock: ManualClock) -> Receiver:
    return Receiver(uows, clock, gather_seconds=0.0)


Streams = Callable[..., tuple[Mentions, Messages]]


@pytest.fixture
def streams(client: XApi, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> Streams:
    """Both streams as a process makes them; called again, as a process makes them that was started anew."""

    def make(month_reads: int = 10_000, window: int = 300, receiver: Receiver = receiver) -> tuple[Mentions, Messages]:
        intake, reads = XIntake(receiver, uows), Reads(uows, ACCOUNT.user_id, month_reads)
        return (
            Mentions(client, ACCOUNT, intake, reads, Window(window), clock),
            Messages(client, ACCOUNT, intake, reads, Window(window), clock),
        )

    return make
