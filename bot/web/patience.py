"""How long we wait for what a client sends: a head that drips in, and a body that drips in, end the connection."""

from __future__ import annotations

import asyncio

import h11
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS = 20.0
BODY_SECONDS, BODY_RATE = 20.0, 500.0
"""A body may take so long, and a second more for each BODY_RATE bytes of it: a photo over a slow line comes through."""


class HeadDeadline(H11Protocol):
    """uvicorn's protocol, closing connections on which no complete request head came in time.

    Its own keep-alive timer ends with the first byte that comes in.
    """

    head_seconds = HEAD_SECONDS
    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        super().connection_made(transport)
        self._await_head()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self._forget_deadline()

    def _await_head(self) -> None:
        self._forget_deadline()
        self._deadline = self.loop.call_later(self.head_seconds, self._close_waiting)

    def _forget_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _close_waiting(self) -> None:
        """A request under way is not ours to end."""
        if self.conn.their_state is h11.IDLE and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()


class BodyDeadline:
    """Ends requests whose body comes slower than `BODY_RATE` after the first `BODY_SECONDS`, with 408."""

    def __init__(self, app: ASGIApp, seconds: float = BODY_SECONDS, rate: float = BODY_RATE) -> None:
        self._app, self._seconds, self._rate = app, seconds, rate

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        loop = asyncio.get_running_loop()
        began, received, complete = loop.time(), 0, False

        async def hurried() -> Message:
            nonlocal received, complete
            if complete:
                return await receive()  # what comes now is only that the client left
            try:
                async with asyncio.timeout_at(began + self._seconds + received / self._rate):
                    message = await receive()
            except TimeoutError as error:
                raise HTTPException(408) from error
            received += len(message.get("body", b""))
            complete = not message.get("more_body", False)
            return message

        await self._app(scope, hurried, send)
