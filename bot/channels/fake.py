"""A channel in memory: tests, replay, simulation and the benchmark hear through it what a citizen would hear."""

from __future__ import annotations

import asyncio
import hashlib
from collections import deque
from dataclasses import replace
from typing import Any

from bot.domain.messages import FileRef, Reply
from bot.errors import Unreachable
from bot.ports import Delivered


class FakeChannel:
    """Takes every message, except that scripted errors are raised first, one a call.

    `sent` lists what was taken, in order. `gate`, where it is set, holds sends back until it opens: `under_way` counts
    those that wait. `waiting` answers as a channel does whose citizens fetch their messages (web chat).
    """

    def __init__(self, name: str = "fake", *, waiting: bool = False) -> None:
        self.name = name
        self.waiting = waiting
        self.sent: list[tuple[dict[str, Any], Reply]] = []
        self.calls = 0
        self.under_way = 0
        self.gate: asyncio.Event | None = None
        self.files: dict[str, bytes] = {}
        self.closed = False
        self._errors: deque[Exception] = deque()

    def fail_next(self, *errors: Exception) -> None:
        """The next calls of `send` or `fetch` raise these, in this order."""
        self._errors.extend(errors)

    @property
    def texts(self) -> list[str]:
        return [reply.text for _, reply in self.sent]

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        await self._called()
        self.sent.append((address, reply))
        return Delivered(None if self.waiting else f"{self.name}-{len(self.sent)}", self.waiting)

    async def fetch(self, file: FileRef) -> FileRef:
        """The file with the hash of `files[remote]`; Unreachable where the test put none there."""
        await self._called()
        content = self.files.get(file.remote or "")
        if content is None:
            raise Unreachable("no such file")
        return replace(file, sha256=hashlib.sha256(content).hexdigest(), size=len(content))

    async def aclose(self) -> None:
        self.closed = True

    async def _called(self) -> None:
        self.calls += 1
        if self.gate is not None:
            self.under_way += 1
            try:
                await self.gate.wait()
            finally:
                self.under_way -= 1
        if self._errors:
            raise self._errors.popleft()
