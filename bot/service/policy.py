"""Who may do what at the desk: rights by role, and the bounds of a directorate."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from bot.domain.staff import Role, StaffUser
from bot.errors import NotAllowed


class Right(StrEnum):
    """What a page, an action or an API route asks for."""

    SEE_QUEUE = "see_queue"
    ANSWER = "answer"
    SEE_REQUESTS = "see_requests"
    CHANGE_REQUESTS = "change_requests"
    CHANGE_MANY = "change_many"
    IMPORT = "import"
    SEE_PERSONAL = "see_personal"
    SEE_FIGURES = "see_figures"
    EXPORT = "export"
    SWITCH = "switch"
    SEE_PEOPLE = "see_people"
    MANAGE_PEOPLE = "manage_people"
    SEE_AUDIT = "see_audit"
    OWN_ACCOUNT = "own_account"


_REVIEWER = frozenset(
    {
        Right.SEE_QUEUE,
        Right.ANSWER,
        Right.SEE_REQUESTS,
        Right.CHANGE_REQUESTS,
        Right.SEE_PERSONAL,
        Right.SEE_FIGURES,
        Right.SWITCH,
        Right.OWN_ACCOUNT,
    }
)
RIGHTS: Mapping[Role, frozenset[Right]] = {
    Role.REVIEWER: _REVIEWER,
    Role.UNIT_STAFF: frozenset(
        {Right.SEE_REQUESTS, Right.CHANGE_REQUESTS, Right.SEE_PERSONAL, Right.EXPORT, Right.IMPORT, Right.OWN_ACCOUNT}
    ),
    Role.SUPERVISOR: _REVIEWER | {Right.CHANGE_MANY, Right.IMPORT, Right.EXPORT, Right.SEE_PEOPLE, Right.SEE_AUDIT},
    Role.ADMINISTRATOR: frozenset(Right),
    Role.AUDITOR: frozenset(
        {
            Right.SEE_QUEUE,
            Right.SEE_REQUESTS,
            Right.SEE_PERSONAL,
            Right.SEE_FIGURES,
            Right.EXPORT,
            Right.SEE_PEOPLE,
            Right.SEE_AUDIT,
            Right.OWN_ACCOUNT,
        }
    ),
}
"""Unit staff have their rights for the requests of their own directorate only."""


def may(staff: StaffUser, right: Right, unit: str | None = None) -> bool:
    """Whether `staff` has the right; `unit` is the directorate of the request that it is about, where there is one."""
    if right not in RIGHTS[Role(staff.role)]:
        return False
    bound = bound_to(staff)
    return bound is None or unit is None or unit == bound


def bound_to(staff: StaffUser) -> str | None:
    """The directorate whose requests alone `staff` may see; None: all. Unit staff without a unit see none."""
    return (staff.unit or "-") if staff.role == Role.UNIT_STAFF else None


def require(staff: StaffUser, right: Right, unit: str | None = None) -> None:
    """Raise NotAllowed unless `may`."""
    if not may(staff, right, unit):
        raise NotAllowed("not_allowed", right=right)
