"""The figures of `hizmet bench`: durable turns a second, latency, cost of a long conversation, memory, start.

A turn is the whole of it: understanding, dialogue, request, history, replies, one durable commit. Conversations have
eight turns; each round brings the next message of every conversation, so nothing is gathered.
"""

from __future__ import annotations

import asyncio
import dataclasses
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

from bot.bootstrap.wiring import Database, municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.db.migrate import upgrade
from bot.db.tables import inbox, leases
from bot.operations.health import HEARTBEAT
from bot.ports import DialogueEngine
from bot.rehearsal.crew import crew_settings, end, event, fork_dialogue
from bot.rehearsal.postgres import PostgresServer, running_server
from bot.rehearsal.stage import Stage
from bot.service.receiving import Receiver

SCRIPT = (
    "merhaba",
    "sokağımızdaki çöp konteyneri doldu taşıyor",
    "Yazır",
    "{number}. Sokak {door}",
    "evet",
    "başvurum ne durumda",
    "belediye kaçta kapanıyor",
    "teşekkürler",
)
CONVERSATIONS = 40
RATE, RATE_SECONDS = 20.0, 15.0


@dataclass
class Bench:
    """Runs the measurements one after the other; `said` is told what goes on."""

    settings: Settings
    engine: DialogueEngine
    said: Callable[[str], None] = lambda text: None

    def run(self) -> dict[str, float]:
        """All figures by their names. Seconds and milliseconds of wall clock; memory in MB."""
        figures: dict[str, float] = {}
        with tempfile.TemporaryDirectory(prefix="hizmet-bench-") as folder, running_server(durable=True) as server:
            home = Path(folder)
            self.said("SQLite, one dialogue process")
            figures["sqlite_1"], figures["rss_mb"] = self._throughput(f"sqlite:///{home / 'bench.db'}", home, 1)
            for workers in (1, 2):
                self.said(f"PostgreSQL, {workers} dialogue process(es)")
                rate, _ = self._throughput(server.empty_database(), home, workers)
                figures[f"postgres_{workers}"] = rate
            self.said(f"latency at {RATE:.0f} turns a second")
            figures["p50_ms"], figures["p95_ms"] = self._latency(server, home)
            self.said("turn 200 of a conversation against turn 5")
            figures["turn_200_over_5"] = self._long_conversation(home)
            self.said("start until ready")
            figures["ready_seconds"] = self._ready(home)
        return {name: round(value, 2) for name, value in figures.items()}

    @contextmanager
    def _crew(
        self, url: str, home: Path, workers: int, report: int | None = None
    ) -> Iterator[tuple[Database, list[int]]]:
        settings = crew_settings(self.settings, url, home)
        upgrade(url)
        children = [fork_dialogue(settings, self.engine, (index, workers), report) for index in range(workers)]
        database = open_database(settings)
        try:
            _await(lambda: _beating(database) >= workers, 60)
            yield database, children
        finally:
            end(*children)
            database.engine.dispose()

    def _throughput(self, url: str, home: Path, workers: int) -> tuple[float, float]:
        """Turns a second over all rounds but the first, which warms up; the largest worker's memory in MB."""
        with self._crew(url, home, workers) as (database, children):
            receiver = Receiver(database.writes, SystemClock(), 0.0)
            seconds = 0.0
            for step, text in enumerate(SCRIPT):
                events = [
                    event(step * CONVERSATIONS + n + 1, f"bench-{n}", text.format(number=1000 + n * 9, door=n + 1))
                    for n in range(CONVERSATIONS)
                ]
                receiver.receive(*events)
                began = time.perf_counter()
                _await(lambda: _waiting(database) == 0, 120)
                seconds += (time.perf_counter() - began) if step else 0.0
            memory = max(_rss(child) for child in children)
        return CONVERSATIONS * (len(SCRIPT) - 1) / seconds, memory

    def _latency(self, server: PostgresServer, home: Path) -> tuple[float, float]:
        """p50 and p95 in ms from 'may begin' to commit with two processes under a steady rate of messages."""
        reading, writing = os.pipe()
        with self._crew(server.empty_database(), home, 2, writing) as (database, _):
            receiver = Receiver(database.writes, SystemClock(), 0.0)
            began = time.perf_counter()
            total = int(RATE * RATE_SECONDS)
            for number in range(total):
                time.sleep(max(0.0, began + number / RATE - time.perf_counter()))
                step, person = divmod(number, max(1, total // len(SCRIPT)))
                text = SCRIPT[min(step, len(SCRIPT) - 1)].format(number=1000 + person * 9, door=person + 1)
                receiver.receive(event(number + 1, f"rate-{person}", text))
            _await(lambda: _waiting(database) == 0, 60)
        os.close(writing)
        with os.fdopen(reading) as lines:
            waited = sorted(float(line.split()[0]) for line in lines)
        return statistics.median(waited), waited[int(0.95 * (len(waited) - 1))]

    def _long_conversation(self, home: Path) -> float:
        """Median time of turns 196–205 over that of turns 3–8 of one conversation."""
        stage = Stage.at(home / "long.db", self.engine, municipality_of(self.settings.municipality))
        times: list[float] = []

        async def talk() -> None:
            for number in range(205):
                stage.receiver.receive(stage.event("fake", "long", text="merhaba" if number % 2 else "teşekkürler"))
                stage.clock.advance(timedelta(seconds=3))
                began = time.perf_counter()
                await stage.turns.drain()
                times.append(time.perf_counter() - began)

        asyncio.run(talk())
        return statistics.median(times[195:205]) / statistics.median(times[2:8])

    def _ready(self, home: Path) -> float:
        """Seconds from starting `hizmet run --roles dialogue` until its heartbeat."""
        url = f"sqlite:///{home / 'ready.db'}"
        upgrade(url)
        database = open_database(dataclasses.replace(self.settings, database=url))
        environment = os.environ | {"HIZMET_DATABASE": url, "HIZMET_HOME": str(home / "ready")}
        began = time.perf_counter()
        command = [sys.executable, "-m", "bot.cli", "run", "--roles", "dialogue"]
        process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            _await(lambda: _beating(database) > 0, 180)
            return time.perf_counter() - began
        finally:
            process.terminate()
            process.wait(30)
            database.engine.dispose()


def _await(condition: Callable[[], bool], seconds: float) -> None:
    deadline = time.perf_counter() + seconds
    while not condition():
        if time.perf_counter() > deadline:
            raise TimeoutError(f"not within {seconds} s")
        time.sleep(0.01)


def _scalar(database: Database, query: Any) -> int:
    with database.engine.execution_options(write=False).connect() as connection:
        return int(connection.execute(query).scalar_one())


def _waiting(database: Database) -> int:
    return _scalar(database, select(func.count()).select_from(inbox).where(inbox.c.state.in_(["ready", "fetching"])))


def _beating(database: Database) -> int:
    now = SystemClock().now()
    query = select(func.count()).select_from(leases)
    return _scalar(database, query.where(leases.c.name.startswith(HEARTBEAT), leases.c.until > now))


def _rss(process: int) -> float:
    """Resident memory in MB, shared pages of the parent included."""
    for line in Path(f"/proc/{process}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0
