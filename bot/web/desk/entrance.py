"""The last step of every way in (password, code, link, OpenID Connect): the session and its cookie."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.domain.staff import StaffUser
from bot.ports import UnitOfWork
from bot.service.staff import SESSION, StaffDesk
from bot.web.desk.frame import Desk
from bot.web.desk.routing import COOKIE, PREFIX
from bot.web.desk.visit import Visit


def let_in(desk: Desk, uow: UnitOfWork, user: StaffUser, visit: Visit, after: str = "") -> Response:
    """Open a session (the caller's transaction is committed) and lead to `after`, or to where their work is."""
    token, _ = StaffDesk(uow, visit.now).open_session(user, visit.agent, visit.address)
    uow.commit()
    response = RedirectResponse(after if inside(after) else PREFIX, 303)
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(SESSION.total_seconds()),
        path=PREFIX,
        secure=is_secure(desk),
        httponly=True,
        samesite="lax",
    )
    return response


def is_secure(desk: Desk) -> bool:
    """Whether cookies may travel over https only."""
    return bool(desk.settings.public_url and desk.settings.public_url.startswith("https:"))


def inside(path: str) -> bool:
    """A page of the desk, not another site's address."""
    return path.startswith(f"{PREFIX}/") and "//" not in path and "\\" not in path
