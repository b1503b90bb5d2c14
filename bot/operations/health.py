"""Routes for whoever watches the system: /health/ready and /metrics. (/health/live is the web application's.)"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from prometheus_client import CollectorRegistry
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from bot.clock import SystemClock
from bot.config import Settings
from bot.db.migrate import head, revision
from bot.db.tables import leases
from bot.errors import HizmetError
from bot.operations.metrics import make_registry
from bot.ports import Clock

log = logging.getLogger(__name__)
HEARTBEAT = "heartbeat:dialogue:"
"""Leases under this name are kept alive by the dialogue workers; their value is free."""


@dataclass(frozen=True)
class Readiness:
    """Whether messages that come in now would be answered, part by part."""

    database: bool = False
    migrated: bool = False
    dialogue: bool = False

    @property
    def ready(self) -> bool:
        return self.database and self.migrated and self.dialogue


def readiness(engine: Engine, now: datetime) -> Readiness:
    """Look at the database. Raises nothing: a part that can't be asked is not ready."""
    try:
        migrated = revision(engine) == head()
        if not migrated:
            return Readiness(database=True)
        beating = select(func.count()).where(leases.c.name.startswith(HEARTBEAT), leases.c.until > now)
        with engine.execution_options(write=False).connect() as connection:
            return Readiness(database=True, migrated=True, dialogue=bool(connection.scalar(beating)))
    except (HizmetError, SQLAlchemyError) as error:
        log.warning("not ready", extra={"cause": type(error).__name__})
        return Readiness()


def operations_routes(settings: Settings, engine: Engine, clock: Clock | None = None) -> Sequence[BaseRoute]:
    """The routes, for the web application. Both answer from a thread: they ask the database."""
    clock = clock or SystemClock()
    registry = make_registry(engine, clock)
    return (
        Route("/health/ready", _ready_endpoint(engine, clock)),
        Route("/metrics", _metrics_endpoint(registry, settings.metrics_token)),
    )


def _ready_endpoint(engine: Engine, clock: Clock) -> Callable[[Request], Response]:
    def ready(request: Request) -> Response:
        found = readiness(engine, clock.now())
        return JSONResponse({"ready": found.ready, **vars(found)}, 200 if found.ready else 503)

    return ready


def _metrics_endpoint(registry: CollectorRegistry, token: str | None) -> Callable[[Request], Response]:
    def metrics(request: Request) -> Response:
        if not _may_read(request, token):
            return PlainTextResponse("not found", 404)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return metrics


def _may_read(request: Request, token: str | None) -> bool:
    """With a token: whoever sends it. Without one: only this machine."""
    if token is not None:
        sent = request.headers.get("authorization", "").removeprefix("Bearer ")
        return hmac.compare_digest(sent.encode(), token.encode())
    try:
        return request.client is not None and ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
