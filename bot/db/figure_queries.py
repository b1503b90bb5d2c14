"""The figures of the desk, counted by the database: what comes in, how fast it is answered, what goes wrong.

A period reaches from `since` to `until`, which is excluded. What each figure counts exactly is told to its readers in
templates/desk/figures.html and here in the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Subquery,
    and_,
    case,
    extract,
    func,
    literal,
    literal_column,
    or_,
    select,
)
from sqlalchemy.orm import Session

from bot.db.request_queries import OPEN_STATUSES
from bot.db.tables import history, messages, outbox, requests, review_items
from bot.domain.messages import OutboxKind, OutboxState
from bot.domain.requests import Status

_NOT_OURS = (Status.FORWARDED, Status.CANCELLED, Status.DUPLICATE)
Counts = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Period:
    since: datetime
    until: datetime

    def holds(self, column: ColumnElement[Any]) -> ColumnElement[bool]:
        return and_(column >= self.since, column < self.until)

    @property
    def before(self) -> Period:
        """The period of the same length that ends where this one begins."""
        return Period(self.since - (self.until - self.since), self.since)


@dataclass(frozen=True)
class Spans:
    """How long something took: half of them at most `median`, nine in ten at most `most`; `number` of them."""

    number: int
    median: timedelta | None
    most: timedelta | None


@dataclass(frozen=True)
class Share:
    """`part` of `whole`."""

    part: int
    whole: int

    @property
    def percent(self) -> float | None:
        return 100 * self.part / self.whole if self.whole else None


@dataclass(frozen=True)
class UnitFigures:
    unit: str
    filed: int
    resolved: int
    open: int
    overdue: int


@dataclass(frozen=True)
class Standing:
    """How things stand at this moment."""

    open: int
    overdue: int
    urgent: int
    waiting: int


@dataclass(frozen=True)
class Figures:
    filed: int
    filed_before: int
    resolved: int
    hours: Sequence[tuple[datetime, int, int]]
    by_channel: Counts
    by_service: Counts
    by_neighbourhood: Counts
    by_unit: Sequence[UnitFigures]
    first_step: Spans
    first_answer: Spans
    to_resolve: Spans
    overdue: Share
    alone: Share
    ratings: Mapping[int, int]
    reopened: Share
    escalations: Counts
    failures: Counts

    @property
    def rating(self) -> float | None:
        """The mean of the ratings."""
        number = sum(self.ratings.values())
        return sum(stars * count for stars, count in self.ratings.items()) / number if number else None


def standing(session: Session, now: datetime) -> Standing:
    """What is open now, late now, urgent now, and waits for a person now."""
    overdue = requests.c.due_at < now
    row = session.execute(
        select(func.count(), _sum(overdue), _sum(requests.c.priority == "urgent")).where(
            requests.c.status.in_(OPEN_STATUSES)
        )
    ).one()
    let_go = and_(review_items.c.state == "taken", review_items.c.taken_until <= now)
    waiting = session.scalar(select(func.count()).where(or_(review_items.c.state == "open", let_go)))
    return Standing(row[0], row[1] or 0, row[2] or 0, waiting or 0)


def figures(session: Session, period: Period, now: datetime) -> Figures:
    """Everything about a period, in some fifteen queries."""
    filed = period.holds(requests.c.created_at)
    steps = _changes(session, period)
    return Figures(
        filed=_number(session, filed),
        filed_before=_number(session, period.before.holds(requests.c.created_at)),
        resolved=steps.get(Status.RESOLVED, 0),
        hours=_by_hour(session, period),
        by_channel=_counts(session, requests.c.channel, filed),
        by_service=_counts(session, requests.c.service, filed),
        by_neighbourhood=_counts(session, requests.c.neighbourhood, filed, requests.c.neighbourhood.is_not(None)),
        by_unit=_by_unit(session, period, now),
        first_step=_spans(session, _first_steps(session, period)),
        first_answer=_spans(session, _first_answers(session, period)),
        to_resolve=_spans(session, _resolutions(session, period)),
        overdue=_overdue(session, period, now),
        alone=_alone(session, period),
        ratings=_ratings(session, period),
        reopened=Share(steps.get(Status.REOPENED, 0), steps.get(Status.RESOLVED, 0)),
        escalations=_counts(session, review_items.c.reason, period.holds(review_items.c.created_at)),
        failures=_counts(
            session,
            outbox.c.channel,
            outbox.c.state.in_([literal_column(f"'{OutboxState.FAILED}'")]),
            outbox.c.kind != OutboxKind.ALERT,
            period.holds(outbox.c.created_at),
        ),
    )


def _number(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalar(select(func.count()).select_from(requests).where(*conditions)) or 0


def _counts(session: Session, column: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Counts:
    """Values of the column with their numbers, the most frequent first."""
    number = func.count().label("number")
    query = select(column, number).where(*conditions).group_by(column).order_by(number.desc(), column)
    return [(str(row[0]), int(row[1])) for row in session.execute(query)]


def _changes(session: Session, period: Period) -> Mapping[str, int]:
    """How often requests came to each status in the period."""
    query = select(history.c.to_status, func.count()).where(history.c.action == "status", period.holds(history.c.at))
    return {row[0]: row[1] for row in session.execute(query.group_by(history.c.to_status))}


def _by_hour(session: Session, period: Period) -> Sequence[tuple[datetime, int, int]]:
    """(hour in UTC, filed, resolved): the reader's days are made of them."""
    hours: dict[str, list[int]] = {}
    for place, column in enumerate((requests.c.created_at, requests.c.resolved_at)):
        hour = _hour(session, column)
        query = select(hour, func.count()).where(period.holds(column)).group_by(hour)
        for text, number in session.execute(query):
            hours.setdefault(text, [0, 0])[place] = number
    return [
        (datetime.strptime(text, "%Y-%m-%d %H").replace(tzinfo=UTC), filed, resolved)
        for text, (filed, resolved) in sorted(hours.items())
    ]


def _by_unit(session: Session, period: Period, now: datetime) -> Sequence[UnitFigures]:
    """Filed and resolved in the period; open and overdue now."""
    is_open = requests.c.status.in_(OPEN_STATUSES)
    query = (
        select(
            requests.c.unit,
            _sum(period.holds(requests.c.created_at)),
            _sum(and_(requests.c.resolved_at.is_not(None), period.holds(requests.c.resolved_at))),
            _sum(is_open),
            _sum(and_(is_open, requests.c.due_at < now)),
        )
        .where(
            requests.c.unit.is_not(None),
            or_(period.holds(requests.c.created_at), period.holds(requests.c.resolved_at), is_open),
        )
        .group_by(requests.c.unit)
    )
    found = [UnitFigures(row[0], *(int(value or 0) for value in row[1:])) for row in session.execute(query)]
    return sorted(found, key=lambda unit: (-unit.open, unit.unit))


def _first_steps(session: Session, period: Period) -> Select[Any]:
    """Requests filed in the period: from filing to the first entry of the staff in the history."""
    first = (
        select(history.c.request_id, func.min(history.c.at).label("at"))
        .join(requests, requests.c.id == history.c.request_id)
        .where(history.c.actor.like("staff:%"), period.holds(requests.c.created_at))
        .group_by(history.c.request_id)
        .subquery()
    )
    seconds = _seconds(session, requests.c.created_at, first.c.at)
    return select(seconds.label("seconds")).join(first, first.c.request_id == requests.c.id)


def _first_answers(session: Session, period: Period) -> Select[Any]:
    """Review items of the period: from their opening to the first words of a person in the conversation."""
    answered = (
        select(func.min(messages.c.at))
        .where(
            messages.c.conversation_id == review_items.c.conversation_id,
            messages.c.author.like("staff:%"),
            messages.c.at >= review_items.c.created_at,
        )
        .correlate(review_items)
        .scalar_subquery()
    )
    items = select(review_items.c.created_at, answered.label("answered")).where(
        period.holds(review_items.c.created_at), review_items.c.conversation_id.is_not(None)
    )
    found = items.subquery()
    seconds = _seconds(session, found.c.created_at, found.c.answered)
    return select(seconds.label("seconds")).where(found.c.answered.is_not(None))


def _resolutions(session: Session, period: Period) -> Select[Any]:
    """Requests resolved in the period: from filing to the (last) resolution."""
    seconds = _seconds(session, requests.c.created_at, requests.c.resolved_at)
    return select(seconds.label("seconds")).where(period.holds(requests.c.resolved_at))


def _spans(session: Session, query: Select[Any]) -> Spans:
    """The values at half and at nine tenths of the ordered seconds."""
    found = query.subquery()
    ranked = select(
        found.c.seconds,
        func.row_number().over(order_by=found.c.seconds).label("place"),
        func.count().over().label("number"),
    ).subquery()
    row = session.execute(_picked(ranked)).first()
    if row is None or not row[0]:
        return Spans(0, None, None)
    return Spans(row[0], timedelta(seconds=round(row[1])), timedelta(seconds=round(row[2])))


def _picked(ranked: Subquery) -> Select[Any]:
    def at(numerator: int, denominator: int) -> ColumnElement[Any]:
        place = (ranked.c.number * numerator + denominator - 1) // denominator
        return func.max(case((ranked.c.place == place, ranked.c.seconds)))

    return select(func.max(ranked.c.number), at(1, 2), at(9, 10))


def _overdue(session: Session, period: Period, now: datetime) -> Share:
    """Of our requests whose time ended in the period (and by now), those that were not done by then."""
    late = or_(requests.c.closed_at.is_(None), requests.c.closed_at > requests.c.due_at)
    query = select(func.count(), _sum(late)).where(
        period.holds(requests.c.due_at), requests.c.due_at < now, requests.c.status.not_in(_NOT_OURS)
    )
    whole, part = session.execute(query).one()
    return Share(part or 0, whole)


def _alone(session: Session, period: Period) -> Share:
    """Of the conversations in which a citizen wrote in the period, those without a person's words and handover."""
    talks = (
        select(
            messages.c.conversation_id,
            _most(messages.c.direction == "in").label("asked"),
            _most(messages.c.author.like("staff:%")).label("answered"),
        )
        .where(period.holds(messages.c.at))
        .group_by(messages.c.conversation_id)
        .subquery()
    )
    handed = select(review_items.c.conversation_id).where(
        review_items.c.handover, review_items.c.conversation_id.is_not(None), period.holds(review_items.c.created_at)
    )
    without = and_(talks.c.answered == 0, talks.c.conversation_id.not_in(handed))
    whole, part = session.execute(select(func.count(), _sum(without)).where(talks.c.asked == 1)).one()
    return Share(part or 0, whole)


def _ratings(session: Session, period: Period) -> Mapping[int, int]:
    query = select(requests.c.rating, func.count()).where(
        requests.c.rating.is_not(None), period.holds(requests.c.resolved_at)
    )
    return {row[0]: row[1] for row in session.execute(query.group_by(requests.c.rating))}


def _sum(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=literal(0, Integer)))


def _most(condition: ColumnElement[bool]) -> ColumnElement[int]:
    """1 where it holds for any row of the group."""
    return func.max(case((condition, 1), else_=literal(0, Integer)))


def _seconds(session: Session, begin: ColumnElement[Any], end: ColumnElement[Any]) -> ColumnElement[Any]:
    if session.get_bind().dialect.name == "postgresql":
        return extract("epoch", end - begin)
    return (func.julianday(end) - func.julianday(begin)) * 86400.0


def _hour(session: Session, column: ColumnElement[Any]) -> ColumnElement[Any]:
    """The hour in UTC as '2026-11-23 14'."""
    if session.get_bind().dialect.name == "postgresql":
        return func.to_char(func.timezone("UTC", column), "YYYY-MM-DD HH24")
    return func.strftime("%Y-%m-%d %H", column)
