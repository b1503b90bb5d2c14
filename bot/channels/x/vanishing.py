"""Posts that their authors deleted while an answer to them, or a filing from them, waits."""

from __future__ import annotations

import asyncio

from bot.channels.x.api import PAGE, XApi
from bot.channels.x.budget import Reads, Window, allowance
from bot.channels.x.intake import XIntake
from bot.channels.x.parsing import MENTION, Account
from bot.errors import RateLimited
from bot.ports import Clock, UnitOfWorkFactory

EVERY = 3 * 3600.0
"""Seconds between looks: each costs a read for every post that waits."""
SHARE = 0.5
"""Of what may be read now: new mentions come first. The longest waiting are looked for."""


class _Spaced(Window):
    def spacing(self) -> float:
        return EVERY


class Vanishing:
    """Asks now and then whether the posts that wait are still there."""

    name = "vanishing"

    def __init__(
        self, api: XApi, account: Account, intake: XIntake, reads: Reads, uows: UnitOfWorkFactory, clock: Clock
    ) -> None:
        self._api, self._account, self._intake = api, account, intake
        self._reads, self._uows, self._clock = reads, uows, clock
        self.window: Window = _Spaced(10)

    @property
    def cursor(self) -> str:
        return f"x:{self.name}:{self._account.user_id}"

    async def look(self) -> tuple[int, float | None]:
        """Tell the threads of posts that are gone; (how many, None)."""
        now = self._clock.now()
        wait = self.window.wait(now)
        waiting = await asyncio.to_thread(self._waiting)
        spent = await asyncio.to_thread(self._reads.spent, now)
        waiting = waiting[: int(allowance(self._reads.plan, spent.posts, now) * SHARE)]
        if wait > 0 or not waiting:
            return 0, wait or None
        try:
            there = await self._api.there(waiting)
        except RateLimited:
            return 0, EVERY
        self.window.made(now)
        await asyncio.to_thread(self._reads.count, now, len(there))
        gone = [post_id for post_id in waiting if post_id not in there]
        return await asyncio.to_thread(self._intake.take_back, gone, now), None

    def _waiting(self) -> list[str]:
        with self._uows() as uow:
            threads = uow.conversations.public_waiting(MENTION, PAGE)
            return [str(one.address["post_id"]) for one in threads if one.address.get("post_id")]
