"""The webhook: Telegram calls us, proves itself by the secret, and hears 200 only after the commit."""

from __future__ import annotations

import asyncio
import hmac
import json
import logging
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.backoff import Backoff, pause, told
from bot.channels.telegram.channel import TelegramChannel
from bot.channels.telegram.intake import Receiving, TelegramIntake
from bot.channels.telegram.parsing import update_id
from bot.channels.telegram.signals import Signals
from bot.errors import DatabaseAway
from bot.ports import Clock, UnitOfWorkFactory

log = logging.getLogger(__name__)
PATH = "/telegram/webhook"
MAX_BODY = 1024 * 1024
_SECRET = "x-telegram-bot-api-secret-token"


def telegram_routes(
    channel: TelegramChannel, receiver: Receiving, uows: UnitOfWorkFactory, clock: Clock
) -> list[Route]:
    """The webhook's route; none where no secret is configured, as anybody could write to it then."""
    if not channel.webhook_secret:
        return []
    webhook = _Webhook(channel, channel.webhook_secret, TelegramIntake(receiver, uows, clock))
    return [Route(PATH, webhook.receive, methods=["POST"])]


class _Webhook:
    def __init__(self, channel: TelegramChannel, secret: str, intake: TelegramIntake) -> None:
        self._channel = channel
        self._secret = secret.encode()
        self._intake = intake
        self._signals = Signals(channel)

    async def receive(self, request: Request) -> Response:
        """401 without the secret, 413 over 1 MB, 400 for no update, 503 without the database, 200 when stored."""
        if not hmac.compare_digest(request.headers.get(_SECRET, "").encode(), self._secret):
            return Response(status_code=401)
        try:
            body = await _body(request)
        except ClientDisconnect:
            return Response(status_code=400)
        if body is None:
            log.warning("telegram: a call of the webhook over %d bytes was refused", MAX_BODY)
            return Response(status_code=413)
        update = _parsed(body)
        if update_id(update) is None:
            log.warning("telegram: a call of the webhook of %d bytes holds no update", len(body))
            return Response(status_code=400)
        try:
            accepted = await asyncio.to_thread(self._intake.accept, [update], await self._channel.username())
        except DatabaseAway:
            log.warning("telegram: update %s was sent back: the database is away", update_id(update))
            return Response(status_code=503, headers={"Retry-After": "5"})
        self._signals.give(accepted)
        return Response(status_code=200)


async def _body(request: Request) -> bytes | None:
    """The body; None as soon as it is over the limit."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY:
            return None
    return bytes(body)


def _parsed(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return None


async def announce_webhook(
    channel: TelegramChannel, public_url: str, stop: asyncio.Event, backoff: Backoff | None = None
) -> None:
    """Tell Telegram where our webhook is; goes on trying until it is told or `stop` is set."""
    backoff = backoff or Backoff()
    while not stop.is_set():
        try:
            await channel.introduce()
            await channel.set_webhook(f"{public_url.rstrip('/')}{PATH}")
            log.info("telegram: the webhook is set")
            return
        except Exception as error:  # the top of a worker loop
            seconds = backoff.after(error)
            log.error("telegram: the webhook could not be set (%s); next try in %.0f s", told(error), seconds)
        await pause(stop, seconds)
