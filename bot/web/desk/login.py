"""Logging in and out."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.errors import NotAllowed
from bot.service.passwords import matches
from bot.service.policy import Right
from bot.service.second_factor import SecondFactor
from bot.service.staff import StaffDesk
from bot.web.desk.entrance import let_in
from bot.web.desk.frame import Desk
from bot.web.desk.routing import COOKIE, PREFIX, DeskRoute
from bot.web.desk.visit import Visit


class Login:
    """Password, then the code of the app where the account asks for one. Every wrong step is answered alike."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._factor = SecondFactor(desk.settings.secret, desk.municipality.name)

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/giris", self.ask, None),
            DeskRoute("/giris", self.enter, None, ("POST",)),
            DeskRoute("/giris/kod", self.confirm, None, ("POST",)),
            DeskRoute("/cikis", self.leave, Right.OWN_ACCOUNT, ("POST",)),
        ]

    def ask(self, visit: Visit) -> Response:
        if visit.known is not None:
            return RedirectResponse(PREFIX, 303)
        return self._form(visit, visit.asked("sonra"))

    def enter(self, visit: Visit) -> Response:
        after, username = visit.text("sonra", 200), visit.text("username", 80).lower()
        self._desk.limits.take("login:address", visit.address)
        self._desk.limits.take("login:name", username)
        with self._desk.writes() as uow:
            attempt = StaffDesk(uow, visit.now).begin_attempt(username)
            uow.commit()
        if not matches(attempt.kept, visit.password("password")):
            return self._form(visit, after, "login_refused")
        with self._desk.writes() as uow:
            user = StaffDesk(uow, visit.now).settle(attempt)
            if user.totp_secret is None:
                return let_in(self._desk, uow, user, visit, after)
            uow.commit()
        return self._code_form(visit, after, self._factor.ticket(user, visit.now))

    def confirm(self, visit: Visit) -> Response:
        """The code of the app; counted as passwords are."""
        after, ticket = visit.text("sonra", 200), visit.text("ticket", 1000)
        self._desk.limits.take("login:address", visit.address)
        with self._desk.writes() as uow:
            staff = StaffDesk(uow, visit.now)
            user = uow.staff.get(self._factor.holder(ticket), lock=True)
            if user is None or not user.active or not self._factor.is_ticket(ticket, user, visit.now):
                return self._form(visit, after, "login_refused")
            if staff.locked(user):
                raise NotAllowed("login_refused")
            if self._factor.accepts(user, visit.text("code", 20), visit.now):
                return let_in(self._desk, uow, user, visit, after)
            staff.count(user)
            uow.commit()
        return self._code_form(visit, after, ticket, "code_wrong")

    def leave(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            found = uow.staff.session_of(visit.session.token_hash)
            if found is not None:
                StaffDesk(uow, visit.now).close_session(found[0])
            uow.commit()
        response = RedirectResponse(f"{PREFIX}/giris", 303)
        response.delete_cookie(COOKIE, path=PREFIX)
        return response

    def _form(self, visit: Visit, after: str, problem: str | None = None) -> Response:
        told = self._desk.told(visit, NotAllowed(problem)) if problem else None
        status = 403 if problem else 200
        return self._desk.page(visit, "desk/login.html", status=status, after=after, problem=told)

    def _code_form(self, visit: Visit, after: str, ticket: str, problem: str | None = None) -> Response:
        told = self._desk.told(visit, NotAllowed(problem)) if problem else None
        status = 403 if problem else 200
        return self._desk.page(visit, "desk/login_code.html", status=status, after=after, ticket=ticket, problem=told)
