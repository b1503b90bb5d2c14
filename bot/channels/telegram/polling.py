"""Long polling: one leased poller a token reads updates, and confirms them to Telegram only once they are committed."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from bot.channels.backoff import Backoff, pause, told
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.intake import Receiving, TelegramIntake
from bot.channels.telegram.parsing import update_id
from bot.channels.telegram.signals import Signals
from bot.errors import CredentialsRefused, DatabaseAway
from bot.ports import Clock, UnitOfWorkFactory

log = logging.getLogger(__name__)
# After a week without updates Telegram begins anew at any number; an old offset would hide it. Repeats are harmless.
_OFFSET_LIVES = timedelta(days=6)


class PollState(StrEnum):
    STARTING = "starting"
    RUNNING = "running"
    STANDBY = "standby"
    WAITING = "waiting"
    CREDENTIALS_REFUSED = "credentials_refused"
    DATABASE_AWAY = "database_away"
    STOPPED = "stopped"


@dataclass
class PollTiming:
    """Seconds: how long Telegram waits for an update, the lease lasts, one without the lease waits; after failures."""

    long_poll: float = 25.0
    lease: float = 60.0
    standby: float = 5.0
    idle: float = 0.1
    backoff: Backoff = field(default_factory=Backoff)


class TelegramPoller:
    """`state` and `detail` say how it stands, for health checks and `doctor`; `owner` names this process."""

    def __init__(
        self,
        channel: TelegramChannel,
        receiver: Receiving,
        uows: UnitOfWorkFactory,
        clock: Clock,
        owner: str,
        timing: PollTiming | None = None,
    ) -> None:
        self._channel = channel
        self._uows = uows
        self._clock = clock
        self._owner = owner
        self._timing = timing or PollTiming()
        self._intake = TelegramIntake(receiver, uows, clock)
        self._signals = Signals(channel)
        self._lease = f"telegram:{channel.endpoint.bot_id}"
        self._introduced = False
        self.state = PollState.STARTING
        self.detail = ""

    async def poll(self, stop: asyncio.Event) -> None:
        """Read until `stop`. Outlives a lost network, a lost database and a wrong token; raises nothing."""
        backoff = self._timing.backoff
        while not stop.is_set():
            try:
                seconds = await self._round(stop)
                backoff.reset()
            except Exception as error:  # the top of a worker loop
                seconds = backoff.after(error)
                self._failed(error, seconds)
            await pause(stop, seconds)
        await self._signals.aclose()
        with suppress(DatabaseAway):
            await asyncio.to_thread(self._take_lease, 0.0)  # the next one need not wait for its end
        self._is(PollState.STOPPED)

    async def _round(self, stop: asyncio.Event) -> float:
        """One question to Telegram; the seconds to wait before the next."""
        leased, offset = await asyncio.to_thread(self._take_lease, self._timing.lease)
        if not leased:
            self._is(PollState.STANDBY)
            return self._timing.standby
        if not self._introduced:
            await self._channel.introduce()
            await self._channel.delete_webhook()
            self._introduced = True
        self._is(PollState.RUNNING)
        found = await _unless_stopped(self._channel.updates(offset, self._timing.long_poll), stop)
        updates = [update for update in found or () if update_id(update) is not None]
        if not updates:
            return self._timing.idle
        position = max(update["update_id"] for update in updates) + 1
        cursor = (self._lease, f"{position} {self._clock.now().isoformat()}")
        username = await self._channel.username()
        self._signals.give(await asyncio.to_thread(self._intake.accept, updates, username, cursor))
        return 0.0

    def _take_lease(self, seconds: float) -> tuple[bool, int | None]:
        """Whether we may poll, and from which update on. Blocks."""
        now = self._clock.now()
        with self._uows() as uow:
            leased = uow.leases.take(self._lease, self._owner, now, seconds)
            position, _, at = (uow.leases.value(self._lease) or "").partition(" ")
            uow.commit()
        fresh = bool(position) and now - datetime.fromisoformat(at) < _OFFSET_LIVES
        return leased, int(position) if fresh else None

    def _failed(self, error: Exception, seconds: float) -> None:
        self._introduced = False  # another poller or a webhook may be in the way: look again
        if isinstance(error, CredentialsRefused):
            self._is(PollState.CREDENTIALS_REFUSED, str(error))
            log.error("telegram: %s; check HIZMET_TELEGRAM_TOKEN. Next try in %.0f s", error, seconds)
        elif isinstance(error, DatabaseAway):
            self._is(PollState.DATABASE_AWAY)
            log.warning("telegram: the database is away; next try in %.1f s", seconds)
        else:
            self._is(PollState.WAITING, told(error))
            log.warning("telegram: polling failed (%s); next try in %.1f s", told(error), seconds)

    def _is(self, state: PollState, detail: str = "") -> None:
        if state != self.state:
            log.info("telegram: polling is %s", state)
        self.state, self.detail = state, detail


async def _unless_stopped(asking: Coroutine[Any, Any, list[Any]], stop: asyncio.Event) -> list[Any] | None:
    """The answer; None where `stop` came first. Leaving a question to Telegram unanswered loses nothing."""
    question, stopping = asyncio.create_task(asking), asyncio.create_task(stop.wait())
    try:
        await asyncio.wait({question, stopping}, return_when=asyncio.FIRST_COMPLETED)
        return question.result() if question.done() else None
    finally:
        for task in (question, stopping):
            task.cancel()
        await asyncio.gather(question, stopping, return_exceptions=True)
