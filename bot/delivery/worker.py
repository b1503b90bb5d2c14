"""Claim, send, record: the loop that brings the outbox to the channels."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial

from bot.delivery.ledger import Ledger, Parcel
from bot.delivery.limits import Limiter
from bot.delivery.retry import CREDENTIALS_WAIT, Attempt, Retry, decide
from bot.domain.rates import ChannelRates
from bot.errors import CredentialsRefused, DatabaseAway, UncertainError
from bot.municipality import Municipality
from bot.ports import Channel, Clock, Delivered, UnitOfWorkFactory, Verifying

log = logging.getLogger(__name__)
SHORTEST_PAUSE, LONGEST_PAUSE = 0.1, 0.3
LOOK_FOR_ABANDONED = timedelta(seconds=2)
LONGEST_WAIT = 5.0
"""Seconds that a claimed row waits for the limit before it is given back."""
_WRITE_PAUSES = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


class DeliveryWorker:
    """Sends what is due, each conversation in order, up to `in_flight` messages of a channel at once.

    Several workers, in several processes, may share a database. A claim is good for `lease_seconds`; a send that takes
    longer than `send_seconds` counts as uncertain, so that no claim runs out under way. `rates` limits the channels it
    names. `observe(channel, outcome, seconds)` is told of every attempt; seconds since the message was due.
    """

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        channels: Mapping[str, Channel],
        clock: Clock,
        municipality: Municipality,
        rng: random.Random,
        *,
        rates: Mapping[str, ChannelRates] | None = None,
        in_flight: int = 30,
        lease_seconds: float = 40.0,
        send_seconds: float = 30.0,
        observe: Callable[[str, str, float], None] = lambda channel, outcome, seconds: None,
    ) -> None:
        if send_seconds + LONGEST_WAIT > lease_seconds:
            raise ValueError("a claim must outlast the wait for the limit and the send")
        self._ledger = Ledger(uows, municipality)
        self._channels, self._clock, self._rng = channels, clock, rng
        self._in_flight, self._lease, self._send_seconds = in_flight, lease_seconds, send_seconds
        self._observe = observe
        self._limiters = {name: Limiter((rates or {}).get(name), clock.now()) for name in channels}
        self._paused: dict[str, datetime] = {}
        self._busy: Counter[str] = Counter()
        self._looked_at: datetime | None = None

    @property
    def paused(self) -> Mapping[str, datetime]:
        """Channels whose credentials were refused, with the moment of the next try."""
        return dict(self._paused)

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver until `stop`; then what is being sent is finished, and what only waits is given back."""
        tasks: set[asyncio.Task[bool]] = set()
        stopped = asyncio.create_task(stop.wait())
        pause = SHORTEST_PAUSE
        try:
            while not stop.is_set():
                try:
                    parcels = await self._claim()
                    pause = SHORTEST_PAUSE if parcels else min(LONGEST_PAUSE, pause * 1.25)
                except Exception as error:
                    cause = error.__cause__ if isinstance(error, DatabaseAway) else error
                    log.warning("nothing can be claimed, delivery waits: %s", type(cause).__name__)
                    parcels, pause = [], LONGEST_PAUSE
                tasks |= {asyncio.create_task(self._deliver(parcel, stop)) for parcel in parcels}
                await asyncio.wait({stopped, *tasks}, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
                tasks = {task for task in tasks if not _finished(task)}
        finally:
            stopped.cancel()
            if tasks:
                await asyncio.wait(tasks)
                for task in tasks:
                    _finished(task)

    async def drain(self) -> int:
        """Deliver everything that may be sent now, one after the other; the number of messages delivered."""
        delivered = 0
        while parcels := await self._claim():
            for parcel in parcels:
                delivered += await self._deliver(parcel, None)
        return delivered

    # -- claiming
    async def _claim(self) -> list[Parcel]:
        now = self._clock.now()
        if self._looked_at is None or abs(now - self._looked_at) >= LOOK_FOR_ABANDONED:
            await self._settle_abandoned(now)
            self._looked_at = now
        room = {name: self._room(name, now) for name in self._channels}
        room = {name: count for name, count in room.items() if count > 0}
        if not room:
            return []
        parcels = await asyncio.to_thread(self._ledger.claim, now, self._lease, room)
        self._busy.update(parcel.channel for parcel in parcels)
        return parcels

    def _room(self, channel: str, now: datetime) -> int:
        if self._paused.get(channel, now) > now:
            return 0
        return self._limiters[channel].room(now, self._in_flight - self._busy[channel])

    async def _settle_abandoned(self, now: datetime) -> None:
        """Rows of a killed process: nobody knows whether they were sent, and the rule of their kind decides."""
        for parcel in await asyncio.to_thread(self._ledger.abandoned, now):
            error = UncertainError("the process ended while it was sending")
            decision = decide(error, self._attempt(parcel), now, self._rng)
            if isinstance(decision, Retry):
                decision = replace(decision, at=now)
            await asyncio.to_thread(self._ledger.failed, parcel, decision, now)
            self._told(parcel, "abandoned", decision.code)

    # -- sending
    async def _deliver(self, parcel: Parcel, stop: asyncio.Event | None) -> bool:
        """True where the message was delivered."""
        try:
            if not await self._may_go(parcel, stop):
                return False
            try:
                answer = await self._send(parcel)
            except Exception as error:
                await self._failed(parcel, error)
                return False
            await self._record(partial(self._ledger.delivered, parcel, answer, self._clock.now()))
            self._told(parcel, "waiting" if answer.waiting else "sent", None)
            if self._paused.pop(parcel.channel, None):
                log.info("channel %s accepts our credentials again", parcel.channel)
            return True
        finally:
            self._busy[parcel.channel] -= 1

    async def _may_go(self, parcel: Parcel, stop: asyncio.Event | None) -> bool:
        """Wait for the limit. The row is given back at `stop`, where the wait is long, or where nobody may wait."""
        now = self._clock.now()
        limiter = self._limiters[parcel.channel]
        seconds = limiter.wait(parcel.conversation_id, now)
        if seconds > 0 and (stop is None or seconds > LONGEST_WAIT):
            await self._record(partial(self._ledger.release, parcel, now + timedelta(seconds=seconds)))
            return False
        limiter.take(parcel.conversation_id, now)
        if stop is not None and (stop.is_set() or await _set_within(stop, seconds)):
            await self._record(partial(self._ledger.release, parcel))
            return False
        return True

    async def _send(self, parcel: Parcel) -> Delivered:
        try:
            async with asyncio.timeout(self._send_seconds):
                channel = self._channels[parcel.channel]
                if parcel.doubtful and isinstance(channel, Verifying):
                    there = await channel.sent_already(parcel.address, parcel.reply, parcel.due_at)
                    if there is not None:
                        return there
                return await channel.send(parcel.address, parcel.reply)
        except TimeoutError as error:
            raise UncertainError(f"no answer in {self._send_seconds} s") from error

    def _attempt(self, parcel: Parcel) -> Attempt:
        return parcel.failed_attempt(isinstance(self._channels.get(parcel.channel), Verifying))

    async def _failed(self, parcel: Parcel, error: Exception) -> None:
        now = self._clock.now()
        decision = decide(error, self._attempt(parcel), now, self._rng)
        if isinstance(error, CredentialsRefused):
            if self._paused.get(parcel.channel, now) <= now:
                log.error("channel %s refuses our credentials: check its token; messages wait", parcel.channel)
            self._paused[parcel.channel] = now + timedelta(seconds=CREDENTIALS_WAIT)
        await self._record(partial(self._ledger.failed, parcel, decision, now))
        self._told(parcel, "retry" if isinstance(decision, Retry) else "failed", _place(error, decision.code))

    async def _record(self, write: Callable[[], object]) -> None:
        """Write what happened, also where the database is away for a while: the claim protects us so long."""
        for pause in (*_WRITE_PAUSES, None):
            try:
                await asyncio.to_thread(write)
                return
            except DatabaseAway:
                if pause is None:
                    raise
                await asyncio.sleep(pause)

    def _told(self, parcel: Parcel, outcome: str, code: str | None) -> None:
        """Counted, and logged by ids and codes only."""
        late = max(0.0, (self._clock.now() - parcel.due_at).total_seconds())
        self._observe(parcel.channel, outcome, late)
        level = logging.WARNING if outcome == "failed" else logging.INFO if code else logging.DEBUG
        log.log(level, "outbox %d %s on %s: %s %s", parcel.id, parcel.kind, parcel.channel, outcome, code or "")


def _place(error: Exception, code: str) -> str:
    """The code; for a bug also its type and where it was raised (never its message)."""
    if code != "bug" and not code.startswith("bug_"):
        return code
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
    return f"{code} {type(error).__name__} at {where}"


async def _set_within(stop: asyncio.Event, seconds: float) -> bool:
    if seconds <= 0:
        return stop.is_set()
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return False
    return True


def _finished(task: asyncio.Task[bool]) -> bool:
    """Whether the task is done; an error that nobody foresaw is logged here, the top of the loop."""
    if not task.done():
        return False
    error = task.exception()
    if error is not None:
        log.error("a delivery could not be recorded: %s", type(error).__name__)
    return True
