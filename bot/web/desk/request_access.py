"""Which requests a visitor may see and change, and what every page about them is given."""

from __future__ import annotations

from typing import Any

from starlette.responses import Response

from bot.db.request_queries import OPEN_STATUSES
from bot.domain.requests import Request
from bot.errors import NotFound
from bot.ports import UnitOfWork
from bot.service.policy import Right, bound_to
from bot.service.requests import RequestDesk, find_request
from bot.web.desk import request_words
from bot.web.desk.frame import Desk
from bot.web.desk.visit import Visit


def visible(visit: Visit, uow: UnitOfWork, tracking_no: str, lock: bool = False) -> Request:
    """The request. Raises NotFound where it is another directorate's: not even that it exists is told."""
    number = tracking_no[:40].upper()
    request = find_request(uow, number, lock=lock)
    bound = bound_to(visit.staff)
    if bound is not None and request.unit != bound:
        raise NotFound("request_not_found", number=number)
    return request


def changed(visit: Visit, uow: UnitOfWork, tracking_no: str) -> Request:
    """The request, locked, for who may change it. Raises NotFound, NotAllowed."""
    request = visible(visit, uow, tracking_no, lock=True)
    visit.require(Right.CHANGE_REQUESTS, request.unit)
    return request


def gate(desk: Desk, visit: Visit, uow: UnitOfWork) -> RequestDesk:
    """The one gate, for a visitor."""
    return RequestDesk(uow, desk.municipality, visit.now, desk.settings.secret.encode())


def request_page(desk: Desk, visit: Visit, template: str, *, status: int = 200, **context: Any) -> Response:
    """A page about requests: their words are there in it."""
    return desk.page(visit, template, status=status, words=request_words, open_statuses=OPEN_STATUSES, **context)
