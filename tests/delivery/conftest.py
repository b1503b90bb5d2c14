"""A conversation, a clock that is moved by hand, and a delivery worker over in-memory channels, on both databases."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.channels.fake import FakeChannel
from bot.clock import ManualClock
from bot.delivery.worker import DeliveryWorker
from bot.domain.conversation import Conversation, ReviewItem
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.requests import Filing, Kind, Place, Request
from bot.municipality import HOME, Municipality, load_municipality
from bot.ports import UnitOfWorkFactory
from bot.service.requests import RequestDesk

NOON = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)  # 12:00 in Konya, outside the quiet hours


@pytest.fixture(scope="session")
def municipality() -> Municipality:
    return load_municipality(Path(HOME) / "selcuklu.yml")


@dataclass
class Office:
    """What a test of delivery touches, by short names."""

    uows: UnitOfWorkFactory
    municipality: Municipality
    clock: ManualClock = field(default_factory=lambda: ManualClock(NOON))
    telegram: FakeChannel = field(default_factory=lambda: FakeChannel("telegram"))
    web: FakeChannel = field(default_factory=lambda: FakeChannel("web", waiting=True))
    alert: FakeChannel = field(default_factory=lambda: FakeChannel("alert"))
    seen: list[tuple[str, str]] = field(default_factory=list)

    def worker(self, **more: Any) -> DeliveryWorker:
        channels = {channel.name: channel for channel in (self.telegram, self.web, self.alert)}
        more.setdefault("observe", lambda channel, outcome, seconds: self.seen.append((channel, outcome)))
        return DeliveryWorker(self.uows, channels, self.clock, self.municipality, random.Random(1), **more)

    def conversation(self, account: str = "ayse", channel: str = "telegram", public: bool = False) -> Conversation:
        event = IncomingEvent(
            channel=channel,
            event_id=f"{channel}:{account}",
            sender=account,
            thread=account,
            kind=EventKind.TEXT,
            occurred_at=self.clock.now(),
            address={"account": account},
            public=public,
        )
        with self.uows() as uow:
            conversation = uow.conversations.of_event(event, self.clock.now())
            uow.commit()
        return conversation

    def write(
        self,
        text: str,
        conversation: Conversation | None,
        kind: OutboxKind = OutboxKind.REPLY,
        not_before: datetime | None = None,
        public: bool = False,
    ) -> int:
        now = self.clock.now()
        row = OutboxRow(
            key=f"test:{text}",
            kind=kind,
            channel=conversation.channel if conversation else "alert",
            body=asdict(Reply(text, public=public)),
            state=OutboxState.PENDING,
            created_at=now,
            not_before=not_before or now,
            conversation_id=conversation.id if conversation else None,
        )
        with self.uows() as uow:
            assert uow.outbox.add(row)
            uow.commit()
        assert row.id is not None
        return row.id

    def row(self, outbox_id: int) -> OutboxRow:
        with self.uows() as uow:
            row = uow.outbox.get(outbox_id)
            assert row is not None
            return row

    def state(self, outbox_id: int) -> tuple[str, str | None]:
        row = self.row(outbox_id)
        return row.state, row.error

    def reviews(self) -> list[ReviewItem]:
        with self.uows() as uow:
            return list(uow.reviews.open_items())

    def claim(self, seconds: float = 40) -> list[int | None]:
        """Claim as a process does that is then killed."""
        with self.uows() as uow:
            rows = uow.outbox.claim(self.clock.now(), seconds, 100, ["telegram", "web", "alert"])
            uow.commit()
        return [row.id for row in rows]

    def file(self, conversation: Conversation) -> Request:
        place = Place(neighbourhood="Yazır")
        filing = Filing("draft-1", "waste_collection", Kind.COMPLAINT, "konteyner dolu", place)
        with self.uows() as uow:
            assert conversation.id is not None
            desk = RequestDesk(uow, self.municipality, self.clock.now(), b"key")
            request = desk.file(filing, conversation.citizen_id, conversation.id, conversation.channel)
            uow.commit()
        return request

    def change(self, request: Request, how: Callable[[RequestDesk, Request], None]) -> None:
        with self.uows() as uow:
            found = uow.requests.get(request.id or 0, lock=True)
            assert found is not None
            how(RequestDesk(uow, self.municipality, self.clock.now(), b"key"), found)
            uow.commit()


@pytest.fixture
def office(uows: UnitOfWorkFactory, municipality: Municipality) -> Office:
    return Office(uows, municipality)
