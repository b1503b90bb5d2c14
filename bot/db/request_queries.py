"""What the desk reads of requests: the table, the board, one request with everything beside it, and exports."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, func, or_, select, union_all
from sqlalchemy.orm import Session

from bot.db.desk_tables import staff_users
from bot.db.searching import holds
from bot.db.tables import citizens, conversations, followers, history, requests
from bot.domain.requests import Request, Status, keys_beside
from bot.domain.workflow import OPEN

MOST_COUNTED = 10_000
_NUMBER = re.compile(r"[A-Za-z]{2,8}-\d{4}-\d{6,}")
OPEN_STATUSES = tuple(status for status in Status if status in OPEN)


@dataclass(frozen=True)
class RequestFilter:
    """Which requests: empty parts say nothing. `bound` is the directorate that the reader may see; `due_before`
    leaves only open ones; `since` and `until` bound the time of filing, `until` excluded, `since_update` the last
    change."""

    bound: str | None = None
    statuses: tuple[str, ...] = ()
    unit: str = ""
    body: str = ""
    service: str = ""
    neighbourhood: str = ""
    channel: str = ""
    kind: str = ""
    priority: str = ""
    due_before: datetime | None = None
    since: datetime | None = None
    until: datetime | None = None
    since_update: datetime | None = None
    text: str = ""

    def conditions(self) -> list[ColumnElement[bool]]:
        """What the WHERE clause holds."""
        wanted = [
            requests.c[name] == value
            for name in ("unit", "body", "service", "neighbourhood", "channel", "kind", "priority")
            if (value := getattr(self, name))
        ]
        if self.bound is not None:
            wanted.append(requests.c.unit == self.bound)
        if self.statuses:
            wanted.append(requests.c.status.in_(self.statuses))
        if self.due_before is not None:
            wanted += [requests.c.due_at < self.due_before, requests.c.status.in_(OPEN_STATUSES)]
        if self.since is not None:
            wanted.append(requests.c.created_at >= self.since)
        if self.until is not None:
            wanted.append(requests.c.created_at < self.until)
        if self.since_update is not None:
            wanted.append(requests.c.updated_at >= self.since_update)
        if _NUMBER.fullmatch(self.text):
            wanted.append(requests.c.tracking_no == self.text.upper())
        elif self.text:
            named = select(citizens.c.id).where(holds(citizens.c.folded, self.text))
            wanted.append(or_(holds(requests.c.folded, self.text), requests.c.citizen_id.in_(named)))
        return wanted


@dataclass(frozen=True)
class RequestRow:
    """A line of the table, a card of the board."""

    id: int
    tracking_no: str
    status: str
    kind: str
    service: str
    unit: str | None
    body: str | None
    neighbourhood: str | None
    street: str | None
    description: str
    channel: str
    priority: str
    sensitive: bool
    due_at: datetime | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    version: int
    followers: int


@dataclass(frozen=True)
class Page:
    """Some rows, and where the next ones begin; None where there are none."""

    rows: tuple[RequestRow, ...]
    after: str | None


_FOLLOWERS = (
    select(func.count()).where(followers.c.request_id == requests.c.id).correlate(requests).scalar_subquery()
).label("followers")
_COLUMNS = (
    *(requests.c[name] for name in RequestRow.__dataclass_fields__ if name != "followers"),
    _FOLLOWERS,
)
SORTS = ("new", "old", "due", "changed")


def table_page(session: Session, wanted: RequestFilter, sort: str, after: str, limit: int) -> Page:
    """Rows in the order of `sort` (one of SORTS) behind the place `after` (a Page's), '' being the beginning."""
    query = select(*_COLUMNS).where(*wanted.conditions(), *_behind(sort, after))
    rows = [_row(row) for row in session.execute(query.order_by(*_ORDERS[sort]).limit(limit + 1))]
    return Page(tuple(rows[:limit]), _place_of(sort, rows[limit - 1]) if len(rows) > limit else None)


def count(session: Session, wanted: RequestFilter) -> int:
    """How many there are; MOST_COUNTED stands for "that many or more"."""
    some = select(requests.c.id).where(*wanted.conditions()).limit(MOST_COUNTED).subquery()
    return session.scalar(select(func.count()).select_from(some)) or 0


def rows_of(session: Session, ids: Sequence[int], bound: str | None) -> tuple[RequestRow, ...]:
    """These requests, as far as the reader may see them, by their numbers."""
    query = select(*_COLUMNS).where(requests.c.id.in_(ids), *RequestFilter(bound=bound).conditions())
    return tuple(_row(row) for row in session.execute(query.order_by(requests.c.id)))


def board(
    session: Session, wanted: RequestFilter, statuses: Sequence[str], limit: int
) -> Mapping[str, tuple[int, tuple[RequestRow, ...]]]:
    """Of each status the number of requests and the first `limit` cards, urgent and long due ones first."""
    conditions = wanted.conditions()
    counted = select(requests.c.status, func.count()).where(*conditions, requests.c.status.in_(statuses))
    counts: dict[str, int] = {row[0]: row[1] for row in session.execute(counted.group_by(requests.c.status))}
    columns = [
        select(*_COLUMNS)
        .where(*conditions, requests.c.status == status)
        .order_by(*(_NEWEST if status not in OPEN_STATUSES else _MOST_URGENT))
        .limit(limit)
        .subquery()
        for status in statuses
    ]
    cards: dict[str, list[RequestRow]] = {status: [] for status in statuses}
    for row in session.execute(union_all(*(select(column) for column in columns))):
        cards[row.status].append(_row(row))
    return {status: (counts.get(status, 0), tuple(cards[status])) for status in statuses}


@dataclass(frozen=True)
class Aside:
    """What stands beside a request: people by id, staff by username, requests that have to do with it."""

    citizens: Mapping[int, str | None]
    staff: Mapping[str, str]
    joined: Mapping[str, RequestRow]
    duplicates: tuple[RequestRow, ...]
    beside: tuple[RequestRow, ...]
    similar: tuple[RequestRow, ...]
    thread: tuple[str, bool] | None


def aside(session: Session, request: Request, people: Sequence[int], bound: str | None, limit: int = 8) -> Aside:
    """In seven small queries. `joined` has the keys 'duplicate_of' and 'linked_to'; `beside` holds what was filed from
    the same message; `thread` is (channel, public)."""
    near = RequestFilter(bound, OPEN_STATUSES, service=request.service, neighbourhood=request.neighbourhood or "")
    similar = select(*_COLUMNS).where(*near.conditions(), requests.c.id != request.id)
    doubles = select(*_COLUMNS).where(requests.c.duplicate_of == request.id, *RequestFilter(bound).conditions())
    told = requests.c.filing_key.in_(keys_beside(request.filing_key))
    beside = select(*_COLUMNS).where(
        told, requests.c.id.not_in([request.linked_to or 0]), *RequestFilter(bound).conditions()
    )
    links = {name: getattr(request, name) for name in ("duplicate_of", "linked_to") if getattr(request, name)}
    linked = {row.id: row for row in rows_of(session, list(links.values()), bound)} if links else {}
    named = select(citizens.c.id, citizens.c.display_name).where(citizens.c.id.in_(people))
    where = select(conversations.c.channel, conversations.c.public).where(conversations.c.id == request.conversation_id)
    thread = session.execute(where).first()
    return Aside(
        citizens=dict(session.execute(named).tuples().all()),
        staff=staff_names(session),
        joined={name: linked[id_] for name, id_ in links.items() if id_ in linked},
        duplicates=tuple(_row(row) for row in session.execute(doubles.order_by(requests.c.id.desc()).limit(20))),
        beside=tuple(_row(row) for row in session.execute(beside.order_by(requests.c.id))),
        similar=tuple(_row(row) for row in session.execute(similar.order_by(requests.c.id.desc()).limit(limit))),
        thread=(thread.channel, thread.public) if thread else None,
    )


def staff_names(session: Session) -> Mapping[str, str]:
    """Username → name."""
    return dict(session.execute(select(staff_users.c.username, staff_users.c.name)).tuples().all())


def last_change(session: Session, request_id: int) -> int:
    """The id of the newest entry of the request's history."""
    return session.scalar(select(func.max(history.c.id)).where(history.c.request_id == request_id)) or 0


@dataclass(frozen=True)
class ExportRow:
    """A request with everything that an export may hold; `citizen` is the name where it is known."""

    request: Mapping[str, Any]
    citizen: str | None
    followers: int


def export_rows(session: Session, wanted: RequestFilter, after: int, limit: int) -> tuple[ExportRow, ...]:
    """The next `limit` requests with an id over `after`, oldest first."""
    query = (
        select(requests, citizens.c.display_name, _FOLLOWERS)
        .outerjoin(citizens, citizens.c.id == requests.c.citizen_id)
        .where(*wanted.conditions(), requests.c.id > after)
        .order_by(requests.c.id)
        .limit(limit)
    )
    return tuple(ExportRow(row._asdict(), row.display_name, row.followers) for row in session.execute(query))


_EPOCH, _TICK = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
_NEWEST = (requests.c.updated_at.desc(), requests.c.id.desc())
_MOST_URGENT = (requests.c.priority.desc(), requests.c.due_at.asc().nulls_last(), requests.c.id.asc())
_ORDERS: Mapping[str, tuple[Any, ...]] = {
    "new": (requests.c.id.desc(),),
    "old": (requests.c.id.asc(),),
    "due": (requests.c.due_at.asc().nulls_last(), requests.c.id.asc()),
    "changed": _NEWEST,
}


def _behind(sort: str, after: str) -> list[ColumnElement[bool]]:
    """What comes after the row that `after` names; nothing where it cannot be read."""
    moment, _, number = after.rpartition("_")
    if not number.isdecimal() or len(number) > 15:
        return []
    id_ = int(number)
    if sort in ("new", "old"):
        return [requests.c.id < id_ if sort == "new" else requests.c.id > id_]
    at = _EPOCH + int(moment) * _TICK if moment.isdecimal() and len(moment) < 18 else None
    if sort == "changed":
        older = and_(requests.c.updated_at == at, requests.c.id < id_)
        return [or_(requests.c.updated_at < at, older)] if at else []
    never = requests.c.due_at.is_(None)
    if at is None:
        return [never, requests.c.id > id_]
    return [or_(requests.c.due_at > at, and_(requests.c.due_at == at, requests.c.id > id_), never)]


def _place_of(sort: str, row: RequestRow) -> str:
    """Microseconds since 1970 (or '') and id of the row, as `_behind` reads them."""
    if sort in ("new", "old"):
        return str(row.id)
    at = row.due_at if sort == "due" else row.updated_at
    return f"{(at - _EPOCH) // _TICK if at else ''}_{row.id}"


def _row(row: Row[Any]) -> RequestRow:
    return RequestRow(**{name: getattr(row, name) for name in RequestRow.__dataclass_fields__})
