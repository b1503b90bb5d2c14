"""The keys of programs that use the JSON API."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.db.people_queries import api_token_rows
from bot.service import tokens as service
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

DONE = {"revoked": "Anahtar iptal edildi."}


class Tokens:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        manage = Right.MANAGE_PEOPLE
        return [
            DeskRoute("/kisiler/anahtarlar", self.show, manage),
            DeskRoute("/kisiler/anahtarlar", self.make, manage, ("POST",)),
            DeskRoute("/kisiler/anahtarlar/{token_id:int}/iptal", self.revoke, manage, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        return self._page(visit)

    def make(self, visit: Visit) -> Response:
        """The key is shown this once."""
        with self._desk.writes() as uow:
            desk = service.Tokens(uow, self._desk.municipality, visit.now)
            token = desk.make(
                visit.text("name", 40), visit.text("unit", 40), visit.text("writes", 5) == "yes", visit.staff.actor
            )
            uow.commit()
        return self._page(visit, token)

    def revoke(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            desk = service.Tokens(uow, self._desk.municipality, visit.now)
            desk.revoke(visit.path["token_id"], visit.staff.actor)
            uow.commit()
        return RedirectResponse(f"{PREFIX}/kisiler/anahtarlar?tamam=revoked", 303)

    def _page(self, visit: Visit, token: str | None = None) -> Response:
        with self._desk.reads() as uow:
            rows = api_token_rows(uow.session)
        done = DONE.get(visit.asked("tamam"))
        return self._desk.page(visit, "desk/tokens.html", tokens=rows, token=token, done=done)
