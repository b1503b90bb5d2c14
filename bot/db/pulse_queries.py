"""What the desk's poller asks each second: which review items are open, and what stands in watched conversations."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.desk_tables import internal_notes
from bot.db.queues import UNREAD
from bot.db.tables import conversations, inbox, messages, outbox, review_items

OPEN_STATES = ("open", "taken")
_MOST_ITEMS = 2000


@dataclass(frozen=True)
class Pulse:
    """`items`: of each open item what shows a change, and whether it is urgent; `conversations`: what stands there."""

    items: Mapping[int, tuple[int, int, datetime | None]]
    urgent: frozenset[int]
    conversations: Mapping[int, tuple[Any, ...]] = field(default_factory=dict)

    def news(self, before: Pulse) -> dict[str, Any] | None:
        """What the queue's pages are told; None where nothing changed."""
        if self.items == before.items:
            return None
        new = sorted(self.items.keys() - before.items.keys())
        return {"open": len(self.items), "new": new, "urgent": any(id_ in self.urgent for id_ in new)}

    def changed(self, before: Pulse, conversation_id: int) -> bool:
        return self.conversations.get(conversation_id) != before.conversations.get(conversation_id)


def pulse(session: Session, watched: Collection[int]) -> Pulse:
    """The present state; five small queries, whatever the number of browsers."""
    query = (
        select(
            review_items.c.id,
            review_items.c.version,
            review_items.c.count.label("posts"),
            review_items.c.urgent,
            review_items.c.conversation_id,
            conversations.c.last_in_at,
        )
        .outerjoin(conversations, conversations.c.id == review_items.c.conversation_id)
        .where(review_items.c.state.in_(OPEN_STATES))
        .order_by(review_items.c.id.desc())
        .limit(_MOST_ITEMS)
    )
    rows = session.execute(query).all()
    items = {row.id: (row.version, row.posts, row.last_in_at) for row in rows}
    urgent = frozenset(row.id for row in rows if row.urgent)
    if not watched:
        return Pulse(items, urgent)
    marks: dict[int, list[Any]] = {conversation_id: [] for conversation_id in watched}
    for row in rows:
        if row.conversation_id in marks:
            marks[row.conversation_id].append((row.id, row.version))
    for statement in _standing(watched):
        for mark in session.execute(statement):
            marks[mark[0]].append(tuple(mark[1:]))
    return Pulse(items, urgent, {key: tuple(values) for key, values in marks.items()})


def _standing(watched: Collection[int]) -> list[Any]:
    """Of each watched conversation: its mode, last line, what happened to what was sent, what came in, last note."""
    return [
        select(conversations.c.id, conversations.c.mode).where(conversations.c.id.in_(watched)),
        select(messages.c.conversation_id, func.max(messages.c.id), func.count())
        .where(messages.c.conversation_id.in_(watched))
        .group_by(messages.c.conversation_id),
        select(outbox.c.conversation_id, outbox.c.state, func.count())
        .where(outbox.c.conversation_id.in_(watched))
        .group_by(outbox.c.conversation_id, outbox.c.state)
        .order_by(outbox.c.conversation_id, outbox.c.state),
        select(inbox.c.conversation_id, func.count())
        .where(inbox.c.conversation_id.in_(watched), UNREAD)
        .group_by(inbox.c.conversation_id),
        select(internal_notes.c.conversation_id, func.max(internal_notes.c.id))
        .where(internal_notes.c.conversation_id.in_(watched))
        .group_by(internal_notes.c.conversation_id),
    ]
