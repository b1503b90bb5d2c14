"""The API as an application of its own under /api/v1, so that all its errors are problem details."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from bot.errors import StaleVersion, TransientError
from bot.web.api.calls import ApiRoute, guarded
from bot.web.api.problems import Problem
from bot.web.api.requests import RequestsApi
from bot.web.desk.frame import Desk

PREFIX = "/api/v1"
DESCRIPTION = Path(__file__).parent / "openapi.yml"
_KEYS = {404: "not_found", 405: "method_not_allowed", 408: "too_slow", 413: "too_large"}


def api_routes(desk: Desk) -> list[ApiRoute]:
    """Every resource that needs a key; what the tests walk through."""
    return RequestsApi(desk).routes()


def api(desk: Desk) -> Mount:
    async def describe(request: Request) -> Response:
        """The description is open: it holds nothing of anybody."""
        servers = [{"url": desk.settings.base_url + PREFIX}]
        return JSONResponse(description() | {"servers": servers})

    routes = [Route("/openapi.json", describe), *(guarded(desk, route) for route in api_routes(desk))]
    handlers: dict[Any, Any] = {
        Problem: _problem,
        HTTPException: _http_error,
        StaleVersion: _stale,
        TransientError: _away,
        Exception: _bug,
    }
    return Mount(PREFIX, app=Starlette(routes=routes, exception_handlers=handlers))


@lru_cache(maxsize=1)
def description() -> dict[str, Any]:
    """openapi.yml, read once."""
    loaded: dict[str, Any] = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return loaded


async def _problem(request: Request, error: Problem) -> Response:
    return error.response()


async def _http_error(request: Request, error: HTTPException) -> Response:
    return Problem(error.status_code, _KEYS.get(error.status_code, "refused"), error.headers).response()


async def _stale(request: Request, error: StaleVersion) -> Response:
    return Problem(409, "stale_version").response()


async def _away(request: Request, error: TransientError) -> Response:
    return Problem(503, "try_again", {"retry-after": "5"}).response()


async def _bug(request: Request, error: Exception) -> Response:
    return Problem(500, "internal").response()
