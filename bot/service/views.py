"""Saved views: a filter of a page that somebody wants back by a name, for themselves or for everybody."""

from __future__ import annotations

from datetime import datetime

from bot.domain.staff import SavedView, StaffUser
from bot.errors import NotFound, UserError
from bot.ports import UnitOfWork
from bot.service.policy import Right, require

MOST = 30


def keep_view(
    uow: UnitOfWork, staff: StaffUser, page: str, name: str, query: str, now: datetime, everybody: bool = False
) -> SavedView:
    """Keep `query`. Raises UserError without a name or where there are MOST of them, NotAllowed for everybody's."""
    assert staff.id is not None
    name = name.strip()
    if not name:
        raise UserError("view_name_needed")
    if everybody:
        require(staff, Right.CHANGE_MANY)
    if len(uow.staff.views(staff.id, page)) >= MOST:
        raise UserError("too_many_views", most=MOST)
    view = SavedView(page, name[:80], query, now, None if everybody else staff.id)
    uow.staff.add(view)
    return view


def drop_view(uow: UnitOfWork, staff: StaffUser, page: str, view_id: int) -> None:
    """Forget a view. Raises NotFound for another's, NotAllowed for everybody's without the right."""
    view = next((view for view in uow.staff.views(staff.id or 0, page) if view.id == view_id), None)
    if view is None:
        raise NotFound("not_found")
    if view.staff_id is None:
        require(staff, Right.CHANGE_MANY)
    uow.staff.remove(view)
