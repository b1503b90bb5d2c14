"""The channel `webhook`: posts entries of requests' histories to a program of the municipality.

Signed as https://www.standardwebhooks.com says: `webhook-signature: v1,` and the base64 HMAC-SHA256 of
`{webhook-id}.{webhook-timestamp}.{body}`. The same id may come twice: its receiver counts it once.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from typing import Any

import httpx

from bot.config import WebhookSettings
from bot.domain.messages import FileRef, Reply
from bot.errors import ConfigError, CredentialsRefused, RateLimited, Rejected, TransientError, UncertainError
from bot.ports import Clock, Delivered

NAME = "webhook"
SECONDS = 10.0
_SECRET = "whsec_"
_LATER = frozenset({404, 408, 409, 421, 423, 425})
_LONGEST_WAIT = 600.0


class WebhookChannel:
    """`settings` None: nobody listens; rows that are left from before end as rejected. Raises ConfigError."""

    name = NAME

    def __init__(self, settings: WebhookSettings | None, clock: Clock) -> None:
        self._settings, self._clock = settings, clock
        self._key = key_of(settings.secret) if settings else b""
        self._client = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False, headers={"user-agent": "hizmet"})

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Post; every 2xx is an acceptance. Redirects are not followed: the address is what was set up."""
        if self._settings is None:
            raise Rejected("no webhook is set up")
        body = reply.text.encode()
        message_id = str(json.loads(body)["id"])
        try:
            answer = await self._client.post(self._settings.url, content=body, headers=self._headers(message_id, body))
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
            raise TransientError(f"the webhook's receiver is away: {type(error).__name__}") from error
        except httpx.TransportError as error:
            raise UncertainError(f"no answer from the webhook's receiver: {type(error).__name__}") from error
        _check(answer)
        return Delivered(message_id)

    def _headers(self, message_id: str, body: bytes) -> dict[str, str]:
        moment = int(self._clock.now().timestamp())
        return {
            "content-type": "application/json",
            "webhook-id": message_id,
            "webhook-timestamp": str(moment),
            "webhook-signature": signature(self._key, message_id, moment, body),
        }

    async def fetch(self, file: FileRef) -> FileRef:
        raise Rejected("a webhook brings no files")

    async def aclose(self) -> None:
        await self._client.aclose()


def key_of(secret: str) -> bytes:
    """The key: of 'whsec_…' what its base64 holds, else the secret itself. Raises ConfigError."""
    if not secret.startswith(_SECRET):
        return secret.encode()
    try:
        return base64.b64decode(secret.removeprefix(_SECRET), validate=True)
    except (binascii.Error, ValueError) as error:
        raise ConfigError("HIZMET_WEBHOOK_SECRET: what follows 'whsec_' is not base64") from error


def signature(key: bytes, message_id: str, moment: int, body: bytes) -> str:
    """`moment` in seconds since 1970."""
    signed = f"{message_id}.{moment}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def _check(answer: httpx.Response) -> None:
    """Raise what follows from the answer's status."""
    status = answer.status_code
    if 200 <= status < 300:
        return
    if status in (401, 403):
        raise CredentialsRefused(f"the webhook's receiver answers {status}")
    wait = _retry_after(answer.headers.get("retry-after", ""))
    if status == 429:
        raise RateLimited("the webhook's receiver asks us to wait", wait)
    if status >= 500 or status in _LATER:
        raise TransientError(f"the webhook's receiver answers {status}", wait)
    raise Rejected(f"the webhook's receiver answers {status}")


def _retry_after(value: str) -> float | None:
    """Seconds; a date (the header's other form) counts as not told."""
    return min(float(value), _LONGEST_WAIT) if value.isdecimal() and len(value) < 10 else None
