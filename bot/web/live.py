"""New messages for the browsers that listen: one poller a process, whatever the number of listeners."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager

import anyio.to_thread

from bot.db.chat_queries import ChatLine, Transactions, last_message, newly_said, newly_visible
from bot.errors import DatabaseAway

log = logging.getLogger(__name__)
INTERVAL = 0.3
AWAY = 2.0
MOST_LISTENERS = 5000
MOST_OF_ONE = 4
_BEHIND = 200
_QUEUED = 500


class Listener:
    """One browser window. `queue` holds lines it has not been given; None says that it should connect anew."""

    def __init__(self, thread: str) -> None:
        self.thread = thread
        self.queue: asyncio.Queue[ChatLine | None] = asyncio.Queue(_QUEUED)
        self._given: set[int] = set()

    def offer(self, line: ChatLine) -> None:
        """Queue a line once. Who lags far behind is told to connect anew and reads the thread then."""
        if line.id is None or line.id in self._given:
            return
        if self.queue.full():
            self.close()
            return
        self._given.add(line.id)
        self.queue.put_nowait(line)

    def close(self) -> None:
        while self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(None)


class ChatHub:
    """Lives in one event loop. The poller runs while somebody listens, and asks only for their conversations."""

    def __init__(self, reads: Transactions, interval: float = INTERVAL) -> None:
        self._reads = reads
        self._interval = interval
        self._listeners: dict[str, set[Listener]] = {}
        self._count = 0
        self._poller: asyncio.Task[None] | None = None
        self._said = -1
        self._closed = False

    def has_room(self, thread: str) -> bool:
        """Whether one more listener is taken; where not, the browser asks by itself from time to time."""
        mine = len(self._listeners.get(thread, ()))
        return not self._closed and self._count < MOST_LISTENERS and mine < MOST_OF_ONE

    @contextmanager
    def listen(self, thread: str) -> Iterator[Listener]:
        """A listener to the thread until the block ends."""
        mine = self._listeners.setdefault(thread, set())
        listener = Listener(thread)
        mine.add(listener)
        self._count += 1
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll(), name="web chat poller")
        try:
            yield listener
        finally:
            self._count -= 1
            mine.discard(listener)
            if not mine and self._listeners.get(thread) is mine:
                del self._listeners[thread]

    def close(self) -> None:
        """Before the server stops: every stream ends, none begins; browsers connect anew."""
        self._closed = True
        for listeners in self._listeners.values():
            for listener in listeners:
                listener.close()

    def end(self, thread: str) -> None:
        """The citizen ended the chat: its other windows are let go."""
        for listener in self._listeners.get(thread, ()):
            listener.close()

    async def _poll(self) -> None:
        self._said = -1
        while self._listeners:
            pause = self._interval
            try:
                for line in await anyio.to_thread.run_sync(self._look, tuple(self._listeners)):
                    for listener in self._listeners.get(line.thread, ()):
                        listener.offer(line)
            except DatabaseAway:
                log.warning("the database is away; the web chat asks again in %.0f s", AWAY)
                pause = AWAY
            except Exception as error:  # the top of a worker loop: it must not end while browsers listen
                log.error("%s while looking for new chat messages", type(error).__name__)
                pause = AWAY
            await asyncio.sleep(pause)

    def _look(self, threads: tuple[str, ...]) -> list[ChatLine]:
        """In a thread. What was said is looked up a little behind: ids become visible in the order of commits."""
        with self._reads() as uow:
            if self._said < 0:
                self._said = last_message(uow.session)
            said = newly_said(uow.session, self._said - _BEHIND)
            visible = newly_visible(uow.session, threads)
        self._said = max([self._said, *(line.id or 0 for line in said)])
        return sorted(said + visible, key=lambda line: line.id or 0)
