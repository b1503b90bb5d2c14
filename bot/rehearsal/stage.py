"""A stage: the real turn worker, delivery and database, with a clock that is moved by hand and channels that record."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.bootstrap.wiring import Database
from bot.channels.fake import FakeChannel
from bot.clock import ManualClock
from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.delivery.sweeping import sweep
from bot.delivery.worker import DeliveryWorker
from bot.domain.messages import EventKind, FileRef, IncomingEvent, Reply
from bot.domain.publicity import ALL_AUTOMATIC
from bot.domain.understanding import Scored
from bot.municipality import Municipality
from bot.ports import DialogueEngine
from bot.service.receiving import Receiver
from bot.service.turn import TurnDone, TurnWorker

MONDAY = datetime(2026, 6, 8, 10, 0, tzinfo=ZoneInfo("Europe/Istanbul"))
CHANNELS = ("telegram", "web", "x_dm", "x_mention", "fake")
GATHER = 2.0


@dataclass(frozen=True)
class Heard:
    """A message that reached a citizen."""

    number: int
    channel: str
    account: str
    reply: Reply


@dataclass
class Stage:
    """Plays citizens and staff against the real system; public answers go out automatically.

    Everything is synchronous to the caller: `say` returns when the answers have been delivered.
    """

    engine: DialogueEngine
    municipality: Municipality
    database: Database
    clock: ManualClock
    find_information: Callable[[str, str | None], tuple[Scored, ...]] = lambda text, service: ()
    on_turn: Callable[[TurnDone], None] = lambda done: None
    names: Sequence[str] = CHANNELS
    heard: list[Heard] = field(default_factory=list)

    @classmethod
    def at(
        cls,
        path: Path,
        engine: DialogueEngine,
        municipality: Municipality,
        start: datetime = MONDAY,
        **more: Any,
    ) -> Stage:
        """A stage with a fresh SQLite database at `path`."""
        database = Database(make_engine(f"sqlite:///{path}"))
        metadata.create_all(database.engine)
        return cls(engine, municipality, database, ManualClock(start), **more)

    def __post_init__(self) -> None:
        rules = replace(self.municipality.publicity, modes=ALL_AUTOMATIC)
        self.municipality = replace(self.municipality, publicity=rules)
        self._event = 0
        self._seen: dict[str, int] = {}
        self.channels: Mapping[str, FakeChannel] = {name: FakeChannel(name) for name in (*self.names, "alert")}
        self.receiver = Receiver(self.database.writes, self.clock, GATHER)
        self.turns = TurnWorker(
            self.database.writes,
            self.database.reads,
            self.engine,
            self.municipality,
            self.clock,
            "rehearsal",
            gather_seconds=GATHER,
            find_information=self.find_information,
            on_turn=self.on_turn,
        )
        self.delivery = DeliveryWorker(
            self.database.writes, self.channels, self.clock, self.municipality, random.Random(7)
        )

    def event(self, channel: str, account: str, kind: EventKind = EventKind.TEXT, **more: Any) -> IncomingEvent:
        """An event as the channel's adapter would have made it."""
        self._event += 1
        return IncomingEvent(
            channel=channel,
            event_id=str(self._event),
            sender=account,
            thread=account,
            kind=kind,
            occurred_at=self.clock.now(),
            sequence=self._event,
            message_ref=str(self._event),
            address={"account": account},
            public=channel == "x_mention",
            **more,
        )

    def photo(self) -> FileRef:
        """A photo whose bytes are kept already."""
        name = f"{self._event + 1:064x}"
        return FileRef("photo", "foto.jpg", "image/jpeg", size=1000, sha256=name)

    async def play(self, event: IncomingEvent) -> list[Heard]:
        """Receive one event, let the gathering pause run out, answer, deliver; what was heard meanwhile."""
        self.receiver.receive(event)
        self.clock.advance(timedelta(seconds=GATHER + 1))
        return await self.settle()

    async def settle(self) -> list[Heard]:
        """Turns and deliveries until nothing is due."""
        before = len(self.heard)
        for _ in range(20):
            turns = await self.turns.drain()
            sent = await self.delivery.drain()
            self._listen()
            if not turns and not sent:
                break
        return self.heard[before:]

    async def wait(self, span: timedelta) -> list[Heard]:
        """Let time pass in steps, with deliveries and sweeps on the way."""
        before = len(self.heard)
        end = self.clock.now() + span
        while self.clock.now() < end:
            self.clock.advance(min(timedelta(hours=1), end - self.clock.now()))
            with self.database.writes() as uow:
                sweep(uow, self.municipality, self.clock.now(), b"rehearsal")
                uow.commit()
            await self.settle()
        return self.heard[before:]

    def _listen(self) -> None:
        for name, channel in self.channels.items():
            if name == "alert":
                continue
            sent = channel.sent[self._seen.get(name, 0) :]
            self._seen[name] = len(channel.sent)
            for address, reply in sent:
                self.heard.append(Heard(len(self.heard), name, str(address.get("account")), reply))
