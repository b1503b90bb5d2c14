"""A Bot API on loopback: a real HTTP server that answers, refuses, limits and hangs as Telegram's does.

Source: https://core.telegram.org/bots/api. Times in seconds.
"""

from __future__ import annotations

import asyncio
import json
import socket
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

TOKEN = "123456:TEST-token_ABCdefGHI"
USERNAME = "selcuklu_test_bot"
FILE_LIMIT = 20 * 1024 * 1024
Parameters = dict[str, Any]


class Refusal(Exception):
    """An answer with ok = false."""

    def __init__(self, status: int, description: str, retry_after: int | None = None) -> None:
        super().__init__(description)
        self.status = status
        self.body: dict[str, Any] = {"ok": False, "error_code": status, "description": description}
        if retry_after is not None:
            self.body["parameters"] = {"retry_after": retry_after}


@dataclass(frozen=True)
class Call:
    method: str
    parameters: Parameters


@dataclass
class Fault:
    """What the next call of `method` meets: a refusal, or no answer for `hang` seconds after it was taken."""

    method: str
    refusal: Refusal | None = None
    hang: float = 0.0


@dataclass
class FakeBotApi:
    """State is read and written from the test's thread too; every field is replaced or appended to, never iterated
    while it changes."""

    token: str = TOKEN
    calls: list[Call] = field(default_factory=list)
    sent: list[Parameters] = field(default_factory=list)
    updates: deque[dict[str, Any]] = field(default_factory=deque)
    files: dict[str, bytes] = field(default_factory=dict)
    webhook: Parameters = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    port: int = 0
    _questions: int = 0
    _next_update: int = 1000

    # -- the test's side
    def push(self, **update: Any) -> dict[str, Any]:
        """An update that waits to be fetched; numbered where it has no update_id."""
        update.setdefault("update_id", self._next_update)
        self._next_update = max(self._next_update, update["update_id"]) + 1
        self.updates.append(update)
        return update

    def refuse(self, method: str, status: int, description: str, retry_after: int | None = None) -> None:
        """The next call of `method` is refused and has no effect."""
        self.faults.append(Fault(method, Refusal(status, description, retry_after)))

    def hang(self, method: str, seconds: float = 30.0) -> None:
        """The next call of `method` is carried out, but the answer does not come in time."""
        self.faults.append(Fault(method, hang=seconds))

    def called(self, method: str) -> list[Parameters]:
        return [call.parameters for call in self.calls if call.method == method]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen; on the same port as before where it ran already."""
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", self.port))
        self.port = listener.getsockname()[1]
        routes = [
            Route("/bot{token}/{method}", self._answer, methods=["GET", "POST"]),
            Route("/file/bot{token}/{path:path}", self._download),
        ]
        config = uvicorn.Config(
            Starlette(routes=routes), log_config=None, access_log=False, lifespan="off", ws="none", loop="asyncio"
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]}, daemon=True)
        self._thread.start()
        while not self._server.started:
            time.sleep(0.005)

    def stop(self) -> None:
        """Answer what is under way at once, then hang up on everybody."""
        self._server.should_exit = True
        self._thread.join(5)

    # -- Telegram's side
    async def _answer(self, request: Request) -> Response:
        parameters = {name: _value(value) for name, value in (await request.form()).items()}
        method = request.path_params["method"]
        self.calls.append(Call(method, parameters))
        fault = next((fault for fault in self.faults if fault.method == method), None)
        if fault is not None:
            self.faults.remove(fault)
        try:
            if request.path_params["token"] != self.token:
                raise Refusal(401, "Unauthorized")
            if fault is not None and fault.refusal is not None:
                raise fault.refusal
            handler: Callable[[Parameters], Any] | None = getattr(self, f"_on_{method}", None)
            if handler is None:
                raise Refusal(404, "Not Found")
            result = await self._get_updates(parameters) if method == "getUpdates" else handler(parameters)
        except Refusal as refusal:
            return JSONResponse(refusal.body, refusal.status)
        if fault is not None:
            await self._sleep(fault.hang)
        return Response(json.dumps({"ok": True, "result": result}), media_type="application/json")

    async def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while time.monotonic() < end and not self._server.should_exit:
            await asyncio.sleep(0.01)

    def _on_getMe(self, _: Parameters) -> Any:
        return {"id": 123456, "is_bot": True, "first_name": "Selçuklu", "username": USERNAME}

    def _on_getUpdates(self, _: Parameters) -> Any:
        raise NotImplementedError

    async def _get_updates(self, parameters: Parameters) -> Any:
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(parameters.get("offset", 0))
        while self.updates and self.updates[0]["update_id"] < offset:
            self.updates.popleft()
        self._questions += 1
        mine, end = self._questions, time.monotonic() + float(parameters.get("timeout", 0))
        while not self.updates and time.monotonic() < end and not self._server.should_exit:
            if mine != self._questions:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
            await asyncio.sleep(0.01)
        return list(self.updates)[: int(parameters.get("limit", 100))]

    def _on_setWebhook(self, parameters: Parameters) -> Any:
        self.webhook = parameters
        return True

    def _on_deleteWebhook(self, _: Parameters) -> Any:
        self.webhook = {}
        return True

    def _on_sendMessage(self, parameters: Parameters) -> Any:
        text = str(parameters["text"])
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if len(text.encode("utf-16-le")) // 2 > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        for row in (parameters.get("reply_markup") or {}).get("inline_keyboard", []):
            if any(len(button.get("callback_data", "").encode()) > 64 for button in row):
                raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
        self.sent.append(parameters)
        chat = {"id": parameters["chat_id"], "type": "private"}
        return {"message_id": 5000 + len(self.sent), "date": 1795500000, "chat": chat, "text": text}

    def _on_answerCallbackQuery(self, parameters: Parameters) -> Any:
        if parameters["callback_query_id"] == "old":
            raise Refusal(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    def _on_editMessageReplyMarkup(self, parameters: Parameters) -> Any:
        earlier = self.called("editMessageReplyMarkup")[:-1]
        if any(call["message_id"] == parameters["message_id"] for call in earlier):
            raise Refusal(400, "Bad Request: message is not modified")
        return True

    def _on_sendChatAction(self, _: Parameters) -> Any:
        return True

    def _on_getFile(self, parameters: Parameters) -> Any:
        file_id = str(parameters["file_id"])
        if file_id not in self.files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        if len(self.files[file_id]) > FILE_LIMIT:
            raise Refusal(400, "Bad Request: file is too big")
        return {"file_id": file_id, "file_unique_id": f"u{file_id}", "file_path": f"photos/{file_id}"}

    async def _download(self, request: Request) -> Response:
        path = request.path_params["path"]
        self.calls.append(Call("download", {"path": path}))
        fault = next((fault for fault in self.faults if fault.method == "download"), None)
        if fault is not None:
            self.faults.remove(fault)
            if fault.refusal is not None:
                return JSONResponse(fault.refusal.body, fault.refusal.status)
            await self._sleep(fault.hang)
        content = self.files.get(path.removeprefix("photos/"))
        if content is None or request.path_params["token"] != self.token:
            return Response(status_code=404)
        step = 64 * 1024
        return StreamingResponse(iter(content[at : at + step] for at in range(0, len(content), step)))


def _value(text: Any) -> Any:
    try:
        return json.loads(text) if str(text)[:1] in "{[-0123456789tfn" else text
    except ValueError:
        return text
