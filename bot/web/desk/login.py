"""Logging in and out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.errors import NotAllowed
from bot.service.policy import Right
from bot.service.staff import SESSION, StaffDesk
from bot.web.desk.frame import Desk
from bot.web.desk.routing import COOKIE, PREFIX, DeskRoute
from bot.web.desk.visit import Visit


class Login:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._secure = bool(desk.settings.public_url and desk.settings.public_url.startswith("https:"))

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/giris", self.ask, None),
            DeskRoute("/giris", self.enter, None, ("POST",)),
            DeskRoute("/cikis", self.leave, Right.OWN_ACCOUNT, ("POST",)),
        ]

    def ask(self, visit: Visit) -> Response:
        if visit.known is not None:
            return RedirectResponse(PREFIX, 303)
        return self._form(visit, visit.asked("sonra"))

    def enter(self, visit: Visit) -> Response:
        after = visit.text("sonra", 200)
        with self._desk.writes() as uow:
            staff = StaffDesk(uow, visit.now)
            try:
                user = staff.check_password(visit.text("username", 80), str(visit.form.get("password", ""))[:1000])
            except NotAllowed as error:
                uow.commit()
                return self._form(visit, after, self._desk.told(visit, error), 403)
            token, _ = staff.open_session(user, visit.agent, visit.address)
            uow.commit()
        response = RedirectResponse(after if _inside(after) else PREFIX, 303)
        response.set_cookie(
            COOKIE,
            token,
            max_age=int(SESSION.total_seconds()),
            path=PREFIX,
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )
        return response

    def leave(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            found = uow.staff.session_of(visit.session.token_hash)
            if found is not None:
                StaffDesk(uow, visit.now).close_session(found[0])
            uow.commit()
        response = RedirectResponse(f"{PREFIX}/giris", 303)
        response.delete_cookie(COOKIE, path=PREFIX)
        return response

    def _form(self, visit: Visit, after: str, problem: str | None = None, status: int = 200) -> Response:
        return self._desk.page(visit, "desk/login.html", status=status, after=after, problem=problem)


def _inside(path: str) -> bool:
    """A page of the desk, not another site's address."""
    return path.startswith(f"{PREFIX}/") and "//" not in path and "\\" not in path
