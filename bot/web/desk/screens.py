"""The list of the desk's screens: every route of the desk with the right that it asks for."""

from __future__ import annotations

from typing import Protocol

from starlette.responses import RedirectResponse, Response

from bot.service.policy import Right
from bot.web.desk.account import Account
from bot.web.desk.audit import Audit
from bot.web.desk.board import Board
from bot.web.desk.bulk import Bulk
from bot.web.desk.exports import Exports
from bot.web.desk.figures import FiguresScreen
from bot.web.desk.frame import Desk
from bot.web.desk.importing import Importing
from bot.web.desk.links import Links
from bot.web.desk.login import Login
from bot.web.desk.map import Map
from bot.web.desk.oidc import Oidc
from bot.web.desk.people import People
from bot.web.desk.printing import Printing
from bot.web.desk.request import RequestDetail
from bot.web.desk.request_changes import RequestChanges
from bot.web.desk.requests import Requests
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.talks import Talks
from bot.web.desk.tokens import Tokens
from bot.web.desk.views import Views
from bot.web.desk.visit import Visit


class Screen(Protocol):
    def routes(self) -> list[DeskRoute]: ...


def all_routes(desk: Desk) -> list[DeskRoute]:
    """What the application mounts and what the tests of rights walk through."""
    screens: list[Screen] = [
        Login(desk),
        Links(desk),
        Oidc(desk),
        Account(desk),
        People(desk),
        Tokens(desk),
        Audit(desk),
        Importing(desk),
        Talks(desk),
        Requests(desk),
        Board(desk),
        Bulk(desk),
        Exports(desk),
        Views(desk),
        RequestDetail(desk),
        RequestChanges(desk),
        Printing(desk),
        Map(desk),
        FiguresScreen(desk),
    ]
    return [DeskRoute("", _home, Right.OWN_ACCOUNT), *(route for screen in screens for route in screen.routes())]


def _home(visit: Visit) -> Response:
    """Everybody begins where their work is."""
    for right, target in ((Right.SEE_QUEUE, "/kuyruk"), (Right.SEE_REQUESTS, "/basvurular")):
        if visit.may(right):
            return RedirectResponse(PREFIX + target, 303)
    return RedirectResponse(f"{PREFIX}/hesabim", 303)
