"""X from end to end: a mention is watched, drafted, approved, posted; continued in private, filed, and told solved."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from bot.bootstrap.channels import build_side
from bot.bootstrap.wiring import Database, municipality_of, open_database
from bot.channels.files import DiskFiles
from bot.channels.side import Around
from bot.channels.x.keys import make_keyring
from bot.config import Settings, load_settings
from bot.db.tables import inbox, outbox
from bot.db.unit_of_work import SqlUnitOfWork
from bot.delivery.fetching import FetchWorker
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import ReviewItem
from bot.domain.requests import Place, Request, Status
from bot.domain.understanding import Act
from bot.engine.scripted import ScriptedEngine
from bot.service.publicity import PublicDesk
from bot.service.receiving import Receiver
from bot.service.requests import RequestDesk
from bot.service.turn import TurnWorker
from tests.channels.pictures import jpeg
from tests.channels.x.conftest import KEYS
from tests.channels.x.fake_x_api import FakeXApi
from tests.support import report, understood

pytestmark = pytest.mark.anyio
POST = "@SelcukluBelediyesi Yazır'da konteyner devrildi 0532 111 22 33"
YAZIR = Place("Yazır", "Selçuklu")
KNOWN = {
    POST: report(POST, place=YAZIR),
    "Gül Sokak 5": understood("Gül Sokak 5", Act.ADD_INFORMATION, place=Place(street="Gül Sokak", door_no="5")),
    "evet": understood("evet", Act.AFFIRM),
}


class Noon:
    """A clock that runs, and began at noon in Konya: nothing waits for the end of the quiet hours."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        # tomorrow: what the fake numbers by today's clock (our own messages) comes before what citizens write
        self._noon = datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0) + timedelta(days=1)

    def now(self) -> datetime:
        return self._noon + timedelta(seconds=time.monotonic() - self._began)


CLOCK = Noon()


@pytest.fixture
def api() -> Iterator[FakeXApi]:
    api = FakeXApi()
    api.start()
    yield api
    api.stop()


@dataclass
class System:
    """The running system around one X account."""

    settings: Settings
    database: Database
    api: FakeXApi

    def items(self) -> list[ReviewItem]:
        with self.database.reads() as uow:
            return list(uow.reviews.open_items())

    def requests(self) -> list[Request]:
        with self.database.reads() as uow:
            return list(uow.requests.search(limit=10))

    def told(self) -> list[tuple[Any, ...]]:
        """Where each message stands, and what was said: for a failure's text."""
        with self.database.reads() as uow:
            rows = [
                *uow.session.execute(select(inbox.c.payload, inbox.c.state, inbox.c.ready_at, inbox.c.error)),
                *uow.session.execute(select(outbox.c.body, outbox.c.state, outbox.c.not_before, outbox.c.error)),
            ]
        return [tuple(row) for row in rows]

    def does(self, act: Callable[[SqlUnitOfWork], object]) -> None:
        with self.database.writes() as uow:
            act(uow)
            uow.commit()


@asynccontextmanager
async def running(settings: Settings, api: FakeXApi) -> AsyncIterator[System]:
    database, clock, municipality = open_database(settings), CLOCK, municipality_of(settings.municipality)
    make_keyring(settings, database.writes, clock).keep(KEYS)
    receiver, files = Receiver(database.writes, clock, 0.0), DiskFiles(settings.files)
    side = build_side("x", Around(settings, {}, database.writes, municipality, files, receiver, clock, "here"))
    channels = {channel.name: channel for channel in side.channels}
    turns = TurnWorker(
        database.writes, database.reads, ScriptedEngine(KNOWN), municipality, clock, settings.secret, gather_seconds=0.0
    )
    loops = (
        *side.loops,
        turns.run,
        DeliveryWorker(database.writes, channels, clock, municipality, random.Random(1)).run,
        FetchWorker(database.writes, channels, clock, random.Random(1), gather_seconds=0.0).run,
    )
    stop = asyncio.Event()
    tasks = [asyncio.create_task(loop(stop)) for loop in loops]
    system = System(settings, database, api)
    try:
        await until(lambda: len(api.called("mentions")) and len(api.called("dm_events")))
        yield system
    finally:
        stop.set()
        await asyncio.gather(*tasks)
        for channel in channels.values():
            await channel.aclose()
        database.engine.dispose()


async def until(true: Callable[[], object], told: Callable[[], object] = str, seconds: float = 20.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, f"it did not come true in time: {told()}"
        await asyncio.sleep(0.02)


async def test_from_the_mention_to_the_solution(api: FakeXApi, sqlite_url: str, tmp_path: Path) -> None:
    settings = load_settings(
        {
            "HIZMET_HOME": str(tmp_path),
            "HIZMET_DATABASE": sqlite_url,
            "HIZMET_SECRET": "secret",
            "HIZMET_X_API": api.url,
            "HIZMET_X_CONSUMER_KEY": "app",
            "HIZMET_X_CONSUMER_SECRET": "app-secret",
            "HIZMET_X_POLL_SECONDS": "0.05",
            "HIZMET_X_WINDOW_MENTIONS": "10000000",
            "HIZMET_X_WINDOW_MESSAGES": "10000000",
            "HIZMET_X_MONTH_READS": "1000000",
        },
        root=tmp_path,
    )
    municipality = municipality_of(settings.municipality)
    api.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": f"{api.url}/media/a.jpg"}
    api.files["a.jpg"] = jpeg()
    async with running(settings, api) as system:
        api.mention(POST, at=CLOCK.now(), attachments={"media_keys": ["3_1"]})
        await until(system.items)
        [item] = system.items()
        assert "532" not in item.summary and api.posts == []
        now = CLOCK.now()
        system.does(lambda uow: PublicDesk(uow, municipality, now).approve(item.id or 0, "ece"))
        await until(lambda: api.posts)
        assert "DM" in api.replies[0] and "silin" in api.replies[0] and "532" not in api.replies[0]

        api.message("Gül Sokak 5", at=CLOCK.now())
        await until(lambda: api.sent)
        assert "Gül Sokak" in api.sent[0] and "Onayla" in api.sent[0]
        api.message("evet", at=CLOCK.now())
        await until(system.requests, system.told)
        [request] = system.requests()
        await until(lambda: len(api.sent) == 2)
        assert request.tracking_no in api.sent[1]
        with system.database.reads() as uow:
            assert len(uow.requests.attachments_of(request.id or 0)) == 1
            assert [note.kind for note in uow.requests.notes(request.id or 0)] == ["post"]

        def resolve(uow: SqlUnitOfWork) -> None:
            found = uow.requests.get(request.id or 0, lock=True)
            assert found is not None
            RequestDesk(uow, municipality, CLOCK.now(), b"secret").change(found, Status.RESOLVED, "staff:ece")
            for row in uow.reviews.open_items():
                PublicDesk(uow, municipality, CLOCK.now()).approve(row.id or 0, "ece")

        system.does(resolve)
        await until(lambda: len(api.posts) == 2 and len(api.sent) == 3)
        assert request.tracking_no not in api.replies[1] and request.tracking_no in api.sent[2]
