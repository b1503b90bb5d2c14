"""One request: everything about it on a page."""

from __future__ import annotations

from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.db.request_queries import aside
from bot.domain.requests import Request, Status
from bot.domain.workflow import TRANSITIONS
from bot.service.policy import Right, bound_to
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Looks, Shown
from bot.web.desk.request_access import request_page, visible
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

OWN_FORMS = frozenset({Status.ASSIGNED, Status.FORWARDED, Status.DUPLICATE, Status.RECEIVED})
"""Steps that have a form of their own, with more to say than a status."""

_FORMS = {"assign": Status.ASSIGNED, "forward": Status.FORWARDED, "merge": Status.DUPLICATE}


class RequestDetail:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looks = Looks(desk.settings.secret)

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/basvurular/{no}", self.show, Right.SEE_REQUESTS),
            DeskRoute("/basvurular/{no}/goster", self.look, Right.SEE_PERSONAL, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        with self._desk.reads() as uow:
            request = visible(visit, uow, visit.path["no"])
            context = self._context(visit, uow, request)
        return request_page(self._desk, visit, "desk/request.html", **context)

    def look(self, visit: Visit) -> Response:
        """Show what is personal, for half an hour; the look is in the audit."""
        with self._desk.writes() as uow:
            request = visible(visit, uow, visit.path["no"])
            visit.require(Right.SEE_PERSONAL, request.unit)
            grant = self._looks.open(visit, uow, f"request:{request.id}")
            uow.commit()
        return RedirectResponse(f"{PREFIX}/basvurular/{request.tracking_no}?goster={grant}", 303)

    def _context(self, visit: Visit, uow: Any, request: Request) -> dict[str, Any]:
        assert request.id is not None
        grant = visit.asked("goster")
        followers = uow.requests.followers(request.id)
        entries = uow.requests.history(request.id)
        people = [follower.citizen_id for follower in followers] + [request.citizen_id or 0]
        people += [int(entry.actor.partition(":")[2]) for entry in entries if _is_citizen(entry.actor)]
        return {
            "request": request,
            "history": entries,
            "notes": {note.id: note for note in uow.requests.notes(request.id)},
            "files": uow.requests.attachments_of(request.id),
            "followers": followers,
            "aside": aside(uow.session, request, people, bound_to(visit.staff)),
            "seen": max((entry.id or 0 for entry in entries), default=0),
            "shown": Shown(self._desk.municipality, self._looks.granted(visit, f"request:{request.id}", grant)),
            "grant": grant,
            "may_change": visit.may(Right.CHANGE_REQUESTS, request.unit),
            "steps": steps_of(request),
            **{f"may_{name}": status in TRANSITIONS[Status(request.status)] for name, status in _FORMS.items()},
            "done": visit.asked("oldu"),
        }


def steps_of(request: Request) -> tuple[Status, ...]:
    """The statuses that the form of the status offers, in the order of the work."""
    return tuple(status for status in Status if status in TRANSITIONS[Status(request.status)] - OWN_FORMS)


def _is_citizen(actor: str) -> bool:
    kind, _, number = actor.partition(":")
    return kind == "citizen" and number.isdecimal()
