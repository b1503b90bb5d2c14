"""The saved views of the pages that have a filter (templates/desk/_views.html shows them)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from starlette.responses import RedirectResponse, Response

from bot.errors import NotFound
from bot.service.policy import Right
from bot.service.views import drop_view, keep_view
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

REQUESTS, QUEUE = "requests", "queue"


@dataclass(frozen=True)
class Filtered:
    """Pages that share one filter, and so its views; who keeps a view comes back to the page, else to the first."""

    right: Right
    paths: tuple[str, ...]


FILTERS: Mapping[str, Filtered] = {
    REQUESTS: Filtered(Right.SEE_REQUESTS, (f"{PREFIX}/basvurular", f"{PREFIX}/basvurular/pano", f"{PREFIX}/harita")),
    QUEUE: Filtered(Right.SEE_QUEUE, (f"{PREFIX}/kuyruk",)),
}


class Views:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= {
            "view_name_needed": "Lütfen görünüme bir ad verin.",
            "too_many_views": "En çok {most} görünüm saklayabilirsiniz.",
        }

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/gorunumler/{page}", self.keep, Right.OWN_ACCOUNT, ("POST",)),
            DeskRoute("/gorunumler/{page}/{id:int}/sil", self.drop, Right.OWN_ACCOUNT, ("POST",)),
        ]

    def keep(self, visit: Visit) -> Response:
        """Keep the page's query under a name."""
        page, path = self._page(visit)
        query = urlencode(parse_qsl(visit.text("query", 1000), max_num_fields=50))
        with self._desk.writes() as uow:
            everybody = visit.text("everybody", 1) == "1"
            keep_view(uow, visit.staff, page, visit.text("name", 80), query, visit.now, everybody)
            uow.commit()
        return RedirectResponse(f"{path}?{query}", 303)

    def drop(self, visit: Visit) -> Response:
        page, path = self._page(visit)
        with self._desk.writes() as uow:
            drop_view(uow, visit.staff, page, int(visit.path["id"]))
            uow.commit()
        return RedirectResponse(path, 303)

    def _page(self, visit: Visit) -> tuple[str, str]:
        """The name of the filter, and the page to come back to: the one of its pages that the form names."""
        page = str(visit.path["page"])
        if page not in FILTERS:
            raise NotFound("not_found")
        filtered, path = FILTERS[page], visit.text("path", 40)
        visit.require(filtered.right)
        return page, path if path in filtered.paths else filtered.paths[0]
