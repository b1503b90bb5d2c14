"""The chat's routes: what a citizen sends is stored before it is answered; what is for them is read and streamed."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import AsyncIterator, Iterable
from dataclasses import asdict
from typing import Any, Protocol

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.db.chat_queries import CHANNEL, ChatLine, Transactions, acknowledge, offered_button, thread_lines
from bot.domain.messages import EventKind, FileRef, IncomingEvent
from bot.ports import Clock
from bot.service.receiving import Receiver, clean
from bot.web import bodies
from bot.web.limits import Limits, address_of
from bot.web.live import ChatHub, Listener
from bot.web.sessions import ChatSession, ChatSessions

HEARTBEAT = 15.0
STREAM_SECONDS = 240.0
ACCEPTED = frozenset(
    {"image/jpeg", "image/png", "image/gif", "image/webp", "image/heic", "image/heif", "image/avif", "application/pdf"}
)
_PIECE = 256 * 1024


class UploadStore(Protocol):
    """Keeps an upload's bytes (bot.channels.files.DiskFiles)."""

    def keep(self, file: FileRef, chunks: Iterable[bytes], limit: int) -> FileRef:
        """The file as it was stored: kind and type by content, position by EXIF; or why it was not (`problem`)."""
        ...

    def path(self, sha256: str) -> str:
        """Where the bytes lie."""
        ...


class Chat:
    """The endpoints, with what they need."""

    def __init__(
        self,
        *,
        sessions: ChatSessions,
        limits: Limits,
        hub: ChatHub,
        receiver: Receiver,
        writes: Transactions,
        reads: Transactions,
        files: UploadStore,
        clock: Clock,
        max_file: int,
    ) -> None:
        self._sessions, self._limits, self._hub, self._receiver = sessions, limits, hub, receiver
        self._writes, self._reads, self._files, self._clock, self._max_file = writes, reads, files, clock, max_file
        self._sequence = 0
        self._sequence_lock = threading.Lock()

    def routes(self) -> list[Route]:
        return [
            Route("/chat/messages", self.messages),
            Route("/chat/stream", self.stream),
            Route("/chat/send", self.send, methods=["POST"]),
            Route("/chat/press", self.press, methods=["POST"]),
            Route("/chat/location", self.location, methods=["POST"]),
            Route("/chat/upload", self.upload, methods=["POST"]),
            Route("/chat/ack", self.ack, methods=["POST"]),
            Route("/chat/end", self.end, methods=["POST"]),
        ]

    # -- what the citizen sends
    async def send(self, request: Request) -> Response:
        session = self._allowed(request, "message")
        data = await bodies.json_of(request)
        return await self._store(request, session, data, kind=EventKind.TEXT, text=bodies.text_of(data))

    async def press(self, request: Request) -> Response:
        """Only a button that this conversation was shown counts as pressed."""
        session = self._allowed(request, "message")
        data = await bodies.json_of(request)
        payload = bodies.text_of(data, "payload")
        button = await anyio.to_thread.run_sync(self._offered, session.id, payload)
        if button is None:
            raise bodies.BadInput("unknown_button")
        return await self._store(
            request, session, data, kind=EventKind.BUTTON, text=button.label, button=button.payload
        )

    async def location(self, request: Request) -> Response:
        session = self._allowed(request, "message")
        data = await bodies.json_of(request)
        latitude, longitude = bodies.position_of(data)
        return await self._store(
            request, session, data, kind=EventKind.LOCATION, latitude=latitude, longitude=longitude
        )

    async def upload(self, request: Request) -> Response:
        session = self._allowed(request, "upload")
        file, fields = await bodies.upload_of(request)
        bodies.client_id_of(fields)
        sent = FileRef("photo", bodies.file_name_of(file.filename), (file.content_type or "")[:100])
        pieces = iter(lambda: file.file.read(_PIECE), b"")
        try:
            kept = await anyio.to_thread.run_sync(self._files.keep, sent, pieces, self._max_file)
        finally:
            await file.close()
        if kept.problem is not None or not kept.size:
            raise bodies.BadInput("too_large" if kept.problem else "empty", 413 if kept.problem else 400)
        if kept.mime not in ACCEPTED:
            raise bodies.BadInput("file_type", 415)
        kind = EventKind.PHOTO if kept.kind == "photo" else EventKind.DOCUMENT
        return await self._store(request, session, fields, kind=kind, text=clean(fields.get("text", "")), files=(kept,))

    async def ack(self, request: Request) -> Response:
        """The browser has these messages: from now on they count as delivered."""
        session = self._reading(request)
        seen = bodies.seen_of(await bodies.json_of(request))
        if session is None or not seen:
            return JSONResponse({"changed": 0})
        return JSONResponse({"changed": await anyio.to_thread.run_sync(self._acknowledge, session.id, seen)})

    async def end(self, request: Request) -> Response:
        """Nothing of the chat stays in this browser; requests stay where they are."""
        session = self._sessions.find(request)
        if session is not None:
            self._hub.end(session.id)
        response = JSONResponse({"ended": True})
        self._sessions.end(request, response)
        return response

    # -- what is there for the citizen
    async def messages(self, request: Request) -> Response:
        session = self._reading(request)
        if session is None:
            return JSONResponse({"session": None, "messages": []})
        after = bodies.message_id_of(request.query_params.get("after"))
        lines = await anyio.to_thread.run_sync(self._thread, session.id, after)
        return JSONResponse({"session": session.tag, "messages": [line_json(line) for line in lines]})

    async def stream(self, request: Request) -> Response:
        """Server-sent events; a browser that was away gets what it missed (Last-Event-ID, else `after`)."""
        session = self._sessions.find(request)
        if session is None:
            return JSONResponse({"error": "no_session"}, 401)
        self._limits.take("stream:session", session.id)
        self._limits.take("stream:address", address_of(request))
        after = bodies.message_id_of(request.headers.get("last-event-id") or request.query_params.get("after"))
        if not self._hub.has_room(session.id):
            return JSONResponse({"error": "busy"}, 503, {"retry-after": "30"})

        async def events() -> AsyncIterator[str]:
            with self._hub.listen(session.id) as listener:  # before the thread is read, so that nothing falls between
                for line in await anyio.to_thread.run_sync(self._thread, session.id, after):
                    listener.offer(line)
                async for part in _events(listener):
                    yield part

        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        return StreamingResponse(events(), media_type="text/event-stream", headers=headers)

    # -- in threads
    def _offered(self, thread: str, payload: str) -> Any:
        with self._reads() as uow:
            return offered_button(uow.session, thread, payload)

    def _thread(self, thread: str, after: int) -> list[ChatLine]:
        with self._reads() as uow:
            return thread_lines(uow.session, thread, after, self._clock.now())

    def _acknowledge(self, thread: str, seen: Iterable[int]) -> int:
        with self._writes() as uow:
            changed = acknowledge(uow.session, thread, seen, self._clock.now())
            uow.commit()
        return changed

    # -- helpers
    def _allowed(self, request: Request, kind: str) -> ChatSession:
        """The session that may send now; begun where there is none. Raises TooMany."""
        session = self._sessions.find(request)
        if session is None:
            self._limits.take("begin:address", address_of(request))
            session = self._sessions.find_or_begin(request)
        self._limits.take(f"{kind}:session", session.id)
        self._limits.take(f"{kind}:address", address_of(request))
        return session

    def _reading(self, request: Request) -> ChatSession | None:
        session = self._sessions.find(request)
        if session is not None:
            self._limits.take("read:session", session.id)
        self._limits.take("read:address", address_of(request))
        return session

    async def _store(self, request: Request, session: ChatSession, data: dict[str, Any], **event: Any) -> Response:
        """Commit to the inbox, then answer. The same id again is answered alike and stores nothing."""
        client_id = bodies.client_id_of(data)
        now = self._clock.now()
        incoming = IncomingEvent(
            channel=CHANNEL,
            event_id=f"{session.id}:{client_id}",
            sender=session.id,
            thread=session.id,
            occurred_at=now,
            sequence=self._next_sequence(int(now.timestamp() * 1_000_000) * 1000),
            **event,
        )
        await anyio.to_thread.run_sync(self._receiver.receive, incoming)
        response = JSONResponse({"id": client_id, "at": now.isoformat(), "session": session.tag})
        self._sessions.keep(session, request, response)
        return response

    def _next_sequence(self, nanoseconds: int) -> int:
        with self._sequence_lock:
            self._sequence = max(self._sequence + 1, nanoseconds)
            return self._sequence


async def _events(listener: Listener) -> AsyncIterator[str]:
    """Lines as they come, a sign of life where none comes; ends after some minutes, and the browser connects anew."""
    yield "retry: 2000\n\n"
    ends_at = asyncio.get_running_loop().time() + STREAM_SECONDS
    while asyncio.get_running_loop().time() < ends_at:
        try:
            line = await asyncio.wait_for(listener.queue.get(), HEARTBEAT)
        except TimeoutError:
            yield "event: alive\ndata: \n\n"
            continue
        if line is None:
            return
        yield f"id: {line.id}\ndata: {json.dumps(line_json(line), ensure_ascii=False)}\n\n"


def line_json(line: ChatLine) -> dict[str, Any]:
    """A line as the browser gets it."""
    data = asdict(line) | {"at": line.at.isoformat()}
    del data["thread"]
    return data
