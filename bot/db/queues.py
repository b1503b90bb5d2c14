"""Inbox and outbox.

The indexes over what waits are partial. A database uses one only for a query that holds the same condition with the
states written out, not as parameters: `_waiting` adds it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, bindparam, literal_column, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.db.statements import insert_ignoring
from bot.db.tables import conversations, inbox, outbox
from bot.domain.messages import InboxRow, InboxState, OutboxKind, OutboxRow, OutboxState
from bot.ports import Waiting

_IN = (InboxState.FETCHING, InboxState.READY)
_OUT = (OutboxState.PENDING, OutboxState.SENDING)


def _waiting(state: ColumnElement[str], states: Sequence[str]) -> ColumnElement[bool]:
    return state.in_([literal_column(f"'{value}'") for value in states])


UNREAD = _waiting(inbox.c.state, _IN)
"""Of the inbox: no turn has taken it."""
UNSENT = _waiting(outbox.c.state, _OUT)
"""Of the outbox: not sent and not given up."""


def _rows_of_next() -> Select[tuple[InboxRow]]:
    """What waits of the conversation that is due first, of a `shard` of `shards` and none of `skip`."""
    due, fetching = aliased(inbox), aliased(inbox)
    blocked = (
        select(fetching.c.id)
        .where(
            fetching.c.conversation_id == due.c.conversation_id,
            _waiting(fetching.c.state, _IN),
            fetching.c.state == InboxState.FETCHING,
            fetching.c.sequence <= due.c.sequence,
        )
        .exists()
    )
    first = (
        select(due.c.conversation_id)
        .where(
            _waiting(due.c.state, _IN),
            due.c.state == InboxState.READY,
            due.c.ready_at <= bindparam("now"),
            due.c.conversation_id % bindparam("shards") == bindparam("shard"),
            due.c.conversation_id.not_in(bindparam("skip", expanding=True)),
            ~blocked,
        )
        .order_by(due.c.ready_at, due.c.id)
        .limit(1)
        .scalar_subquery()
    )
    rows = select(InboxRow).where(inbox.c.conversation_id == first, _waiting(inbox.c.state, _IN))
    return rows.order_by(inbox.c.sequence, inbox.c.id)


_NEXT = _rows_of_next()
"""Made once: it is asked before every turn, and to build it took longer than to run it."""


def _in_public() -> ColumnElement[bool]:
    """The row goes to a public thread."""
    thread = select(conversations.c.id).where(conversations.c.id == outbox.c.conversation_id, conversations.c.public)
    return thread.exists()


class SqlInbox:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: InboxRow) -> bool:
        values = {name: value for name, value in asdict(row).items() if name != "id"}
        row.id = insert_ignoring(self._session, inbox, values)
        return row.id is not None

    def next(
        self, now: datetime, skip: frozenset[int] = frozenset(), shard: tuple[int, int] = (0, 1)
    ) -> Waiting | None:
        skipped = list(skip) or [0]  # no conversation has it: NOT IN () would become a subquery
        asked = {"now": now, "skip": skipped, "shard": shard[0], "shards": shard[1]}
        rows: list[InboxRow] = []
        for row in self._session.scalars(_NEXT, asked):
            if row.state == InboxState.FETCHING:
                break
            rows.append(row)
        return Waiting(rows[0].conversation_id, tuple(rows), max(row.ready_at for row in rows)) if rows else None

    def pending_of(self, conversation_id: int) -> Sequence[InboxRow]:
        query = (
            select(InboxRow)
            .where(inbox.c.conversation_id == conversation_id, _waiting(inbox.c.state, _IN))
            .order_by(inbox.c.sequence, inbox.c.id)
        )
        return self._session.scalars(query).all()

    def by_event(self, channel: str, event_id: str) -> InboxRow | None:
        query = select(InboxRow).where(inbox.c.channel == channel, inbox.c.event_id == event_id)
        return self._session.scalars(query).first()

    def get(self, inbox_id: int) -> InboxRow | None:
        return self._session.get(InboxRow, inbox_id)

    def to_fetch(self, now: datetime, limit: int = 10) -> Sequence[InboxRow]:
        query = (
            select(InboxRow)
            .where(_waiting(inbox.c.state, _IN), inbox.c.state == InboxState.FETCHING, inbox.c.ready_at <= now)
            .order_by(inbox.c.ready_at)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()


class SqlOutbox:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, row: OutboxRow) -> bool:
        values = {name: value for name, value in asdict(row).items() if name != "id"}
        row.id = insert_ignoring(self._session, outbox, values)
        return row.id is not None

    def get(self, outbox_id: int, lock: bool = False) -> OutboxRow | None:
        query = select(OutboxRow).where(outbox.c.id == outbox_id)
        if lock:
            query = query.with_for_update().execution_options(populate_existing=True)
        return self._session.scalars(query).first()

    def withdraw(self, conversation_id: int, kinds: Sequence[str], beginnings: Sequence[str] = ()) -> int:
        unsent = [
            outbox.c.conversation_id == conversation_id,
            outbox.c.state == OutboxState.PENDING,
            outbox.c.kind.in_(kinds),
        ]
        if beginnings:
            unsent.append(or_(*(outbox.c.key.startswith(beginning, autoescape=True) for beginning in beginnings)))
        gone = update(outbox).where(*unsent).values(state=OutboxState.WITHDRAWN)
        return int(self._session.execute(gone).rowcount)  # type: ignore[attr-defined]  # CursorResult of an UPDATE

    def claim(
        self, now: datetime, lease_seconds: float, limit: int, channels: Sequence[str], public: bool = True
    ) -> Sequence[OutboxRow]:
        other = aliased(outbox)
        waits_behind = (
            select(other.c.id)
            .where(
                other.c.conversation_id == outbox.c.conversation_id,
                _waiting(other.c.state, _OUT),
                or_(
                    other.c.state == OutboxState.SENDING,
                    # written before; what quiet hours hold lets later ones pass, what staff may still undo doesn't
                    (other.c.id < outbox.c.id) & or_(other.c.not_before <= now, other.c.kind == OutboxKind.STAFF_REPLY),
                ),
            )
            .exists()
        )
        heads = (
            select(outbox.c.id)
            .where(
                _waiting(outbox.c.state, _OUT),
                outbox.c.state == OutboxState.PENDING,
                outbox.c.not_before <= now,
                or_(outbox.c.retry_at.is_(None), outbox.c.retry_at <= now),
                outbox.c.channel.in_(channels),
                ~waits_behind,
            )
            .order_by(outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        if not public:
            heads = heads.where(~_in_public())
        ids = self._session.scalars(heads).all()
        if not ids:
            return []
        self._session.execute(
            update(outbox)
            .where(outbox.c.id.in_(ids))
            .values(
                state=OutboxState.SENDING,
                claimed_until=now + timedelta(seconds=lease_seconds),
                attempts=outbox.c.attempts + 1,
            )
        )
        query = select(OutboxRow).where(outbox.c.id.in_(ids)).order_by(outbox.c.id)
        return self._session.scalars(query.execution_options(populate_existing=True)).all()

    def abandoned(self, now: datetime, limit: int = 100) -> Sequence[OutboxRow]:
        query = (
            select(OutboxRow)
            .where(_waiting(outbox.c.state, _OUT), outbox.c.state == OutboxState.SENDING, outbox.c.claimed_until <= now)
            .order_by(outbox.c.channel, outbox.c.id)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()

    def unfetched(self, before: datetime, limit: int = 100) -> Sequence[OutboxRow]:
        query = (
            select(OutboxRow)
            .where(_waiting(outbox.c.state, [OutboxState.WAITING]), outbox.c.not_before <= before)
            .order_by(outbox.c.not_before)
            .limit(limit)
            .with_for_update(skip_locked=True)
        )
        return self._session.scalars(query).all()
