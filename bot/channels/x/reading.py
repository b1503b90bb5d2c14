"""Two streams of the account, mentions and direct messages: read page by page, newest first, stored oldest first.

A pass reads back to what was stored last. Its pages are kept until the last one is there; then all are committed
together with the new position. A limit that interrupts a pass only delays it; a process that ends begins it anew.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.channels.x.api import PAGE, Page, XApi
from bot.channels.x.budget import SMALLEST_PAGE, Reads, Window, allowance, earned_at
from bot.channels.x.intake import XIntake
from bot.channels.x.parsing import Account, Includes, event_id_of, parse_message, parse_post
from bot.domain.messages import IncomingEvent
from bot.errors import RateLimited, Rejected
from bot.ports import Clock

FIRST_MESSAGES = 10
"""Messages asked for at first: a look that brings nothing new pays for these only."""
LONG = 1800.0
"""Seconds of waiting from which on an unfinished pass is stored as far as it came."""
_SOON = 60.0


@dataclass
class Pass:
    """A pass under way: events that were read, the token of the next page, the newest id seen."""

    events: list[IncomingEvent] = field(default_factory=list)
    token: str | None = None
    newest: int = 0
    complete: bool = False


class Stream(ABC):
    """One of the two streams. `look` makes one request at most and says how long to wait before the next."""

    def __init__(
        self, api: XApi, account: Account, intake: XIntake, reads: Reads, window: Window, clock: Clock
    ) -> None:
        self._api, self._account, self._intake = api, account, intake
        self._reads, self.window, self._clock = reads, window, clock
        self._pass = Pass()

    name: str

    @property
    def cursor(self) -> str:
        """The name of the row that keeps the position."""
        return f"x:{self.name}:{self._account.user_id}"

    async def look(self) -> tuple[int, float | None]:
        """Read a page: (new events, seconds until the next request; None: the pass is done).

        Raises as XApi does. Nothing is lost or stored twice by it.
        """
        if self._pass.complete:
            return await self._finish(), None
        wait = await self._wait()
        if wait > 0:
            if wait >= LONG:
                await self._keep_unfinished()
            return 0, wait
        since = await asyncio.to_thread(self._since)
        page = await self._read(since)
        self._pass.token = page.next
        self._pass.complete = page.next is None or any((event_id_of(item) or 0) <= since for item in page.data)
        return (await self._finish(), None) if self._pass.complete else (0, 0.0)

    def _since(self) -> int:
        """The newest id that was stored. At the very first look: this moment, as old posts await no answer."""
        if self._intake.position(self.cursor) is None:
            self.position_at(self._clock.now())
        return int(self._intake.position(self.cursor) or 0)

    def position_at(self, moment: datetime) -> None:
        """Read from this moment on; what is stored already is passed over. Blocks."""
        self._intake.accept([], (self.cursor, str(snowflake(moment))))

    @abstractmethod
    async def _wait(self) -> float:
        """Seconds before a request is allowed."""

    @abstractmethod
    async def _ask(self, since: int) -> Page:
        """The page of the pass's token."""

    @abstractmethod
    def _events(self, page: Page, since: int) -> list[IncomingEvent]: ...

    async def _read(self, since: int) -> Page:
        now = self._clock.now()
        try:
            page = await self._ask(since)
        except RateLimited as error:
            self.window.shut(now + timedelta(seconds=error.retry_after or _SOON))
            raise
        except Rejected:
            self.window.made(now)
            if self._pass.token is not None:  # the token is too old: begin anew, what is stored already is passed over
                self._pass = Pass()
            raise
        self.window.made(now, page.left, page.resets_at)
        self._pass.events += self._events(page, since)
        self._pass.newest = max([self._pass.newest, *(event_id_of(item) or 0 for item in page.data)])
        return page

    async def _finish(self) -> int:
        """Store the pass and the position. Where the database is away, the pass is kept for the next look."""
        done, new = self._pass, 0
        if done.newest:
            new = await asyncio.to_thread(self._intake.accept, done.events, (self.cursor, str(done.newest)))
        self._pass = Pass()
        return new

    async def _keep_unfinished(self) -> None:
        """Store what was read; the position stays, so that the rest is read when it may be."""
        if self._pass.events:
            await asyncio.to_thread(self._intake.accept, self._pass.events)
            self._pass.events.clear()


class Mentions(Stream):
    """Posts that mention the account; each read counts against the plan's month."""

    name = "mentions"

    async def _wait(self) -> float:
        now = self._clock.now()
        wait = self.window.wait(now)
        spent = await asyncio.to_thread(self._reads.spent, now)
        if allowance(self._reads.plan, spent.posts, now) < SMALLEST_PAGE:
            earned = earned_at(self._reads.plan, spent.posts, SMALLEST_PAGE * 4, now)
            wait = max(wait, (earned - now).total_seconds())
        return wait

    async def _ask(self, since: int) -> Page:
        now = self._clock.now()
        spent = await asyncio.to_thread(self._reads.spent, now)
        most = min(PAGE, allowance(self._reads.plan, spent.posts, now))
        page = await self._api.mentions(self._account.user_id, str(since), self._pass.token, most)
        await asyncio.to_thread(self._reads.count, now, len(page.data))
        return page

    def _events(self, page: Page, since: int) -> list[IncomingEvent]:
        includes = Includes(page.includes)
        posts = [post for post in page.data if event_id_of(post) is not None]
        return [parse_post(post, includes, self._account, self._clock.now()) for post in posts]


class Messages(Stream):
    """Direct messages: 30 days back, newest first, without a since_id; read back to the last one that was stored."""

    name = "messages"

    async def _wait(self) -> float:
        return self.window.wait(self._clock.now())

    async def _ask(self, since: int) -> Page:
        most = FIRST_MESSAGES if self._pass.token is None else PAGE
        page = await self._api.messages(self._pass.token, most)
        new = sum((event_id_of(item) or 0) > since for item in page.data)
        await asyncio.to_thread(self._reads.count, self._clock.now(), 0, new)
        return page

    def _events(self, page: Page, since: int) -> list[IncomingEvent]:
        includes = Includes(page.includes)
        items = [item for item in page.data if (event_id_of(item) or 0) > since]
        return [parse_message(item, includes, self._account, self._clock.now()) for item in items]


def snowflake(moment: datetime) -> int:
    """The smallest id that X gives at a moment: milliseconds since its epoch, 22 bits for the rest."""
    return (int(moment.timestamp() * 1000) - 1288834974657) << 22
