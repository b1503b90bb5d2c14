"""Files of incoming messages: brought from the provider before the turn, or given up with the reason.

A message waits for its files at most about two minutes: six attempts with pauses of 2, 5, 12, 31 and 60 seconds. Then,
and at once where trying again can't help, the file carries its `problem` and the message goes on: nobody is ever stuck.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.retry import code_of
from bot.domain.messages import EventKind, FileRef, InboxRow, InboxState
from bot.errors import CredentialsRefused, DatabaseAway, PermanentError
from bot.ports import Channel, Clock, UnitOfWorkFactory

log = logging.getLogger(__name__)
GONE, TOO_LARGE = "gone", "too_large"
ATTEMPTS = 6
FIRST_PAUSE, FACTOR, LONGEST_PAUSE = 2.0, 2.5, 60.0
AT_ONCE = 4
IDLE = 0.2
ALBUM_WAIT = timedelta(seconds=10)


@dataclass(frozen=True)
class Errand:
    """A claimed inbox row: the files that it still needs."""

    id: int
    channel: str
    attempt: int
    files: tuple[FileRef, ...]


class FetchWorker:
    """Fetches for rows in state 'fetching'. Several workers may share a database: a claim moves the row's `ready_at`.

    `gather_seconds` is the pause in which the photos of an album come together; `max_file` is in bytes.
    """

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        channels: Mapping[str, Channel],
        clock: Clock,
        rng: random.Random,
        *,
        gather_seconds: float = 2.0,
        max_file: int = 20 * 1024 * 1024,
        lease_seconds: float = 90.0,
    ) -> None:
        self._uows, self._channels, self._clock, self._rng = uows, channels, clock, rng
        self._gather = timedelta(seconds=gather_seconds)
        self._max_file = max_file
        self._lease = timedelta(seconds=lease_seconds)

    async def run(self, stop: asyncio.Event) -> None:
        """Fetch until `stop`; what is under way is finished."""
        while not stop.is_set():
            try:
                if await self.run_once():
                    continue
            except Exception as error:
                cause = error.__cause__ if isinstance(error, DatabaseAway) else error
                log.warning("fetching waits: %s", type(cause).__name__)
            try:
                await asyncio.wait_for(stop.wait(), IDLE)
            except TimeoutError:
                continue

    async def drain(self) -> int:
        """Fetch all that is due now; the number of messages looked at."""
        looked_at = 0
        while count := await self.run_once():
            looked_at += count
        return looked_at

    async def run_once(self) -> int:
        """One round of a few messages at once; how many there were."""
        errands = await asyncio.to_thread(self._claim, self._clock.now())
        await asyncio.gather(*(self._run_errand(errand) for errand in errands))
        return len(errands)

    async def _run_errand(self, errand: Errand) -> None:
        files: list[FileRef] = []
        again = False
        for file in errand.files:
            fetched, later = await self._fetch(errand, file)
            files.append(fetched)
            again = again or later
        await asyncio.to_thread(self._settle, errand, files, again, self._clock.now())

    async def _fetch(self, errand: Errand, file: FileRef) -> tuple[FileRef, bool]:
        """The file as far as it came, and whether another attempt is worth while."""
        if not _missing(file):
            return file, False
        if file.size is not None and file.size > self._max_file:
            return replace(file, problem=TOO_LARGE), False
        try:
            channel = self._channels[errand.channel]
            async with asyncio.timeout(self._lease.total_seconds() / 2):
                return await channel.fetch(file), False
        except Exception as error:
            log.info("inbox %d: file not fetched: %s %s", errand.id, code_of(error), type(error).__name__)
            mendable = not isinstance(error, PermanentError) or isinstance(error, CredentialsRefused)
            if mendable and errand.attempt < ATTEMPTS:
                return file, True
            return replace(file, problem=GONE), False

    # -- the database
    def _claim(self, now: datetime) -> list[Errand]:
        with self._uows() as uow:
            rows = uow.inbox.to_fetch(now, AT_ONCE)
            for row in rows:
                row.attempts += 1
                row.ready_at = now + self._lease
            errands = [Errand(row.id or 0, row.channel, row.attempts, _files(row.payload)) for row in rows]
            if errands:
                uow.commit()
        return errands

    def _settle(self, errand: Errand, files: Sequence[FileRef], again: bool, now: datetime) -> None:
        """Keep what was brought; the row becomes ready, or is tried again after a pause."""
        with self._uows() as uow:
            row = uow.inbox.get(errand.id)
            if row is None or row.state != InboxState.FETCHING or row.attempts != errand.attempt:
                return  # another worker has it: our claim ran out
            row.payload = {**row.payload, "files": [asdict(file) for file in files]}
            if again:
                pause = min(LONGEST_PAUSE, FIRST_PAUSE * FACTOR ** (errand.attempt - 1))
                row.ready_at = now + timedelta(seconds=pause * (0.75 + 0.25 * self._rng.random()))
            else:
                row.state, row.attempts = InboxState.READY, 0
                uow.flush()
                self._set_ready(row, uow.inbox.pending_of(row.conversation_id), now)
            uow.commit()

    def _set_ready(self, row: InboxRow, pending: Sequence[InboxRow], now: datetime) -> None:
        """A photo waits for fragments as a text does, and an album for the last of its photos (for a while)."""
        album = row.payload.get("album")
        together = [other for other in pending if album and other.payload.get("album") == album] or [row]
        if any(other.state == InboxState.FETCHING for other in together):
            row.ready_at = now + ALBUM_WAIT
            return
        gathers = row.kind == EventKind.PHOTO or album
        latest = max(other.received_at for other in together)
        for other in together:
            other.ready_at = max(now, latest + self._gather) if gathers else now


def _missing(file: FileRef) -> bool:
    return bool(file.remote) and not file.sha256 and not file.problem


def _files(payload: Mapping[str, Any]) -> tuple[FileRef, ...]:
    return tuple(FileRef(**file) for file in payload["files"])
