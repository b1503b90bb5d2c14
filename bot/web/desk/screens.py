"""The list of the desk's screens: every route of the desk with the right that it asks for."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.service.policy import Right
from bot.web.desk.account import Account
from bot.web.desk.frame import Desk
from bot.web.desk.login import Login
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit


def all_routes(desk: Desk) -> list[DeskRoute]:
    """What the application mounts and what the tests of rights walk through."""
    return [DeskRoute("", _home, Right.OWN_ACCOUNT), *Login(desk).routes(), *Account(desk).routes()]


def _home(visit: Visit) -> Response:
    """Everybody begins where their work is."""
    for right, target in ((Right.SEE_QUEUE, "/kuyruk"), (Right.SEE_REQUESTS, "/basvurular")):
        if visit.may(right):
            return RedirectResponse(PREFIX + target, 303)
    return RedirectResponse(f"{PREFIX}/hesabim", 303)
