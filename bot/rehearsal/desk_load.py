"""The figures of `hizmet bench --desk`: how fast the desk's pages answer over a full database while messages come in.

A year of 50,000 requests and 100,000 messages is written, `hizmet run --roles web` serves it in a process of its own,
a handful of people page through the desk, and citizens write five messages a second into the same database.
"""

from __future__ import annotations

import contextlib
import os
import random
import secrets
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx

from bot.bootstrap.wiring import Database, municipality_of
from bot.clock import SystemClock
from bot.config import Settings
from bot.db.engine import make_engine
from bot.db.migrate import upgrade
from bot.domain.messages import EventKind, IncomingEvent, Message
from bot.domain.staff import Role
from bot.errors import HizmetError
from bot.rehearsal.desk_town import Size, Town
from bot.rehearsal.postgres import running_server
from bot.service.receiving import Receiver
from bot.service.staff import StaffDesk

TARGET_MS = 200.0
USERNAME = "olcum"
PEOPLE, THINK_SECONDS = 4, 1.0
RATE = 5.0
WARM_UP, MEASURED = 10.0, 90.0
PAGES: Mapping[str, tuple[str, ...]] = {
    "queue": ("/masa/kuyruk", "/masa/kuyruk/liste"),
    "queue search": ("/masa/kuyruk?ara=menekse+okulun", "/masa/kuyruk?ara=ayse+yilmaz"),
    "table": (
        "/masa/basvurular",
        "/masa/basvurular?durum=hepsi",
        "/masa/basvurular?sure=gecikti&sira=due",
        "/masa/basvurular?birim=cleaning&sira=changed",
        "/masa/basvurular?durum=hepsi&sonra=25000",
    ),
    "table search": (
        "/masa/basvurular?durum=hepsi&ara=ihlamur+okulun",
        "/masa/basvurular?ara=copler",
        "/masa/basvurular?durum=hepsi&ara=ayse+yilmaz",
        "/masa/basvurular?durum=hepsi&ara={number}",
    ),
    "board": ("/masa/basvurular/pano", "/masa/basvurular/pano?birim=parks"),
    "detail": ("/masa/basvurular/{number}",),
    "conversation": ("/masa/gorusme/{item}", "/masa/gorusme/{item}/parcalar"),
    "map": ("/masa/harita",),
    "map data": ("/masa/harita/veri.json", "/masa/harita/veri.json?birim=parks"),
    "figures": ("/masa/gostergeler", "/masa/gostergeler?sure=7"),
}


@dataclass(frozen=True)
class Answered:
    """The times of one kind of page in milliseconds; `failed` counts answers that were no 200."""

    number: int
    median: float
    p95: float
    worst: float
    failed: int

    @property
    def good(self) -> bool:
        """Whether all were answered, and nineteen in twenty in time."""
        return bool(self.number) and not self.failed and self.p95 < TARGET_MS


@dataclass
class DeskLoad:
    """Runs the measurement on each database; `said` is told what goes on."""

    settings: Settings
    size: Size = field(default_factory=Size)
    seconds: float = MEASURED
    said: Callable[[str], None] = lambda text: None

    def run(self) -> dict[str, dict[str, Answered]]:
        """By database, then by page."""
        with tempfile.TemporaryDirectory(prefix="hizmet-desk-") as folder, running_server(durable=True) as server:
            home = Path(folder)
            return {
                "SQLite": self._measure(f"sqlite:///{home / 'desk.db'}", home / "sqlite"),
                "PostgreSQL": self._measure(server.empty_database(), home / "postgresql"),
            }

    def _measure(self, url: str, home: Path) -> dict[str, Answered]:
        kind = url.partition(":")[0]
        self.said(f"{kind}: writing {self.size.requests} requests and {self.size.messages} messages")
        upgrade(url)
        database = Database(make_engine(url))
        Town(municipality_of(self.settings.municipality), SystemClock().now(), self.size).fill(database.engine)
        password = secrets.token_urlsafe(16)
        _enroll(database, password)
        with _served(url, home) as address:
            self.said(f"{kind}: {PEOPLE} people, {RATE:.0f} messages a second, {self.seconds:.0f} s")
            answered = self._load(database, address, password)
        database.engine.dispose()
        return answered

    def _load(self, database: Database, address: str, password: str) -> dict[str, Answered]:
        over = threading.Event()
        people = [_Person(address, password, self.size, seed) for seed in range(PEOPLE)]
        citizens = _Citizens(database, self.size)
        workers = [person.work for person in people] + [citizens.work]
        threads = [threading.Thread(target=work, args=(over,)) for work in workers]
        for thread in threads:
            thread.start()
        time.sleep(WARM_UP)
        for person in people:
            person.counts = True
        time.sleep(self.seconds)
        over.set()
        for thread in threads:
            thread.join(60)
        if citizens.failed or citizens.written < RATE * self.seconds * 0.9:
            raise HizmetError(f"only {citizens.written} messages came in, {citizens.failed} failed")
        return {name: _summed([time_ for person in people for time_ in person.times[name]]) for name in PAGES}


class _Person:
    """Somebody who goes from page to page."""

    def __init__(self, address: str, password: str, size: Size, seed: int) -> None:
        self._client = httpx.Client(base_url=address, timeout=60)
        self._size, self.counts = size, False
        self._random = random.Random(seed)
        self.times: dict[str, list[tuple[float, bool]]] = {name: [] for name in PAGES}
        self._client.post("/masa/giris", data={"username": USERNAME, "password": password})
        if "hizmet_masa" not in self._client.cookies:
            raise HizmetError("nobody could log in")

    def work(self, over: threading.Event) -> None:
        year = SystemClock().now().year
        while not over.wait(self._random.uniform(0.5, 1.5) * THINK_SECONDS):
            name = self._random.choice(list(PAGES))
            number = f"SLC-{year}-{self._random.randrange(1, self._size.requests + 1):06d}"
            item = str(self._random.randrange(1, self._size.items + 1))
            path = self._random.choice(PAGES[name]).replace("{number}", number).replace("{item}", item)
            began = time.perf_counter()
            good = self._client.get(path).status_code == 200
            if self.counts:
                self.times[name].append(((time.perf_counter() - began) * 1000, good))


class _Citizens:
    """Citizens who write: each message is received, and stands in its thread as a turn would leave it."""

    def __init__(self, database: Database, size: Size) -> None:
        self._database, self._size = database, size
        self._receiver = Receiver(database.writes, SystemClock(), 0.0)
        self.written = self.failed = 0

    def work(self, over: threading.Event) -> None:
        began = time.perf_counter()
        while not over.wait(max(0.0, began + self.written / RATE - time.perf_counter())):
            try:
                self._write(f"Gül Sokak okulun önünde çöp konteyneri taştı {self.written}")
            except HizmetError:
                self.failed += 1
            self.written += 1

    def _write(self, text: str) -> None:
        now, thread = SystemClock().now(), f"load-{1 + self.written % self._size.citizens}"
        event = IncomingEvent("telegram", f"load:{self.written}", thread, thread, EventKind.TEXT, now, text=text)
        self._receiver.receive(event)
        with self._database.writes() as uow:
            conversation = uow.conversations.of_event(event, now)
            uow.conversations.say(Message(conversation.id or 0, "in", "citizen", text, now))
            uow.commit()


def _enroll(database: Database, password: str) -> None:
    with database.writes() as uow:
        StaffDesk(uow, SystemClock().now()).enroll(USERNAME, "Ölçüm", Role.SUPERVISOR, password)
        uow.commit()


@contextmanager
def _served(url: str, home: Path) -> Iterator[str]:
    """The web role in its own process; its address."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    environment = {
        **os.environ,
        "HIZMET_DATABASE": url,
        "HIZMET_HOME": str(home),
        "HIZMET_FILES": str(home / "files"),
        "HIZMET_HOST": "127.0.0.1",
        "HIZMET_PORT": str(port),
        "HIZMET_PUBLIC_URL": f"http://127.0.0.1:{port}",
        "HIZMET_LOG_LEVEL": "ERROR",
    }
    command = [sys.executable, "-m", "bot.cli", "run", "--roles", "web"]
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        _await_alive(address, process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _await_alive(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.perf_counter() + 90
    while time.perf_counter() < deadline and process.poll() is None:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{address}/health/live").status_code == 200:
                return
        time.sleep(0.1)
    raise HizmetError("the desk did not start")


def _summed(times: list[tuple[float, bool]]) -> Answered:
    ordered = sorted(time_ for time_, _ in times) or [0.0]
    place = min(len(ordered) - 1, int(0.95 * len(ordered)))
    failed = sum(1 for _, good in times if not good)
    return Answered(len(times), statistics.median(ordered), ordered[place], ordered[-1], failed)
