"""Real processes for measuring and for killing: dialogue and delivery workers forked from a parent that has loaded."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import os
import random
import signal
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.bootstrap.dialogue import work
from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.delivery.worker import DeliveryWorker
from bot.domain.messages import EventKind, FileRef, IncomingEvent, Reply
from bot.errors import Rejected
from bot.ports import Delivered, DialogueEngine
from bot.service.turn import TurnDone


def crew_settings(settings: Settings, database: str, home: Path) -> Settings:
    """Settings for a rehearsal: another database, no pause for gathering (each message is a turn of its own)."""
    return dataclasses.replace(settings, database=database, home=home, files=home / "files", gather_seconds=0.0)


def fork(main: Callable[[asyncio.Event], Any]) -> int:
    """A child that runs `main(stop)` until SIGTERM; its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:

        async def run() -> None:
            stop = asyncio.Event()
            asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
            await main(stop)

        asyncio.run(run())
        code = 0
    finally:
        os._exit(code)


def fork_dialogue(settings: Settings, engine: DialogueEngine, shard: tuple[int, int], report: int | None = None) -> int:
    """A dialogue worker. With `report` (a pipe's end) it writes a line for each turn: waited and worked in ms."""

    def on_turn(done: TurnDone) -> None:
        if report is not None:
            os.write(report, f"{done.waited * 1000:.3f} {done.worked * 1000:.3f}\n".encode())

    async def main(stop: asyncio.Event) -> None:
        await work(settings, engine, stop, shard, on_turn)

    return fork(main)


class LedgerChannel:
    """A provider that survives us: each message it took is a line `outbox-key` in a file."""

    def __init__(self, name: str, path: Path) -> None:
        self.name = name
        self._path = path

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        line = f"{address['account']}\t{reply.text.replace(chr(10), ' ')[:200]}\n".encode()
        handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, line)
        os.close(handle)
        return Delivered(provider_id="1")

    async def fetch(self, file: FileRef) -> FileRef:
        raise Rejected("no files here")

    async def aclose(self) -> None:
        """Nothing is held."""


def fork_delivery(settings: Settings, ledger: Path) -> int:
    """A delivery worker whose provider is a file."""

    async def main(stop: asyncio.Event) -> None:
        database = open_database(settings)
        channels = {name: LedgerChannel(name, ledger) for name in ("fake", "alert")}
        municipality = municipality_of(settings.municipality)
        worker = DeliveryWorker(
            database.writes,
            channels,
            SystemClock(),
            municipality,
            random.Random(),
            lease_seconds=6.0,
            send_seconds=1.0,
        )
        await worker.run(stop)

    return fork(main)


def event(number: int, account: str, text: str) -> IncomingEvent:
    """A citizen's text on the channel `fake`."""
    return IncomingEvent(
        channel="fake",
        event_id=str(number),
        sender=account,
        thread=account,
        kind=EventKind.TEXT,
        occurred_at=datetime.now(UTC),
        sequence=number,
        text=text,
        address={"account": account},
    )


def end(*children: int) -> None:
    """Stop children and wait for them."""
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGTERM)
    for child in children:
        with contextlib.suppress(ChildProcessError):
            os.waitpid(child, 0)
