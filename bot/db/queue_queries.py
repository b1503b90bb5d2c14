"""What the queue shows: review items in the order of urgency, filtered, searched and paged, without a query a row."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import Session

from bot.db.searching import holds
from bot.db.tables import citizens, conversations, messages, outbox, requests, review_items
from bot.domain.messages import OutboxState

PAGE = 40
STATES = ("open", "free", "mine", "closed", "all")
_OPEN = ("open", "taken")
_NUMBER = re.compile(r"[A-Za-z]{2,6}-\d{4}-\d{6}")


@dataclass(frozen=True)
class QueueFilter:
    """What is looked for; `state` is one of STATES, `mine` the username for which 'mine' holds."""

    state: str = "open"
    reason: str | None = None
    channel: str | None = None
    urgent: bool = False
    query: str = ""
    page: int = 1
    mine: str = ""


@dataclass(frozen=True)
class QueueRow:
    """One item as the queue shows it. `draft` is the public answer that waits for approval; `answered_at`: by staff."""

    id: int
    reason: str
    urgent: bool
    handover: bool
    state: str
    summary: str
    posts: int
    created_at: datetime
    due_at: datetime | None
    closed_at: datetime | None
    closed_reason: str | None
    taken_by: str | None
    taken_until: datetime | None
    conversation_id: int | None
    channel: str | None
    public: bool
    last_in_at: datetime | None
    name: str | None
    tracking_no: str | None
    service: str | None
    draft: str | None
    answered_at: datetime | None = None

    def holder(self, now: datetime) -> str | None:
        return self.taken_by if self.taken_until is not None and self.taken_until > now else None

    @property
    def waits_for_us(self) -> bool:
        """False where staff answered and the citizen has not written since."""
        return self.answered_at is None or (self.last_in_at is not None and self.last_in_at > self.answered_at)


@dataclass(frozen=True)
class FoundTalk:
    """A conversation that a search found, in the queue or not."""

    id: int
    channel: str
    name: str | None
    last_in_at: datetime | None


@dataclass(frozen=True)
class Queue:
    rows: Sequence[QueueRow]
    total: int


def queue(session: Session, wanted: QueueFilter, now: datetime) -> Queue:
    """A page of the queue: urgent first, then by the time until which somebody should have looked."""
    conditions = _conditions(wanted, now)
    # The number of all comes with the rows: a search reads many words, and would read them twice.
    query = _joined(select(*_columns(), func.count().over().label("total"))).where(*conditions)
    if wanted.state == "closed":
        query = query.order_by(review_items.c.closed_at.desc(), review_items.c.id.desc())
    else:
        due = func.coalesce(review_items.c.due_at, review_items.c.created_at)
        query = query.order_by(review_items.c.urgent.desc(), due, review_items.c.id)
    rows = session.execute(query.limit(PAGE).offset(PAGE * (wanted.page - 1))).all()
    if rows:
        total = rows[0].total
    elif wanted.page > 1:
        total = session.scalar(_joined(select(func.count())).where(*conditions)) or 0
    else:
        total = 0
    answered = _answered(session, [row.conversation_id for row in rows if row.conversation_id])
    return Queue([_row(row, answered) for row in rows], total)


def one_row(session: Session, item_id: int) -> QueueRow | None:
    """A single item as the queue shows it."""
    row = session.execute(_joined(select(*_columns())).where(review_items.c.id == item_id)).first()
    return _row(row, {}) if row is not None else None


def open_counts(session: Session) -> dict[str, int]:
    """How many open items there are for each reason."""
    query = (
        select(review_items.c.reason, func.count())
        .where(review_items.c.state.in_(_OPEN))
        .group_by(review_items.c.reason)
        .order_by(func.count().desc())
    )
    return {reason: number for reason, number in session.execute(query)}


def open_channels(session: Session) -> list[str]:
    """The channels of open items."""
    query = (
        select(conversations.c.channel)
        .join(review_items, review_items.c.conversation_id == conversations.c.id)
        .where(review_items.c.state.in_(_OPEN))
        .distinct()
    )
    return sorted(session.scalars(query))


def found_talks(session: Session, query: str, limit: int = 12) -> list[FoundTalk]:
    """Conversations whose citizen, words or requests hold the query, the last active first."""
    ids: set[int] = set()
    for statement in _talks_that_hold(query):
        ids |= {found for found in session.scalars(statement.limit(limit * 4)) if found is not None}
    shown = (
        select(conversations.c.id, conversations.c.channel, citizens.c.display_name, conversations.c.last_in_at)
        .join(citizens, citizens.c.id == conversations.c.citizen_id)
        .where(conversations.c.id.in_(sorted(ids)))
        .order_by(conversations.c.last_in_at.desc(), conversations.c.id.desc())
        .limit(limit)
    )
    return [FoundTalk(*row) for row in session.execute(shown)]


def _talks_that_hold(query: str) -> list[Select[Any]]:
    """Where conversations are looked for; a whole tracking number is looked up, not searched."""
    if _NUMBER.fullmatch(query.strip()):
        return [select(requests.c.conversation_id).where(requests.c.tracking_no == query.strip().upper())]
    return [
        select(messages.c.conversation_id).where(holds(messages.c.folded, query)).order_by(messages.c.id.desc()),
        select(requests.c.conversation_id).where(holds(requests.c.folded, query)).order_by(requests.c.id.desc()),
        select(conversations.c.id)
        .join(citizens, citizens.c.id == conversations.c.citizen_id)
        .where(holds(citizens.c.folded, query))
        .order_by(conversations.c.id.desc()),
    ]


def _columns() -> list[Any]:
    names = (
        "id", "reason", "urgent", "handover", "state", "summary", "created_at", "due_at", "closed_at", "closed_reason",
        "taken_by", "taken_until", "conversation_id",
    )  # fmt: skip
    return [
        *(review_items.c[name] for name in names),
        review_items.c.count.label("posts"),
        conversations.c.channel,
        conversations.c.public,
        conversations.c.last_in_at,
        citizens.c.display_name,
        requests.c.tracking_no,
        requests.c.service,
        outbox.c.body,
        outbox.c.state.label("draft_state"),
    ]


def _joined(query: Select[Any]) -> Select[Any]:
    return (
        query.select_from(review_items)
        .outerjoin(conversations, conversations.c.id == review_items.c.conversation_id)
        .outerjoin(citizens, citizens.c.id == conversations.c.citizen_id)
        .outerjoin(requests, requests.c.id == review_items.c.request_id)
        .outerjoin(outbox, outbox.c.id == review_items.c.outbox_id)
    )


def _conditions(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    held = and_(review_items.c.taken_by.is_not(None), review_items.c.taken_until > now)
    states: dict[str, list[ColumnElement[bool]]] = {
        "open": [review_items.c.state.in_(_OPEN)],
        "free": [review_items.c.state.in_(_OPEN), ~and_(review_items.c.state == "taken", held)],
        "mine": [review_items.c.state == "taken", held, review_items.c.taken_by == wanted.mine],
        "closed": [review_items.c.state == "closed"],
        "all": [],
    }
    conditions = states[wanted.state]
    if wanted.reason:
        conditions.append(review_items.c.reason == wanted.reason)
    if wanted.channel:
        conditions.append(conversations.c.channel == wanted.channel)
    if wanted.urgent:
        conditions.append(review_items.c.urgent)
    if wanted.query.strip():
        conditions.append(_holds(wanted))
    return conditions


def _holds(wanted: QueueFilter) -> ColumnElement[bool]:
    """The citizen, one of their requests, or a message of the conversation holds every word of the query.

    Where only open items are looked for, the words of their conversations alone are read.
    """
    query = wanted.query
    said = select(messages.c.conversation_id).where(holds(messages.c.folded, query))
    filed = select(requests.c.citizen_id).where(holds(requests.c.folded, query), requests.c.citizen_id.is_not(None))
    if wanted.state in ("open", "free", "mine"):
        listed = review_items.alias()
        talk = conversations.alias()
        ids = select(listed.c.conversation_id).where(listed.c.state.in_(_OPEN))
        said = said.where(messages.c.conversation_id.in_(ids))
        filed = filed.where(requests.c.citizen_id.in_(select(talk.c.citizen_id).where(talk.c.id.in_(ids))))
    return or_(
        holds(citizens.c.folded, query),
        holds(requests.c.folded, query),
        review_items.c.conversation_id.in_(said),
        conversations.c.citizen_id.in_(filed),
    )


def _answered(session: Session, conversation_ids: Sequence[int]) -> dict[int, datetime]:
    """When staff last wrote in each conversation (what was withdrawn is out of the thread)."""
    if not conversation_ids:
        return {}
    query = (
        select(messages.c.conversation_id, func.max(messages.c.at))
        .where(messages.c.conversation_id.in_(conversation_ids), messages.c.author.like("staff:%"))
        .group_by(messages.c.conversation_id)
    )
    return {conversation_id: at for conversation_id, at in session.execute(query)}


def _row(row: Row[Any], answered: dict[int, datetime]) -> QueueRow:
    held = row.draft_state == OutboxState.HELD
    return QueueRow(
        id=row.id,
        reason=row.reason,
        urgent=row.urgent,
        handover=row.handover,
        state=row.state,
        summary=row.summary,
        posts=row.posts,
        created_at=row.created_at,
        due_at=row.due_at,
        closed_at=row.closed_at,
        closed_reason=row.closed_reason,
        taken_by=row.taken_by if row.state == "taken" else None,
        taken_until=row.taken_until,
        conversation_id=row.conversation_id,
        channel=row.channel,
        public=bool(row.public),
        last_in_at=row.last_in_at,
        name=row.display_name,
        tracking_no=row.tracking_no,
        service=row.service,
        draft=str(row.body["text"]) if held else None,
        answered_at=answered.get(row.conversation_id) if row.conversation_id else None,
    )
