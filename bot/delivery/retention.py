"""Once a day, in one process: wishes for erasure are worked off and what was kept long enough is anonymised."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime

from bot.domain.privacy import WishKind
from bot.errors import DatabaseAway, UserError
from bot.municipality import Municipality
from bot.ports import Clock, FileStore, UnitOfWorkFactory
from bot.service.privacy import Erased, PrivacyDesk

log = logging.getLogger(__name__)
EVERY = 900.0
LEASE = "retention"
MOST_BATCHES = 200


class RetentionKeeper:
    """`owner` names this process in the lease; the lease's value is the day that is done."""

    def __init__(
        self, uows: UnitOfWorkFactory, files: FileStore, municipality: Municipality, clock: Clock, owner: str
    ) -> None:
        self._uows, self._files, self._municipality, self._clock = uows, files, municipality, clock
        self._owner = owner

    async def run(self, stop: asyncio.Event, every: float = EVERY) -> None:
        while not stop.is_set():
            try:
                await asyncio.to_thread(self.once)
            except Exception as error:
                cause = error.__cause__ if isinstance(error, DatabaseAway) else error
                log.error("retention failed: %s", type(cause).__name__)
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    def once(self) -> int:
        """The number of files taken away; nothing is done twice on a day, nor while another process has the lease."""
        now = self._clock.now()
        today = f"{self._municipality.local(now):%Y-%m-%d}"
        with self._uows() as uow:
            if not uow.leases.take(LEASE, self._owner, now, EVERY * 2) or uow.leases.value(LEASE) == today:
                return 0
            uow.commit()
        removed = self.work(now)
        with self._uows() as uow:
            uow.leases.set_value(LEASE, today)
            uow.commit()
        return removed

    def work(self, now: datetime) -> int:
        """All wishes, each in a transaction of its own, then all that is old, batch by batch; the files afterwards."""
        with self._uows() as uow:
            citizens = [wish.citizen_id for wish in uow.privacy.open_wishes()]
        removed = sum(self._work_off(citizen_id, now) for citizen_id in dict.fromkeys(citizens))
        for _ in range(MOST_BATCHES):
            with self._uows() as uow:
                done = PrivacyDesk(uow, self._municipality, now).forget_old()
                if not done.rows:
                    break
                uow.commit()
            removed += self._remove(done)
        return removed

    def _work_off(self, citizen_id: int, now: datetime) -> int:
        done = Erased()
        try:
            with self._uows() as uow:
                desk = PrivacyDesk(uow, self._municipality, now)
                wish = next((w for w in uow.privacy.open_of(citizen_id) if w.kind == WishKind.ERASE), None)
                done = desk.work_off(wish) if wish else done
                uow.commit()
        except UserError as error:
            log.warning("erasure put off: %s", error.key)
        return self._remove(done)

    def _remove(self, done: Erased) -> int:
        for sha256 in done.files:
            self._files.remove(sha256)
        return len(done.files)
