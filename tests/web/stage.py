"""A municipality's web chat for tests: real database file, real receiver, and the bot's side played by hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import uvicorn
from sqlalchemy import Engine, select
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot.channels.files import DiskFiles
from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.db.tables import outbox as outbox_table
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.conversation import Conversation
from bot.domain.messages import Button, InboxRow, InboxState, Message, OutboxKind, OutboxRow, OutboxState, Reply
from bot.municipality import load_municipality
from bot.ports import Mailer
from bot.service.posting import post
from bot.service.receiving import Receiver, event_of
from bot.web.app import create_app

NOON = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@dataclass
class Ticking:
    """A clock for `monotonic` that tests move."""

    seconds: float = 0.0

    def __call__(self) -> float:
        return self.seconds


class Stage:
    """The application and what lies behind it. `answer` does what a turn and the delivery do."""

    def __init__(
        self, engine: Engine, home: Path, origins: tuple[str, ...] = (), public_url: str | None = None
    ) -> None:
        environ = {"HIZMET_HOME": str(home), "HIZMET_SECRET": "x" * 32}
        self.settings: Settings = replace(load_settings(environ, home), widget_origins=origins, public_url=public_url)
        self.municipality = load_municipality(self.settings.municipality)
        self.clock = ManualClock(NOON)
        self.ticking = Ticking()
        self.engine = engine
        self.uows = partial(SqlUnitOfWork, engine)
        self.reads = partial(SqlUnitOfWork, engine, write=False)
        self.files = DiskFiles(home / "files")
        self.posted = 0

    def app(
        self, monotonic: object = None, extra_routes: Sequence[BaseRoute] = (), mail: Mailer | None = None
    ) -> Starlette:
        return create_app(
            settings=self.settings,
            municipality=self.municipality,
            engine_uows=self.uows,
            reads=self.reads,
            receiver=Receiver(self.uows, self.clock, 0.0),
            files=self.files,
            clock=self.clock,
            extra_routes=extra_routes,
            mail=mail,
            monotonic=self.ticking if monotonic is None else monotonic,  # type: ignore[arg-type]  # a callable
        )

    def inbox(self) -> list[InboxRow]:
        with self.reads() as uow:
            return list(uow.session.scalars(select(InboxRow).order_by(InboxRow.sequence)))  # type: ignore[arg-type]

    def outbox(self) -> list[OutboxRow]:
        with self.reads() as uow:
            return list(uow.session.scalars(select(OutboxRow).order_by(outbox_table.c.id)))

    def conversation(self) -> Conversation:
        with self.reads() as uow:
            return uow.session.scalars(select(Conversation)).one()

    def answer(
        self,
        text: str,
        *buttons: Button,
        wants_location: bool = False,
        state: OutboxState = OutboxState.WAITING,
        not_before: datetime | None = None,
        author: str = "bot",
    ) -> None:
        """Handle what is in the inbox and post a reply that delivery has handed over."""
        self.posted += 1
        with self.uows() as uow:
            conversation = uow.session.scalars(select(Conversation)).one()
            assert conversation.id is not None
            now = self.clock.now()
            for row in uow.inbox.pending_of(conversation.id):
                row.state, row.handled_at = InboxState.HANDLED, now
                event = event_of(row)
                extra = {"files": [{"sha256": file.sha256, "name": file.name} for file in event.files]}
                uow.conversations.say(
                    Message(conversation.id, "in", "citizen", event.text, now, row.kind, extra, inbox_id=row.id)
                )
            uow.flush()
            reply = Reply(text, buttons, wants_location=wants_location)
            key = f"test:{self.posted}"
            post(uow, conversation, reply, key, OutboxKind.REPLY, now, not_before=not_before, author=author)
            uow.flush()
            row = uow.session.scalars(select(OutboxRow).where(outbox_table.c.key == key)).one()
            row.state = state
            uow.commit()


@contextmanager
def served(app: Starlette) -> Iterator[str]:
    """The application on a free port of the loopback; its address."""
    config = uvicorn.Config(app, host="127.0.0.1", port=0, ws="none", log_level="warning", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until = time.monotonic() + 10
    while not server.started and time.monotonic() < until:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        app.state.chat_hub.close()
        app.state.desk_hub.close()
        server.should_exit = True
        thread.join(10)
