"""The switch that stops every public answer: on each page, for who may turn it."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.service.policy import Right
from bot.service.publicity import PublicDesk, is_paused
from bot.web.desk.entrance import inside
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit


class PublicSwitch:
    """Its state is read where a page is shown (`paused()` in the templates)."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.everywhere["public_paused"] = self.paused

    def routes(self) -> list[DeskRoute]:
        return [DeskRoute("/acik-yanitlar", self.turn, Right.SWITCH, ("POST",))]

    def paused(self) -> bool:
        with self._desk.reads() as uow:
            return is_paused(uow)

    def turn(self, visit: Visit) -> Response:
        """`stop` 1: nothing public leaves any more; 0: it does again."""
        with self._desk.writes() as uow:
            public = PublicDesk(uow, self._desk.municipality, visit.now)
            if visit.text("stop") == "1":
                public.pause(visit.staff.username)
            else:
                public.resume(visit.staff.username)
            uow.commit()
        back = visit.text("back", 2000)
        return RedirectResponse(back if inside(back) else PREFIX, 303)
