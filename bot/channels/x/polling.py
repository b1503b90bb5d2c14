"""The loop that watches the account: one leased poller an account, two streams, each at its own pace."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

from bot.channels.backoff import Backoff, pause, told
from bot.channels.x.budget import Pace, Window
from bot.errors import CredentialsRefused, DatabaseAway, RateLimited
from bot.ports import Clock, UnitOfWorkFactory

log = logging.getLogger(__name__)


class Watched(Protocol):
    """What the watcher follows: a stream of posts or messages, or the check for deleted ones."""

    name: str
    window: Window

    @property
    def cursor(self) -> str:
        """The beginning of the lease's name."""
        ...

    async def look(self) -> tuple[int, float | None]:
        """One request: (what was new, seconds until the next one; None: nothing more for now)."""
        ...


class WatchState(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STANDBY = "standby"
    WAITING = "waiting"
    CREDENTIALS_REFUSED = "credentials_refused"
    DATABASE_AWAY = "database_away"
    STOPPED = "stopped"


@dataclass
class WatchTiming:
    """Seconds: the shortest and longest pause between looks, the lease, how long one without the lease waits."""

    shortest: float = 30.0
    longest: float = 300.0
    lease: float = 120.0
    standby: float = 5.0
    backoff: Callable[[], Backoff] = field(default=Backoff)


class XWatcher:
    """`states` says how each stream stands; `owner` names this process."""

    def __init__(
        self,
        streams: Sequence[Watched],
        uows: UnitOfWorkFactory,
        clock: Clock,
        owner: str,
        timing: WatchTiming | None = None,
    ) -> None:
        self._streams, self._uows, self._clock, self._owner = streams, uows, clock, owner
        self._timing = timing or WatchTiming()
        self.states = {stream.name: WatchState.STARTING for stream in streams}

    async def watch(self, stop: asyncio.Event) -> None:
        """Read until `stop`. Outlives a lost network, a lost database and refused keys; raises nothing."""
        await asyncio.gather(*(self._follow(stream, stop) for stream in self._streams))
        for stream in self._streams:
            with suppress(DatabaseAway):
                await asyncio.to_thread(self._take_lease, stream, 0.0)
            self._is(stream, WatchState.STOPPED)

    async def _follow(self, stream: Watched, stop: asyncio.Event) -> None:
        timing, backoff = self._timing, self._timing.backoff()
        pace = Pace(max(timing.shortest, stream.window.spacing()), timing.longest)
        while not stop.is_set():
            try:
                seconds = await self._round(stream, pace)
                backoff.reset()
            except Exception as error:  # the top of a worker loop
                seconds = backoff.after(error)
                self._failed(stream, error, seconds)
            await self._sleep(stream, stop, seconds)

    async def _sleep(self, stream: Watched, stop: asyncio.Event, seconds: float) -> None:
        """Wait until the next look; the lease is kept meanwhile, so that what was read of a pass stays ours."""
        while seconds > 0 and not stop.is_set():
            step = min(seconds, self._timing.lease / 2)
            await pause(stop, step)
            seconds -= step
            if seconds > 0 and self.states[stream.name] is not WatchState.STANDBY:
                with suppress(DatabaseAway):
                    await asyncio.to_thread(self._take_lease, stream, self._timing.lease)

    async def _round(self, stream: Watched, pace: Pace) -> float:
        """One look; the seconds before the next."""
        if not await asyncio.to_thread(self._take_lease, stream, self._timing.lease):
            self._is(stream, WatchState.STANDBY)
            return self._timing.standby
        found, wait = await stream.look()
        self._is(stream, WatchState.WAITING if wait else WatchState.RUNNING)
        return pace.after(found) if wait is None else wait

    def _take_lease(self, stream: Watched, seconds: float) -> bool:
        with self._uows() as uow:
            leased = uow.leases.take(f"{stream.cursor}:lease", self._owner, self._clock.now(), seconds)
            uow.commit()
        return leased

    def _failed(self, stream: Watched, error: Exception, seconds: float) -> None:
        state = WatchState.WAITING
        if isinstance(error, CredentialsRefused):
            state = WatchState.CREDENTIALS_REFUSED
        elif isinstance(error, DatabaseAway):
            state = WatchState.DATABASE_AWAY
        self._is(stream, state)
        level = logging.INFO if isinstance(error, RateLimited) else logging.WARNING
        log.log(level, "x: reading %s failed (%s); next try in %.0f s", stream.name, told(error), seconds)

    def _is(self, stream: Watched, state: WatchState) -> None:
        if state != self.states[stream.name]:
            log.info("x: reading %s is %s", stream.name, state)
        self.states[stream.name] = state
