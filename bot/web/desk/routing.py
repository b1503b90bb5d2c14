"""What stands before every screen of the desk: the session, the right, the form's token, errors as pages.

Screens are plain functions `(Visit) -> Response`, run in a thread; they open their own unit of work.
"""

from __future__ import annotations

import hmac
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import quote

import anyio.to_thread
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.formparsers import MultiPartException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.domain.staff import StaffSession, StaffUser
from bot.errors import DatabaseAway, NotAllowed, NotFound, StaleVersion, TransientError, UserError
from bot.service.policy import Right
from bot.service.staff import digest, is_current, needs_touch
from bot.web.bodies import MAX_ID
from bot.web.desk.frame import Desk
from bot.web.desk.visit import Visit
from bot.web.limits import TooMany, address_of

PREFIX = "/masa"
COOKIE = "hizmet_masa"
BY_ITSELF = "x-by-itself"
"""The header with which a page asks without its person (a heartbeat, a refresh): an idle session still ends."""
_SAFE = frozenset({"GET", "HEAD"})
_STATUS = {NotAllowed: 403, NotFound: 404, StaleVersion: 409}
Screen = Callable[[Visit], Response]
Stream = Callable[[Visit], Awaitable[Response]]


@dataclass(frozen=True)
class DeskRoute:
    """A path under /masa. `right` None: open before the login. `stream`: an async endpoint (server-sent events)."""

    path: str
    screen: Screen | None
    right: Right | None
    methods: tuple[str, ...] = ("GET",)
    stream: Stream | None = None
    max_files: int = 0


def guarded(desk: Desk, route: DeskRoute) -> Route:
    """The Starlette route of a desk's route, with everything that stands before it."""

    async def endpoint(request: Request) -> Response:
        visit = await _visit(desk, request, route)
        if route.right is not None and visit.known is None:
            return _to_login(request, visit)
        try:
            return await _answer(desk, request, route, visit)
        except TooMany as error:
            return await anyio.to_thread.run_sync(_slowed_down, desk, visit, error)
        except UserError as error:
            return await anyio.to_thread.run_sync(_problem, desk, visit, error)

    return Route(PREFIX + route.path, endpoint, methods=list(route.methods))


async def _answer(desk: Desk, request: Request, route: DeskRoute, visit: Visit) -> Response:
    if route.right is not None:
        visit.require(route.right)
    if any(isinstance(value, int) and value > MAX_ID for value in request.path_params.values()):
        raise NotFound("not_found")
    if request.method not in _SAFE:
        visit = replace(visit, form=await _form(request, route))
        _check_token(visit)
    if route.stream is not None:
        return await route.stream(visit)
    assert route.screen is not None
    return await anyio.to_thread.run_sync(route.screen, visit)


async def _form(request: Request, route: DeskRoute) -> FormData:
    """The posted form; read only once the right is known."""
    try:
        return await request.form(max_files=route.max_files, max_fields=2000, max_part_size=256 * 1024)
    except (MultiPartException, UnicodeError) as error:
        raise UserError("not_a_form") from error
    except HTTPException as error:
        if error.status_code != 400:
            raise
        raise UserError("not_a_form") from error


async def _visit(desk: Desk, request: Request, route: DeskRoute, touch: bool = True) -> Visit:
    visit, now = _stranger(desk, request), desk.clock.now()
    token = request.cookies.get(COOKIE)
    if not token:
        return visit
    touch = touch and route.stream is None and BY_ITSELF not in request.headers
    return replace(visit, known=await anyio.to_thread.run_sync(_known, desk, token, now, touch))


def _stranger(desk: Desk, request: Request) -> Visit:
    """The visit before it is known whose it is."""
    return Visit(
        url_path=request.url.path,
        query=request.query_params,
        path=request.path_params,
        form=FormData(),
        now=desk.clock.now(),
        address=address_of(request),
        agent=request.headers.get("user-agent", ""),
        htmx=request.headers.get("hx-request") == "true",
        headers=request.headers,
        cookies=request.cookies,
        method=request.method,
    )


def _known(desk: Desk, token: str, now: datetime, touch: bool) -> tuple[StaffUser, StaffSession] | None:
    """Whose session it is; that they were seen is noted once a minute, except where the page asked by itself."""
    with desk.reads() as uow:
        found = uow.staff.session_of(digest(token))
    if found is None or not is_current(*found, now):
        return None
    session, user = found
    if touch and needs_touch(session, now):
        with desk.writes() as uow:
            again = uow.staff.session_of(digest(token))
            if again is not None:
                again[0].seen_at = now
            uow.commit()
    return user, session


def _check_token(visit: Visit) -> None:
    """A form of ours carries the session's token (as a field, or as a header where htmx sends it)."""
    if visit.known is None:
        return  # before the login there is nothing to steal; foreign origins are refused for every post
    given = visit.text("csrf", 100) or visit.headers.get("x-csrf-token", "")
    if not hmac.compare_digest(given.encode(), visit.session.csrf.encode()):
        raise NotAllowed("form_outdated")


def _to_login(request: Request, visit: Visit) -> Response:
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    target = f"{PREFIX}/giris" + (f"?sonra={quote(back)}" if request.method == "GET" and not visit.htmx else "")
    if visit.htmx:
        return Response(status_code=401, headers={"hx-redirect": target})
    return RedirectResponse(target, 303)


def _problem(desk: Desk, visit: Visit, error: UserError) -> Response:
    return _told(desk, visit, desk.told(visit, error), _STATUS.get(type(error), 422))


def _told(desk: Desk, visit: Visit, problem: str, status: int) -> Response:
    template = "desk/_problem.html" if visit.htmx else "desk/problem.html"
    return desk.page(visit, template, status=status, problem=problem, code=status)


def _slowed_down(desk: Desk, visit: Visit, error: TooMany) -> Response:
    shown = desk.say(visit, desk.problems["too_many"], seconds=error.retry_after)
    response = _told(desk, visit, shown, 429)
    response.headers["retry-after"] = str(error.retry_after)
    return response


async def error_page(desk: Desk, request: Request, status: int, key: str, headers: Mapping[str, str]) -> Response:
    """What went wrong outside of the screens (no such page, too large, the database away), as a page of the desk."""
    route = DeskRoute(request.url.path, None, None)
    try:
        visit = await _visit(desk, request, route, touch=False)
        return await anyio.to_thread.run_sync(_error_page, desk, visit, status, key, headers)
    except (DatabaseAway, TransientError):
        stranger = _stranger(desk, request)
        return await anyio.to_thread.run_sync(_error_page, desk, stranger, status, key, headers)


def _error_page(desk: Desk, visit: Visit, status: int, key: str, headers: Mapping[str, str]) -> Response:
    response = _told(desk, visit, desk.told(visit, UserError(key)), status)
    response.headers.update(headers)
    return response


def desk_routes(desk: Desk, routes: Sequence[DeskRoute]) -> list[Route]:
    return [guarded(desk, route) for route in routes]
