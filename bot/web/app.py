"""The web application: the chat's routes, what other roles add, and what stands before all of them."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bot.config import Settings
from bot.db.chat_queries import Transactions
from bot.errors import DatabaseAway, TransientError
from bot.municipality import Municipality
from bot.ports import Clock, Mailer
from bot.service.receiving import Receiver
from bot.web.api.app import api
from bot.web.bodies import BadInput
from bot.web.chat import Chat, UploadStore
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, desk_routes, error_page
from bot.web.desk.screens import all_routes
from bot.web.guards import BodyLimit, LastCatch, OriginCheck, SecurityHeaders, frame_ancestors, plain_refusal
from bot.web.limits import Limits, TooMany
from bot.web.live import ChatHub
from bot.web.pages import HERE, Pages
from bot.web.patience import BodyDeadline
from bot.web.sessions import ChatSessions

MAX_BODY = 1024 * 1024
_FORM_OVERHEAD = 64 * 1024
_UPLOADS = ("/chat/upload", "/masa/basvurular/*/durum")
_KEYS = {404: "not_found", 405: "method_not_allowed", 408: "too_slow", 413: "too_large"}


def create_app(
    *,
    settings: Settings,
    municipality: Municipality,
    engine_uows: Transactions,
    reads: Transactions,
    receiver: Receiver,
    files: UploadStore,
    clock: Clock,
    extra_routes: Sequence[BaseRoute] = (),
    monotonic: Callable[[], float] = time.monotonic,
    mail: Mailer | None = None,
) -> Starlette:
    """The application; before the server stops, `close()` of `app.state.chat_hub` and `desk_hub` lets browsers go.

    Raises ConfigError for a wrong HIZMET_WIDGET_ORIGINS.
    """
    largest = settings.max_file + _FORM_OVERHEAD
    secure = bool(settings.public_url and settings.public_url.startswith("https:"))
    embedders = frame_ancestors(settings.widget_origins)
    sessions = ChatSessions(settings.secret, clock, embedded=bool(settings.widget_origins), secure=secure)
    limits, hub = Limits(monotonic), ChatHub(reads)
    chat = Chat(
        sessions=sessions,
        limits=limits,
        hub=hub,
        receiver=receiver,
        writes=engine_uows,
        reads=reads,
        files=files,
        clock=clock,
        max_file=settings.max_file,
    )
    pages = Pages(municipality, sessions, limits, reads, settings.max_file)
    desk = Desk(settings, municipality, engine_uows, reads, clock, files, limits, mail)
    errors = _Errors(desk)
    app = Starlette(
        routes=[
            Route("/health/live", _alive),
            *pages.routes(),
            *chat.routes(),
            *desk_routes(desk, all_routes(desk)),
            api(desk),
            Mount("/static", StaticFiles(directory=HERE / "static"), name="static"),
            *extra_routes,
        ],
        middleware=[
            Middleware(SecurityHeaders, framed={"/sohbet": embedders}, shared=frozenset({"/widget.js"})),
            Middleware(LastCatch, refusal=errors.refusal),
            Middleware(OriginCheck, refusal=errors.refusal, public_url=settings.public_url),
            Middleware(BodyDeadline),
            Middleware(BodyLimit, refusal=errors.refusal, limit=MAX_BODY, larger=dict.fromkeys(_UPLOADS, largest)),
        ],
        exception_handlers={
            BadInput: errors.bad_input,
            TooMany: errors.too_many,
            DatabaseAway: errors.away,
            TransientError: errors.away,
            HTTPException: errors.http_error,
        },
    )
    app.state.chat_hub, app.state.desk_hub = hub, desk.hub
    return app


async def _alive(request: Request) -> Response:
    return JSONResponse({"alive": True})


class _Errors:
    """What is answered where no route did: a page at the desk, JSON to the chat and to programs."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def bad_input(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, BadInput)
        return await self._answer(request, error.status, error.key)

    async def too_many(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, TooMany)
        return await self._answer(request, 429, "too_many", {"retry-after": str(error.retry_after)})

    async def away(self, request: Request, error: Exception) -> Response:
        return await self._answer(request, 503, "try_again", {"retry-after": "5"})

    async def http_error(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        key = _KEYS.get(error.status_code, "refused")
        return await self._answer(request, error.status_code, key, error.headers)

    async def refusal(self, scope: Scope, key: str, status: int) -> Response:
        """What stands before the routes refuses."""
        if _at_desk(scope["path"]):
            return await error_page(self._desk, Request(scope), status, key, {})
        return await plain_refusal(scope, key, status)

    async def _answer(
        self, request: Request, status: int, key: str, headers: Mapping[str, str] | None = None
    ) -> Response:
        if _at_desk(request.url.path):
            return await error_page(self._desk, request, status, key, headers or {})
        return JSONResponse({"error": key}, status, headers)


def _at_desk(path: str) -> bool:
    return path == PREFIX or path.startswith(f"{PREFIX}/")
