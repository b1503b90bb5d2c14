"""One-time links: the first set-up, invitations, new passwords. Opening one changes nothing; its form uses it up."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.domain.staff import LinkPurpose
from bot.errors import NotFound, UserError
from bot.service.accounts import Accounts
from bot.web.desk.entrance import let_in
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit
from bot.web.desk.words import DUTIES, ROLES

PATH = "/baglanti"


class Links:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute(f"{PATH}/{{token}}", self.show, None),
            DeskRoute(f"{PATH}/{{token}}", self.use, None, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        return self._form(visit)

    def use(self, visit: Visit) -> Response:
        """Make the account or set the password, and let them in; where codes are asked for, to the login."""
        self._desk.limits.take("link:address", visit.address)
        password = visit.password("password")
        try:
            if password != visit.password("again"):
                raise UserError("password_differs")
            with self._desk.writes() as uow:
                accounts = Accounts(uow, self._desk.municipality, visit.now)
                user = accounts.accept(
                    visit.path["token"][:200], visit.text("username", 80), visit.text("name", 200), password
                )
                if user.totp_secret is None:
                    return let_in(self._desk, uow, user, visit)
                uow.commit()
        except NotFound:
            raise
        except UserError as error:
            return self._form(visit, self._desk.told(visit, error))
        return RedirectResponse(f"{PREFIX}/giris", 303)

    def _form(self, visit: Visit, problem: str | None = None) -> Response:
        """Raises NotFound for a link that is over: guesses are counted."""
        with self._desk.reads() as uow:
            try:
                link = Accounts(uow, self._desk.municipality, visit.now).look_up(visit.path["token"][:200])
            except NotFound:
                self._desk.limits.take("link:address", visit.address)
                raise
            person = uow.staff.get(link.staff_id) if link.staff_id is not None else None
        return self._desk.page(
            visit,
            "desk/link.html",
            status=422 if problem else 200,
            link=link,
            person=person,
            is_setup=link.purpose == LinkPurpose.SETUP,
            roles=ROLES,
            duties=DUTIES,
            username=visit.text("username", 80) if problem else "",
            name=visit.text("name", 200) if problem else "",
            problem=problem,
        )


def address_of_link(desk: Desk, token: str) -> str:
    """What is handed to the person."""
    return f"{desk.settings.base_url}{PREFIX}{PATH}/{token}"
