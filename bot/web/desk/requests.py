"""The table of requests, with its filter and its search."""

from __future__ import annotations

import re

from starlette.responses import Response

from bot.db.request_queries import MOST_COUNTED, count, table_page
from bot.service.policy import Right
from bot.web.desk.bulk import ACTIONS
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Shown
from bot.web.desk.request_access import request_page
from bot.web.desk.requests_filter import asked_by
from bot.web.desk.routing import DeskRoute
from bot.web.desk.views import REQUESTS
from bot.web.desk.visit import Visit

ROWS = 50
_NUMBER = re.compile(r"[A-Z]{2,8}-\d{4}-\d{6,9}")


class Requests:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        return [DeskRoute("/basvurular", self.table, Right.SEE_REQUESTS)]

    def table(self, visit: Visit) -> Response:
        """A page of rows; a filter's change by htmx brings the results alone."""
        asked = asked_by(visit, self._desk.municipality)
        after = visit.asked("sonra")
        with self._desk.reads() as uow:
            page = table_page(uow.session, asked.filter, asked.sort, after, ROWS)
            whole = not after and page.after is None
            number = len(page.rows) if whole else count(uow.session, asked.filter)
            views = uow.staff.views(visit.staff_id, REQUESTS)
        part = visit.htmx and visit.headers.get("hx-target") == "results"
        return request_page(
            self._desk,
            visit,
            "desk/_requests_table.html" if part else "desk/requests.html",
            asked=asked,
            page=page,
            first=not after,
            number=number,
            more_than_counted=number >= MOST_COUNTED,
            views=views,
            passed_on=passed_on if _NUMBER.fullmatch(passed_on := visit.asked("iletildi")) else "",
            bulk_actions=ACTIONS,
            shown=Shown(self._desk.municipality, False),
        )
