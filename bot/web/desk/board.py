"""The board: open requests by status, and what ended lately."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from starlette.responses import RedirectResponse, Response

from bot.db.request_queries import OPEN_STATUSES, board
from bot.domain.requests import Status
from bot.service.policy import Right
from bot.service.requests import check_version
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Shown
from bot.web.desk.request_access import changed, gate, request_page
from bot.web.desk.requests_filter import asked_by
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.views import REQUESTS
from bot.web.desk.visit import Visit

CARDS = 15
ENDED_WITHIN = timedelta(days=7)
COLUMNS = (*OPEN_STATUSES, Status.FORWARDED, Status.RESOLVED, Status.REJECTED)


class Board:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/basvurular/pano", self.show, Right.SEE_REQUESTS),
            DeskRoute("/basvurular/pano/{no}/basla", self.begin, Right.CHANGE_REQUESTS, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        """The filter of the table holds here as well, except for status and order."""
        asked = asked_by(visit, self._desk.municipality)
        everything = replace(asked.filter, statuses=())
        lately = replace(everything, since_update=visit.now - ENDED_WITHIN)
        ended = [status for status in COLUMNS if status not in OPEN_STATUSES]
        with self._desk.reads() as uow:
            columns = dict(board(uow.session, everything, OPEN_STATUSES, CARDS))
            if everything.due_before is None:
                columns |= board(uow.session, lately, ended, CARDS)
            views = uow.staff.views(visit.staff_id, REQUESTS)
        return request_page(
            self._desk,
            visit,
            "desk/board.html",
            asked=asked,
            columns=columns,
            most=CARDS,
            views=views,
            shown=Shown(self._desk.municipality, False),
        )

    def begin(self, visit: Visit) -> Response:
        """Work on a request begins: the step that needs no words."""
        with self._desk.writes() as uow:
            request = changed(visit, uow, visit.path["no"])
            check_version(request, visit.number("version"))
            gate(self._desk, visit, uow).change(request, Status.IN_PROGRESS, visit.staff.actor)
            uow.commit()
        return RedirectResponse(f"{PREFIX}/basvurular/pano?{visit.text('query', 1000)}", 303)
