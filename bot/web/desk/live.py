"""What changes while staff look: one poller a process for all browsers that have the queue or a conversation open."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from typing import Any

import anyio.to_thread
from starlette.responses import Response, StreamingResponse

from bot.db.chat_queries import Transactions
from bot.db.pulse_queries import Pulse, pulse
from bot.errors import DatabaseAway

log = logging.getLogger(__name__)
INTERVAL, AWAY = 1.0, 3.0
HEARTBEAT, STREAM_SECONDS = 15.0, 240.0
MOST_LISTENERS = 1000
BEGUN: dict[str, Any] = {}
QUEUE = 0
"""The topic of the queue; every other topic is the id of a conversation."""


class Watcher:
    """One browser window; `queue` holds what it is to be told, None says that it should connect anew.

    `begun`: the poller knows its topic, so that every later change is told.
    """

    def __init__(self, topic: int) -> None:
        self.topic = topic
        self.begun = False
        self.queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue(50)

    def tell(self, news: dict[str, Any] | None) -> None:
        """Who doesn't read loses the oldest news: each says only that something is to be read again."""
        if self.queue.full():
            self.queue.get_nowait()
        self.queue.put_nowait(news)


class DeskHub:
    """Lives in one event loop. The poller runs while somebody watches."""

    def __init__(self, reads: Transactions, interval: float = INTERVAL) -> None:
        self._reads, self._interval = reads, interval
        self._watchers: set[Watcher] = set()
        self._poller: asyncio.Task[None] | None = None
        self._closed = False

    @contextmanager
    def watch(self, topic: int) -> Iterator[Watcher]:
        """A watcher of the topic until the block ends."""
        watcher = Watcher(topic)
        self._watchers.add(watcher)
        if self._poller is None or self._poller.done():
            self._poller = asyncio.get_running_loop().create_task(self._poll(), name="desk poller")
        try:
            yield watcher
        finally:
            self._watchers.discard(watcher)

    def response(self, topic: int) -> Response:
        """The stream of server-sent events on a topic."""
        if self._closed or len(self._watchers) >= MOST_LISTENERS:
            return Response(status_code=503, headers={"retry-after": "30"})

        async def events() -> AsyncIterator[str]:
            with self.watch(topic) as watcher:
                async for part in _events(watcher):
                    yield part

        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    def close(self) -> None:
        """Before the server stops: every stream ends, none begins."""
        self._closed = True
        for watcher in self._watchers:
            watcher.tell(None)

    async def _poll(self) -> None:
        before: Pulse | None = None
        while self._watchers:
            pause = self._interval
            try:
                topics = frozenset(watcher.topic for watcher in self._watchers)
                now = await anyio.to_thread.run_sync(self._look, topics - {QUEUE})
                if before is not None:
                    self._tell(before, now)
                before = now
                self._begin(topics)
            except DatabaseAway:
                log.warning("the database is away; the desk asks again in %.0f s", AWAY)
                pause = AWAY
            except Exception as error:  # the top of a worker loop: it must not end while browsers listen
                log.error("%s while looking for news of the desk", type(error).__name__)
                pause = AWAY
            await asyncio.sleep(pause)

    def _look(self, conversations: frozenset[int]) -> Pulse:
        with self._reads() as uow:
            return pulse(uow.session, conversations)

    def _begin(self, topics: frozenset[int]) -> None:
        """New windows read their page once more: what changed before the first look would be told to nobody."""
        for watcher in self._watchers:
            if not watcher.begun and watcher.topic in topics:
                watcher.begun = True
                watcher.tell(BEGUN)

    def _tell(self, before: Pulse, now: Pulse) -> None:
        news = now.news(before)
        for watcher in self._watchers:
            if watcher.topic == QUEUE and news is not None:
                watcher.tell(news)
            elif watcher.topic in before.conversations and now.changed(before, watcher.topic):
                watcher.tell({"changed": watcher.topic})


async def _events(watcher: Watcher) -> AsyncIterator[str]:
    """News as they come, a sign of life where none comes; ends after some minutes, and the browser connects anew."""
    yield "retry: 2000\n\n"
    ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS
    while asyncio.get_running_loop().time() < ends_at:
        try:
            news = await asyncio.wait_for(watcher.queue.get(), HEARTBEAT)
        except TimeoutError:
            yield "event: alive\ndata: \n\n"
            continue
        if news is None:
            return
        yield "event: begun\ndata: \n\n" if news is BEGUN else f"event: news\ndata: {json.dumps(news)}\n\n"
