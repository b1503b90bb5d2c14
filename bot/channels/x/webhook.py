"""The account-activity webhook: X asks who we are (CRC), signs its calls, and hears 200 only after the commit."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import json
import logging

from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.channels.x.activity import deleted_posts, events_of
from bot.channels.x.intake import XIntake
from bot.channels.x.parsing import Account
from bot.errors import DatabaseAway
from bot.ports import Clock

log = logging.getLogger(__name__)
PATH = "/x/webhook"
MAX_BODY = 1024 * 1024
_SIGNATURE = "x-twitter-webhooks-signature"


def x_routes(account: Account, consumer_secret: str, intake: XIntake, clock: Clock) -> list[Route]:
    """The webhook's routes. `consumer_secret` signs in both directions."""
    webhook = _Webhook(account, consumer_secret.encode(), intake, clock)
    return [
        Route(PATH, webhook.prove, methods=["GET"]),
        Route(PATH, webhook.receive, methods=["POST"]),
    ]


class _Webhook:
    def __init__(self, account: Account, secret: bytes, intake: XIntake, clock: Clock) -> None:
        self._account, self._secret, self._intake, self._clock = account, secret, intake, clock

    async def prove(self, request: Request) -> Response:
        """The answer to X's challenge, which comes at registration and every hour."""
        token = request.query_params.get("crc_token")
        if not token or len(token) > 500:
            return Response(status_code=400)
        return JSONResponse({"response_token": self._signed(token.encode())})

    async def receive(self, request: Request) -> Response:
        """401 without the signature, 413 over 1 MB, 400 for no JSON, 503 without the database, 200 when stored."""
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            return Response(status_code=413)
        if not hmac.compare_digest(request.headers.get(_SIGNATURE, "").encode(), self._signed(body).encode()):
            return Response(status_code=401)
        try:
            payload = json.loads(body)
        except (ValueError, RecursionError):
            return Response(status_code=400)
        if not isinstance(payload, dict):
            return Response(status_code=400)
        events = events_of(payload, self._account, self._clock.now())
        try:
            await asyncio.to_thread(self._intake.accept, events)
            await asyncio.to_thread(self._intake.take_back, deleted_posts(payload, self._account), self._clock.now())
        except DatabaseAway:
            log.warning("x: a call of the webhook was sent back: the database is away")
            return Response(status_code=503, headers={"Retry-After": "5"})
        return Response(status_code=200)

    def _signed(self, message: bytes) -> str:
        digest = hmac.new(self._secret, message, hashlib.sha256).digest()
        return f"sha256={base64.b64encode(digest).decode()}"


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)
