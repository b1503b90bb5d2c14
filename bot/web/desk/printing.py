"""A request on paper, with the QR code that leads the citizen to its status."""

from __future__ import annotations

import io
from urllib.parse import quote

import segno
from markupsafe import Markup
from starlette.responses import Response

from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Looks, Shown
from bot.web.desk.request_access import request_page, visible
from bot.web.desk.routing import DeskRoute
from bot.web.desk.visit import Visit


class Printing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looks = Looks(desk.settings.secret)

    def routes(self) -> list[DeskRoute]:
        return [DeskRoute("/basvurular/{no}/yazdir", self.sheet, Right.SEE_REQUESTS)]

    def sheet(self, visit: Visit) -> Response:
        """Masked unless the visitor has opened what is personal on the request's page."""
        with self._desk.reads() as uow:
            request = visible(visit, uow, visit.path["no"])
            history = uow.requests.history(request.id or 0)
        link = tracking_link(self._address(visit), request.tracking_no, request.access_code)
        open_ = self._looks.granted(visit, f"request:{request.id}", visit.asked("goster"))
        return request_page(
            self._desk,
            visit,
            "desk/request_print.html",
            request=request,
            history=[entry for entry in history if entry.action == "status" or entry.action == "filed"],
            link=link,
            qr=qr_code(link) if request.access_code else None,
            shown=Shown(self._desk.municipality, open_),
        )

    def _address(self, visit: Visit) -> str:
        """Where citizens reach us; the host under which the visitor came, where no address is set."""
        public = self._desk.settings.public_url
        return public.rstrip("/") if public else f"http://{visit.headers.get('host', 'localhost')}"


def tracking_link(address: str, tracking_no: str, code: str) -> str:
    return f"{address}/takip?no={quote(tracking_no)}&kod={quote(code)}"


def qr_code(text: str) -> Markup:
    """An SVG that stands in the page itself; it has no style of its own."""
    drawn = io.BytesIO()
    segno.make(text, error="m").save(drawn, kind="svg", xmldecl=False, svgns=True, scale=4, border=2, light="#fff")
    return Markup(drawn.getvalue().decode())
