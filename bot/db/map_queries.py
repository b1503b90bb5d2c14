"""Where requests lie: points for the map, and numbers by neighbourhood for those who read a table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Integer, and_, case, func, literal, select
from sqlalchemy.orm import Session

from bot.db.request_queries import OPEN_STATUSES, RequestFilter
from bot.db.tables import requests


@dataclass(frozen=True)
class Point:
    """A request on the map; without a position of its own it has the neighbourhood alone."""

    tracking_no: str
    status: str
    service: str
    priority: str
    due_at: datetime | None
    neighbourhood: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True)
class AreaCount:
    neighbourhood: str | None
    number: int
    overdue: int
    urgent: int


def points(session: Session, wanted: RequestFilter, limit: int) -> Sequence[Point]:
    """The newest ones that have a position or a neighbourhood."""
    columns = [requests.c[name] for name in Point.__dataclass_fields__]
    placed = requests.c.latitude.is_not(None) | requests.c.neighbourhood.is_not(None)
    query = select(*columns).where(*wanted.conditions(), placed).order_by(requests.c.id.desc()).limit(limit)
    return [Point(*row) for row in session.execute(query)]


def by_area(session: Session, wanted: RequestFilter, now: datetime) -> Sequence[AreaCount]:
    """Numbers by neighbourhood, the most first; None where it isn't known."""
    number = func.count().label("number")
    late = and_(requests.c.status.in_(OPEN_STATUSES), requests.c.due_at < now)
    nothing = literal(0, Integer)
    query = (
        select(
            requests.c.neighbourhood,
            number,
            func.sum(case((late, 1), else_=nothing)),
            func.sum(case((requests.c.priority == "urgent", 1), else_=nothing)),
        )
        .where(*wanted.conditions())
        .group_by(requests.c.neighbourhood)
        .order_by(number.desc(), requests.c.neighbourhood)
    )
    return [AreaCount(row[0], row[1], row[2] or 0, row[3] or 0) for row in session.execute(query)]
