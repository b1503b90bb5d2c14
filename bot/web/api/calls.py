"""What stands before every resource of the API: the key, its rights, the rate, strict reading of what was sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from bot.domain.staff import ApiToken
from bot.errors import UserError
from bot.service.receiving import clean
from bot.service.tokens import Tokens, needs_mark
from bot.web.api.problems import Problem, problem_of
from bot.web.bodies import BadInput, json_of
from bot.web.desk.frame import Desk
from bot.web.limits import TooMany, address_of

MOST_BODY = 64 * 1024
_SAFE = frozenset({"GET", "HEAD"})


@dataclass(frozen=True)
class Call:
    """A call that came in with a key. Readers of its parts raise Problem."""

    token: ApiToken
    now: datetime
    path: Mapping[str, Any]
    query: QueryParams
    if_match: str | None
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def actor(self) -> str:
        """The name that history and audit keep."""
        return f"api:{self.token.name}"

    def words(self, name: str, most: int) -> str | None:
        """A text of the body, cleaned; None where it is missing or null."""
        value = self.body.get(name)
        if value is None:
            return None
        if not isinstance(value, str) or not clean(value).strip() or len(value) > most:
            raise Problem(422, "bad_field", field=name, most=most)
        return clean(value).strip()

    def needed(self, name: str, most: int) -> str:
        value = self.words(name, most)
        if value is None:
            raise Problem(422, "field_needed", field=name)
        return value

    def flag(self, name: str) -> bool:
        value = self.body.get(name, False)
        if not isinstance(value, bool):
            raise Problem(422, "bad_field", field=name)
        return value

    def check_fields(self, *known: str) -> None:
        for name in self.body:
            if name not in known:
                raise Problem(422, "unknown_field", field=name[:80])

    def check_parameters(self, *known: str) -> None:
        for name in self.query:
            if name not in known:
                raise Problem(422, "unknown_parameter", parameter=name[:80])

    def moment(self, name: str) -> datetime | None:
        """A parameter like 2026-11-23T09:00:00+03:00; it needs its offset."""
        value = self.query.get(name)
        if not value:
            return None
        try:
            moment = datetime.fromisoformat(value.replace(" ", "+"))  # a plus that was not escaped
        except ValueError as error:
            raise Problem(422, "bad_parameter", parameter=name) from error
        if moment.tzinfo is None:
            raise Problem(422, "bad_parameter", parameter=name)
        return moment

    def number(self, name: str, default: int | None, most: int) -> int | None:
        value = self.query.get(name)
        if value is None:
            return default
        if not (value.isascii() and value.isdecimal() and len(value) < 19 and 1 <= int(value) <= most):
            raise Problem(422, "bad_parameter", parameter=name)
        return int(value)


@dataclass(frozen=True)
class ApiRoute:
    """A resource. `writes`: only for keys that may. `handler` runs in a thread."""

    path: str
    handler: Callable[[Call], Response]
    method: str = "GET"
    writes: bool = False


def guarded(desk: Desk, route: ApiRoute) -> Route:
    """The Starlette route, with everything that stands before it."""

    async def endpoint(request: Request) -> Response:
        token = await anyio.to_thread.run_sync(_known, desk, request)
        try:
            desk.limits.take("api:token", str(token.id))
        except TooMany as error:
            raise _slowed_down(error) from error
        if route.writes and not token.writes:
            raise Problem(403, "read_only")
        call = Call(
            token=token,
            now=desk.clock.now(),
            path=request.path_params,
            query=request.query_params,
            if_match=request.headers.get("if-match"),
            body={} if request.method in _SAFE else await _body(request),
        )
        try:
            return await anyio.to_thread.run_sync(route.handler, call)
        except UserError as error:
            raise problem_of(error) from error

    return Route(route.path, endpoint, methods=[route.method])


def _known(desk: Desk, request: Request) -> ApiToken:
    """Whose key it is; that it was used is noted once a minute. Wrong keys are counted by address."""
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    address = address_of(request)
    try:
        desk.limits.check("api:refused", address)
    except TooMany as error:
        raise _slowed_down(error) from error
    if scheme.lower() != "bearer" or not given:
        raise Problem(401, "token_needed", {"www-authenticate": "Bearer"})
    now = desk.clock.now()
    with desk.reads() as uow:
        token = Tokens(uow, desk.municipality, now).find(given.strip())
    if token is None:
        desk.limits.take("api:refused", address)
        raise Problem(401, "token_refused", {"www-authenticate": 'Bearer error="invalid_token"'})
    if needs_mark(token, now):
        with desk.writes() as uow:
            again = Tokens(uow, desk.municipality, now).find(given.strip())
            if again is not None:
                again.last_used_at = now
            uow.commit()
    return token


async def _body(request: Request) -> Mapping[str, Any]:
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length) > MOST_BODY:
        raise Problem(413, "too_large", most=MOST_BODY)
    if len(await request.body()) > MOST_BODY:
        raise Problem(413, "too_large", most=MOST_BODY)
    try:
        return await json_of(request)
    except BadInput as error:
        raise Problem(400, "not_json") from error


def _slowed_down(error: TooMany) -> Problem:
    return Problem(429, "too_many", {"retry-after": str(error.retry_after)})
