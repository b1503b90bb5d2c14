"""What the desk's conversation page reads: the thread with what became of each line, files, notes, similar requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func, or_, select
from sqlalchemy.orm import Session

from bot.db.desk_tables import internal_notes
from bot.db.queues import UNREAD
from bot.db.tables import attachments, conversations, followers, inbox, messages, outbox, requests, review_items
from bot.domain.messages import OutboxState
from bot.domain.requests import Place, Request, Status
from bot.domain.workflow import OPEN

SHOWN, SHOWN_OLD = 200, 5000
"""Lines of a thread that are read at first, and where the older ones are asked for."""
_UNSAID = (OutboxState.HELD, OutboxState.WITHDRAWN)


@dataclass(frozen=True)
class ThreadFile:
    """A file of a line. `id` is the attachment's, None where it isn't kept (any more); `free`: of no request yet."""

    id: int | None
    name: str
    kind: str
    mime: str
    free: bool = False


@dataclass(frozen=True)
class ThreadLine:
    """One line as it was said. `state` is the outbox row's, None for what came in; `leaves_at`: not before then."""

    id: int | None
    direction: str
    author: str
    kind: str
    text: str
    at: datetime
    files: tuple[ThreadFile, ...] = ()
    position: tuple[float, float] | None = None
    edits: bool = False
    buttons: tuple[str, ...] = ()
    outbox_id: int | None = None
    state: str | None = None
    leaves_at: datetime | None = None
    error: str | None = None
    waits: bool = False


@dataclass(frozen=True)
class NoteLine:
    author: str
    text: str
    at: datetime


@dataclass(frozen=True)
class OtherTalk:
    """Another conversation of the same citizen; `holder` works on it now."""

    id: int
    channel: str
    public: bool
    last_in_at: datetime | None
    holder: str | None = None


def thread_of(session: Session, conversation_id: int, limit: int = SHOWN) -> list[ThreadLine]:
    """The newest lines in the order of reading, then what came in and waits for its turn."""
    query = (
        select(
            messages,
            outbox.c.state.label("sent_state"),
            outbox.c.not_before,
            outbox.c.error,
        )
        .outerjoin(outbox, outbox.c.id == messages.c.outbox_id)
        .where(messages.c.conversation_id == conversation_id)
        .where(or_(outbox.c.state.is_(None), outbox.c.state.not_in(_UNSAID)))
        .order_by(messages.c.id.desc())
        .limit(limit)
    )
    kept = files_of(session, conversation_id)
    lines = [_line(row, kept) for row in reversed(session.execute(query).all())]
    return lines + _waiting(session, conversation_id)


def said(session: Session, conversation_id: int, message_id: int) -> str | None:
    """The words of a citizen's message of this conversation; None where there is no such message."""
    query = select(messages.c.text).where(
        messages.c.id == message_id, messages.c.conversation_id == conversation_id, messages.c.direction == "in"
    )
    return session.scalar(query)


def files_of(session: Session, conversation_id: int) -> dict[str, ThreadFile]:
    """The conversation's files by their content hash."""
    query = select(attachments).where(attachments.c.conversation_id == conversation_id)
    return {
        row.sha256: ThreadFile(row.id, row.name, row.kind, row.mime, row.request_id is None)
        for row in session.execute(query)
    }


def notes_of(session: Session, conversation_id: int) -> list[NoteLine]:
    """The team's notes, oldest first; erased ones are left out."""
    query = (
        select(internal_notes)
        .where(internal_notes.c.conversation_id == conversation_id, internal_notes.c.text.is_not(None))
        .order_by(internal_notes.c.id)
    )
    return [NoteLine(row.author.removeprefix("staff:"), row.text, row.at) for row in session.execute(query)]


def similar_open(session: Session, service: str, place: Place, but: Sequence[int], limit: int = 5) -> list[Request]:
    """Open requests of the service in the same neighbourhood (anywhere where none is known), newest first."""
    query = (
        select(Request)
        .where(requests.c.service == service, requests.c.status.in_([*OPEN, Status.FORWARDED]))
        .where(requests.c.id.not_in(list(but)))
        .order_by(requests.c.created_at.desc())
        .limit(limit)
    )
    if place.neighbourhood:
        query = query.where(requests.c.neighbourhood == place.neighbourhood)
    return list(session.scalars(query))


def follower_counts(session: Session, request_ids: Sequence[int]) -> dict[int, int]:
    """How many citizens follow each request."""
    query = select(followers.c.request_id).where(followers.c.request_id.in_(list(request_ids)))
    counts: dict[int, int] = {}
    for request_id in session.scalars(query):
        counts[request_id] = counts.get(request_id, 0) + 1
    return counts


def other_talks(session: Session, citizen_id: int, but: int, now: datetime) -> list[OtherTalk]:
    """The citizen's other conversations, the last active first, with who has them."""
    holder = (
        select(func.max(review_items.c.taken_by))
        .where(review_items.c.conversation_id == conversations.c.id, review_items.c.state == "taken")
        .where(review_items.c.taken_until > now)
        .correlate(conversations)
        .scalar_subquery()
    )
    query = (
        select(conversations.c.id, conversations.c.channel, conversations.c.public, conversations.c.last_in_at, holder)
        .where(conversations.c.citizen_id == citizen_id, conversations.c.id != but)
        .order_by(conversations.c.last_in_at.desc())
        .limit(10)
    )
    return [OtherTalk(*row) for row in session.execute(query)]


def open_item_of(session: Session, conversation_id: int) -> int | None:
    """The open review item with which the conversation is worked on: the urgent and oldest one."""
    query = (
        select(review_items.c.id)
        .where(review_items.c.conversation_id == conversation_id, review_items.c.state != "closed")
        .order_by(review_items.c.urgent.desc(), review_items.c.id)
        .limit(1)
    )
    return session.scalar(query)


def _waiting(session: Session, conversation_id: int) -> list[ThreadLine]:
    query = (
        select(inbox.c.payload, inbox.c.kind, inbox.c.received_at)
        .where(inbox.c.conversation_id == conversation_id, UNREAD)
        .order_by(inbox.c.sequence)
    )
    return [
        ThreadLine(None, "in", "citizen", row.kind, row.payload.get("text") or "", row.received_at, waits=True)
        for row in session.execute(query)
    ]


def _line(row: Row[Any], kept: Mapping[str, ThreadFile]) -> ThreadLine:
    position = row.extra.get("position")
    return ThreadLine(
        id=row.id,
        direction=row.direction,
        author=row.author,
        kind=row.kind,
        text=row.text or "",
        at=row.at,
        files=tuple(_file(file, kept) for file in row.extra.get("files") or ()),
        position=(position[0], position[1]) if position else None,
        edits=bool(row.extra.get("edits")),
        buttons=tuple(row.extra.get("buttons") or ()),
        outbox_id=row.outbox_id,
        state=row.sent_state,
        leaves_at=row.not_before,
        error=row.error,
    )


def _file(file: Mapping[str, Any], kept: Mapping[str, ThreadFile]) -> ThreadFile:
    found = kept.get(str(file.get("sha256")))
    return found or ThreadFile(None, str(file.get("name") or ""), str(file.get("kind") or ""), "")
