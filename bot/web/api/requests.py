"""The API's resources: requests, changes of their status, notes, and the codes of the municipality's file."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable, Mapping
from typing import Any

from starlette.responses import JSONResponse, Response

from bot.db.api_queries import beside, numbers_of, requests_of
from bot.db.request_queries import RequestFilter
from bot.domain.requests import Kind, Priority, Request, Status
from bot.domain.workflow import TRANSITIONS
from bot.errors import NotFound
from bot.ports import UnitOfWork
from bot.service.requests import RequestDesk, check_version, find_request
from bot.web.api.calls import ApiRoute, Call
from bot.web.api.problems import Problem
from bot.web.api.shapes import detail_shape, request_shape
from bot.web.desk.frame import Desk

MOST_ROWS, ROWS, MOST_WORDS = 200, 50, 2000
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_CODES: Mapping[str, frozenset[str]] = {
    "status": frozenset(Status),
    "kind": frozenset(Kind),
    "priority": frozenset(Priority),
}
FILTERS = (
    "status", "unit", "body", "service", "neighbourhood", "channel", "kind", "priority", "created_since",
    "created_until", "changed_since", "limit", "cursor",
)  # fmt: skip
Change = Callable[[RequestDesk, Request], None]


class RequestsApi:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[ApiRoute]:
        one = "/requests/{number}"
        return [
            ApiRoute("/requests", self.list),
            ApiRoute(one, self.show),
            ApiRoute(f"{one}/status", self.set_status, "POST", writes=True),
            ApiRoute(f"{one}/notes", self.add_note, "POST", writes=True),
            ApiRoute("/catalogue", self.catalogue),
        ]

    def list(self, call: Call) -> Response:
        """Newest first; `next` is the cursor of the page after, null at the end."""
        call.check_parameters(*FILTERS)
        limit = call.number("limit", ROWS, MOST_ROWS) or ROWS
        wanted = self._filter(call)
        with self._desk.reads() as uow:
            rows = requests_of(uow.session, wanted, _position(call.query.get("cursor")), limit + 1)
            merged = numbers_of(uow.session, [row.duplicate_of for row in rows if row.duplicate_of])
        shown = rows[:limit]
        municipality = self._desk.municipality
        items = [request_shape(row, municipality, merged.get(row.duplicate_of or 0)) for row in shown]
        return JSONResponse({"items": items, "next": _cursor(shown[-1]) if len(rows) > limit else None})

    def show(self, call: Call) -> Response:
        call.check_parameters()
        with self._desk.reads() as uow:
            return self._shown(uow, self._visible(uow, call, lock=False))

    def set_status(self, call: Call) -> Response:
        """Change the status through the gate; the citizen is told as with every change."""
        call.check_fields("status", "unit", "body", "sent", "note", "version")
        status, note = call.needed("status", 20), call.words("note", MOST_WORDS)
        if status not in _CODES["status"]:
            raise Problem(422, "bad_field", field="status")
        after = Status(status)
        return self._change(call, _step(after, call, note), needs_version=True)

    def add_note(self, call: Call) -> Response:
        """Words for the staff beside the request; the citizen doesn't see them."""
        call.check_fields("text", "version")
        text = call.needed("text", MOST_WORDS)
        return self._change(
            call, lambda desk, request: desk.add_note(request, text, call.actor, kind="internal"), needs_version=False
        )

    def catalogue(self, call: Call) -> Response:
        """The codes that requests use, with their names, and which status may follow which."""
        call.check_parameters()
        texts, municipality = self._desk.texts, self._desk.municipality
        return JSONResponse(
            {
                "statuses": [
                    {"code": status, "name": texts.status(status), "next": sorted(after)}
                    for status, after in TRANSITIONS.items()
                ],
                "units": [{"code": code, "name": name} for code, name in municipality.units.items()],
                "bodies": [{"code": code, "name": body.name} for code, body in municipality.bodies.items()],
                "services": [
                    {"code": code, "name": service.name, "unit": service.unit, "body": service.body}
                    for code, service in municipality.services.items()
                ],
                "neighbourhoods": list(municipality.neighbourhoods),
            }
        )

    def _change(self, call: Call, change: Change, needs_version: bool) -> Response:
        call.check_parameters()
        with self._desk.writes() as uow:
            request = self._visible(uow, call, lock=True)
            self._check_version(call, request, needs_version)
            key = self._desk.settings.secret.encode()
            change(RequestDesk(uow, self._desk.municipality, call.now, key), request)
            uow.commit()
            return self._shown(uow, request)

    def _check_version(self, call: Call, request: Request, needed: bool) -> None:
        """If-Match that doesn't match is a 412, a `version` in the body a 409; neither, where one is needed, a 428."""
        seen = call.body.get("version")
        if seen is not None and (not isinstance(seen, int) or isinstance(seen, bool)):
            raise Problem(422, "bad_field", field="version")
        if call.if_match is not None and call.if_match.strip() != "*":
            versions = [int(version) for version in _ETAG.findall(call.if_match)]
            if request.version not in versions:
                raise Problem(412, "stale_version", version=request.version)
        elif seen is None and call.if_match is None and needed:
            raise Problem(428, "version_needed")
        if seen is not None:
            check_version(request, seen)

    def _visible(self, uow: UnitOfWork, call: Call, lock: bool) -> Request:
        """The request. What belongs to another unit than the key's isn't there for it."""
        number = str(call.path["number"])[:40].upper()
        request = find_request(uow, number, lock=lock)
        if call.token.unit is not None and request.unit != call.token.unit:
            raise NotFound("request_not_found", number=number)
        return request

    def _shown(self, uow: UnitOfWork, request: Request) -> Response:
        around = beside(uow.session, request)  # type: ignore[attr-defined]  # the SQL unit of work has its session
        shape = detail_shape(request, around, self._desk.municipality)
        return JSONResponse(shape, headers={"etag": f'"{request.version}"'})

    def _filter(self, call: Call) -> RequestFilter:
        chosen: dict[str, Any] = {
            name: call.query.get(name, "") for name in ("unit", "body", "service", "neighbourhood", "channel")
        }
        for name in ("kind", "priority"):
            chosen[name] = call.query.get(name, "")
            if chosen[name] and chosen[name] not in _CODES[name]:
                raise Problem(422, "bad_parameter", parameter=name)
        statuses = tuple(call.query.getlist("status"))
        if not _CODES["status"].issuperset(statuses):
            raise Problem(422, "bad_parameter", parameter="status")
        return RequestFilter(
            bound=call.token.unit,
            statuses=statuses,
            since=call.moment("created_since"),
            until=call.moment("created_until"),
            since_update=call.moment("changed_since"),
            **chosen,
        )


def _step(after: Status, call: Call, note: str | None) -> Change:
    """The gate's step to a status. To another unit or body it needs to be told which."""
    if after is Status.ASSIGNED:
        unit = call.needed("unit", 40)
        return lambda desk, request: desk.assign(request, unit, call.actor, note)
    if after is Status.FORWARDED:
        body, sent = call.needed("body", 40), call.flag("sent")
        return lambda desk, request: desk.forward(request, body, call.actor, note, sent)
    if after is Status.DUPLICATE:
        raise Problem(422, "bad_field", field="status")  # which one it repeats is decided at the desk
    return lambda desk, request: desk.change(request, after, call.actor, note=note)


def _cursor(request: Request) -> str:
    return base64.urlsafe_b64encode(f"id:{request.id}".encode()).decode().rstrip("=")


def _position(cursor: str | None) -> int | None:
    """The id in a cursor of ours."""
    if cursor is None:
        return None
    try:
        kind, _, number = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().partition(":")
    except (binascii.Error, ValueError) as error:
        raise Problem(422, "bad_parameter", parameter="cursor") from error
    if kind != "id" or not (number.isascii() and number.isdecimal() and len(number) < 19):
        raise Problem(422, "bad_parameter", parameter="cursor")
    return int(number)
