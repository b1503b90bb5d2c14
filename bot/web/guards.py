"""What stands before every route: header rules, the origin of posts, the size of bodies, the last catch of errors."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Awaitable, Callable, Mapping
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.errors import ConfigError
from bot.web.api.problems import Problem

log = logging.getLogger(__name__)
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:\d{1,5})?")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


Refusal = Callable[[Scope, str, int], Awaitable[Response]]
"""Makes the response of a refusal from its key and status."""


def policy(ancestors: str = "'none'", images: str = "") -> str:
    """The content security policy; `images` names another host whose pictures a page shows."""
    pictures = " ".join(filter(None, ("'self'", "blob:", images)))
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self'; img-src {pictures}; media-src 'self'; "
        f"connect-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
    )


def frame_ancestors(origins: tuple[str, ...]) -> str:
    """The sites that may show the chat in a frame. Raises ConfigError for what is no origin."""
    for origin in origins:
        if not _ORIGIN.fullmatch(origin):
            raise ConfigError(f"HIZMET_WIDGET_ORIGINS: '{origin}' is not an origin like https://www.selcuklu.bel.tr")
    return " ".join(("'self'", *origins))


class SecurityHeaders:
    """Adds the headers; `framed` names the paths that other sites may embed and by whom (frame-ancestors)."""

    def __init__(self, app: ASGIApp, framed: Mapping[str, str], shared: frozenset[str]) -> None:
        """`shared`: paths that other sites may load (the widget's script)."""
        self._app, self._framed, self._shared = app, framed, shared

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        path = scope["path"]
        ancestors = self._framed.get(path, "'none'")

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", policy(ancestors))
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("permissions-policy", "geolocation=(self), camera=(self), microphone=()")
                headers.setdefault("cross-origin-opener-policy", "same-origin")
                shared = "cross-origin" if path in self._shared else "same-origin"
                headers.setdefault("cross-origin-resource-policy", shared)
                kept = path in self._shared or path.startswith("/static/")
                headers.setdefault("cache-control", "no-cache" if kept else "no-store")
                if ancestors == "'none'":
                    headers.setdefault("x-frame-options", "DENY")
            await send(message)

        await self._app(scope, receive, with_headers)


class OriginCheck:
    """Refuses posts that another site's page sent. Programs (webhooks) send neither header and no cookie."""

    def __init__(self, app: ASGIApp, refusal: Refusal, public_url: str | None = None) -> None:
        self._app, self._refusal = app, refusal
        self._public = urlsplit(public_url).netloc if public_url else None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["method"] not in _SAFE and not self._own(Headers(scope=scope)):
            refused = await self._refusal(scope, "foreign_origin", 403)
            return await refused(scope, receive, send)
        await self._app(scope, receive, send)

    def _own(self, headers: Headers) -> bool:
        site = headers.get("sec-fetch-site")
        if site is not None:
            return site in ("same-origin", "none")
        origin = headers.get("origin")
        return origin is None or urlsplit(origin).netloc in (headers.get("host"), self._public)


class BodyLimit:
    """Refuses bodies over `limit` bytes with 413, by their announced and by their real length."""

    def __init__(self, app: ASGIApp, refusal: Refusal, limit: int, larger: Mapping[str, int]) -> None:
        """`larger`: other limits by path; a `*` in it stands for anything."""
        self._app, self._refusal, self._limit, self._larger = app, refusal, limit, larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        limits = (limit for path, limit in self._larger.items() if fnmatchcase(scope["path"], path))
        limit = next(limits, self._limit)
        announced = Headers(scope=scope).get("content-length", "0")
        if not announced.isdecimal() or len(announced) > 15 or int(announced) > limit:
            refused = await self._refusal(scope, "too_large", 413)
            return await refused(scope, receive, send)
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)


async def plain_refusal(scope: Scope, key: str, status: int) -> Response:
    """For programs: those of the API are answered with problem details here as well."""
    if scope["path"].startswith("/api/"):
        return Problem(status, key).response()
    return JSONResponse({"error": key}, status)


class LastCatch:
    """An unexpected error becomes a 500 and a log entry with the places it came from, never with its text."""

    def __init__(self, app: ASGIApp, refusal: Refusal) -> None:
        self._app, self._refusal = app, refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = False

        async def watched(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            if scope["type"] != "http":
                raise
            frames = traceback.extract_tb(error.__traceback__)[-6:]
            places = " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames))
            log.error("%s in the web application: %s", type(error).__name__, places)
            if not started:
                refused = await self._refusal(scope, "internal", 500)
                await refused(scope, receive, send)
