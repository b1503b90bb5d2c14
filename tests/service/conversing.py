"""One citizen's conversation over the real turns, with understandings as told."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, select

from bot.clock import ManualClock
from bot.db.tables import outbox
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.conversation import Conversation, Draft, ReviewItem
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.requests import Request
from bot.domain.understanding import Scored, Understanding
from bot.engine.scripted import ScriptedEngine
from bot.ports import UnitOfWorkFactory
from bot.service.incidents import IncidentDesk
from bot.service.receiving import Receiver
from bot.service.turn import TurnWorker
from tests.support import selcuklu

MONDAY = datetime(2026, 6, 8, 7, 0, tzinfo=UTC)
Converse = Callable[[Mapping[str, Understanding]], "Conversing"]


class Conversing:
    """`say` and `press` give the texts of the answers; `buttons` are those of the last turn, by label."""

    def __init__(self, engine: Engine, uows: UnitOfWorkFactory, known: Mapping[str, Understanding]) -> None:
        self.uows, self.clock = uows, ManualClock(MONDAY)
        self.information: tuple[Scored, ...] = ()
        self.buttons: dict[str, str] = {}
        self.last = ""
        self._database, self._number, self._seen = engine, 0, 0
        self._receiver = Receiver(uows, self.clock, 2.0)
        self._worker = TurnWorker(
            uows,
            lambda: SqlUnitOfWork(engine, write=False),
            ScriptedEngine(known),
            selcuklu(),
            self.clock,
            "secret",
            find_information=lambda text, service: self.information,
        )

    def send(self, text: str = "", kind: EventKind = EventKind.TEXT, who: str = "ayşe", **more: Any) -> None:
        self._number += 1
        at, number = self.clock.now(), str(self._number)
        self._receiver.receive(
            IncomingEvent("fake", number, who, who, kind, at, sequence=self._number, text=text, **more)
        )

    def turns(self) -> list[str]:
        """Whatever is due is answered."""
        self.clock.advance(timedelta(seconds=3))
        asyncio.run(self._worker.drain())
        with self._database.connect() as connection:
            query = select(outbox.c.id, outbox.c.body).where(outbox.c.kind == "reply", outbox.c.id > self._seen)
            rows = connection.execute(query.order_by(outbox.c.id)).all()
        self._seen = rows[-1].id if rows else self._seen
        self.buttons = {button["label"]: button["payload"] for row in rows for button in row.body["buttons"]}
        texts = [row.body["text"] for row in rows]
        self.last = texts[-1] if texts else ""
        return texts

    def say(self, text: str, who: str = "ayşe", **more: Any) -> list[str]:
        self.send(text, who=who, **more)
        return self.turns()

    def share(self, latitude: float, longitude: float, who: str = "ayşe") -> list[str]:
        self.send(kind=EventKind.LOCATION, latitude=latitude, longitude=longitude, who=who)
        return self.turns()

    def press(self, payload: str, who: str = "ayşe") -> list[str]:
        self.send(kind=EventKind.BUTTON, button=payload, who=who)
        return self.turns()

    def announce(self, service: str, neighbourhoods: Sequence[str], text: str) -> None:
        with self.uows() as uow:
            until = self.clock.now() + timedelta(hours=8)
            IncidentDesk(uow, selcuklu(), self.clock.now()).announce(service, neighbourhoods, text, until, "can")
            uow.commit()

    def conversation(self, who: str = "ayşe") -> Conversation:
        with self.uows() as uow:
            found = uow.conversations._of_thread("fake", who)  # type: ignore[attr-defined]  # the repository's own
            assert isinstance(found, Conversation)
            return found

    @property
    def draft(self) -> Draft | None:
        return self.conversation().draft

    def requests(self) -> list[Request]:
        """In the order of filing."""
        with self.uows() as uow:
            return list(reversed(uow.requests.search(limit=100)))

    def reviews(self) -> list[ReviewItem]:
        with self.uows() as uow:
            return list(uow.reviews.open_items())
