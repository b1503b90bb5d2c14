"""Open requests past their target: one review item a unit, looked at anew each working day."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta

from bot.domain.conversation import ReviewReason
from bot.domain.requests import Request
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts

LISTED = 10
LOOKS_BACK = timedelta(days=365)


def tell_overdue(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
    """The number of items opened or brought up to date; nothing outside working hours, at most one new one a day."""
    if not municipality.works_at(now):
        return 0
    late: dict[str, list[Request]] = defaultdict(list)
    for request in uow.requests.overdue(now):
        late[request.unit or "-"].append(request)
    return sum(_tell(uow, municipality, now, unit, requests) for unit, requests in late.items())


def _tell(uow: UnitOfWork, municipality: Municipality, now: datetime, unit: str, late: list[Request]) -> int:
    matter = f"overdue:{unit}"
    item = uow.reviews.of_matter(matter, now - LOOKS_BACK)
    if item is not None and item.state == "closed":
        if municipality.local(item.created_at).date() == municipality.local(now).date():
            return 0
        item = None
    if item is None:
        item = ReviewDesk(uow, municipality, now).open(ReviewReason.OVERDUE)
        item.matter, item.suggested_unit = matter, unit if unit in municipality.units else None
    more = len(late) - LISTED
    summary = Texts(municipality)(
        "review_overdue",
        count=len(late),
        unit=municipality.units.get(unit, "-"),
        numbers=", ".join(request.tracking_no for request in late[:LISTED]),
        more=f" (+{more})" if more > 0 else "",
    )
    if item.summary == summary:
        return 0
    item.count, item.summary = len(late), summary
    return 1
