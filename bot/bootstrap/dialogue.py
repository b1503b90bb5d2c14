"""The dialogue role: the model is loaded once, workers are forked from the loaded parent and replaced when they die."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import signal
import time
from collections.abc import Callable

from actions import ACTIONS
from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.engine.agent import RasaEngine
from bot.errors import DatabaseAway
from bot.nlu.chosen import model_in_use
from bot.nlu.information import InformationFinder
from bot.operations.health import HEARTBEAT
from bot.operations.meter import LEASE, TurnMeter
from bot.ports import DialogueEngine
from bot.service.turn import TurnDone, TurnWorker

log = logging.getLogger(__name__)
HEARTBEAT_SECONDS, HEARTBEAT_GOOD_FOR = 5.0, 15.0


def load_engine(settings: Settings) -> DialogueEngine:
    """The model in use behind the engine's port. Raises ConfigError."""
    return RasaEngine.load(model_in_use(settings.models), ACTIONS)


async def work(
    settings: Settings,
    engine: DialogueEngine,
    stop: asyncio.Event,
    shard: tuple[int, int] = (0, 1),
    on_turn: Callable[[TurnDone], None] = lambda done: None,
) -> None:
    """Turns until `stop`, with a heartbeat that readiness checks look at."""
    database = open_database(settings, ping=False)
    municipality = municipality_of(settings.municipality)
    meter = TurnMeter()

    def count(done: TurnDone) -> None:
        meter.turn(done.worked, done.waited, done.messages, done.replies)
        on_turn(done)

    worker = TurnWorker(
        database.writes,
        database.reads,
        engine,
        municipality,
        SystemClock(),
        settings.secret,
        gather_seconds=settings.gather_seconds,
        handover_hours=settings.handover_hours,
        find_information=InformationFinder(municipality.information).find,
        shard=shard,
        on_turn=count,
    )

    async def beat() -> None:
        """Say that this worker lives, and how long its turns take. A predecessor's lease is simply taken over."""
        while True:
            with contextlib.suppress(DatabaseAway), database.writes() as uow:
                uow.leases.hold(f"{HEARTBEAT}{shard[0]}", str(os.getpid()), SystemClock().now(), HEARTBEAT_GOOD_FOR)
                uow.leases.set_value(f"{LEASE}{shard[0]}", meter.state())
                uow.commit()
            await asyncio.sleep(HEARTBEAT_SECONDS)

    heart = asyncio.create_task(beat())
    try:
        await worker.run(stop)
    finally:
        heart.cancel()
        database.engine.dispose()


def _run_worker(settings: Settings, engine: DialogueEngine, shard: tuple[int, int]) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stop.set)
        log.info("dialogue ready", extra={"shard": shard[0]})
        await work(settings, engine, stop, shard)

    asyncio.run(main())


def run_dialogue(settings: Settings, engine: DialogueEngine | None = None) -> None:
    """Load and work until SIGTERM. With more than one worker (PostgreSQL) the parent forks them and watches."""
    engine = engine or load_engine(settings)
    workers = settings.workers if settings.database.startswith("postgresql") else 1
    if workers <= 1:
        _run_worker(settings, engine, (0, 1))
        return
    children: dict[int, int] = {}
    stopping = False

    def stop_all(number: int, frame: object) -> None:
        nonlocal stopping
        stopping = True
        for child in children:
            with contextlib.suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)

    signal.signal(signal.SIGTERM, stop_all)
    signal.signal(signal.SIGINT, stop_all)
    for index in range(workers):
        children[_fork(settings, engine, (index, workers))] = index
    while children:
        try:
            child, status = os.wait()
        except InterruptedError:
            continue
        index = children.pop(child)
        if not stopping:
            log.error("dialogue worker %d died with status %d; a new one takes its place", index, status)
            time.sleep(0.2)
            children[_fork(settings, engine, (index, workers))] = index


def _fork(settings: Settings, engine: DialogueEngine, shard: tuple[int, int]) -> int:
    """A child that works; the parent gets its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        _run_worker(settings, engine, shard)
        code = 0
    except Exception:
        log.exception("dialogue worker failed")
    finally:
        os._exit(code)
