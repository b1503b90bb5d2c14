"""What the web chat reads of a conversation, and the mark that a browser has seen a message.

A message to the citizen is visible once delivery handed it over (`waiting`) or the browser acknowledged it (`sent`):
what is held back by quiet hours, or was withdrawn, is not shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, Row, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from bot.db.queues import UNREAD
from bot.db.tables import conversations, inbox, messages, outbox
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import Button, OutboxState

CHANNEL = "web"
Transactions = Callable[[], AbstractContextManager[SqlUnitOfWork]]
_VISIBLE = (OutboxState.WAITING, OutboxState.SENT)
_SEEN_AGAIN = timedelta(hours=1)
_CHUNK = 500


@dataclass(frozen=True)
class ChatLine:
    """One line of a thread. `id` is None while a citizen's message waits for its turn; `client_id` is the browser's.

    `author` is citizen, bot, staff or system (which person of the staff wrote is not told); `unseen` lines are to be
    acknowledged.
    """

    thread: str
    id: int | None
    author: str
    text: str
    at: datetime
    kind: str
    client_id: str | None = None
    buttons: tuple[Button, ...] = ()
    wants_location: bool = False
    files: tuple[str, ...] = ()
    unseen: bool = False


def thread_lines(session: Session, thread: str, after: int, now: datetime, limit: int = 100) -> list[ChatLine]:
    """The newest lines with an id over `after`, in the order of reading.

    Those that became visible late (held back until the morning) or were acknowledged a short while ago come again:
    the browser knows them by their id.
    """
    recent = or_(messages.c.id > after, outbox.c.state == OutboxState.WAITING, outbox.c.sent_at >= now - _SEEN_AGAIN)
    query = _lines().where(conversations.c.channel == CHANNEL, conversations.c.thread == thread, recent)
    query = query.where(or_(messages.c.direction == "in", outbox.c.state.in_(_VISIBLE)))
    stored = [_line(row) for row in session.execute(query.order_by(messages.c.id.desc()).limit(limit))]
    lines = stored + _not_yet_handled(session, thread)
    return sorted(lines, key=lambda line: (line.at, line.id or 0))


def newly_visible(session: Session, threads: Sequence[str]) -> list[ChatLine]:
    """All lines of these threads that delivery handed over and no browser has acknowledged, oldest first."""
    found: list[ChatLine] = []
    for start in range(0, len(threads), _CHUNK):
        query = _lines().where(
            conversations.c.channel == CHANNEL,
            conversations.c.thread.in_(threads[start : start + _CHUNK]),
            outbox.c.conversation_id == conversations.c.id,
            outbox.c.state == OutboxState.WAITING,
        )
        found += [_line(row) for row in session.execute(query.order_by(messages.c.id))]
    return found


def newly_said(session: Session, after: int) -> list[ChatLine]:
    """What citizens wrote in web chats since the message `after`, for their other open windows."""
    query = _lines().where(messages.c.id > after, messages.c.direction == "in", conversations.c.channel == CHANNEL)
    return [_line(row) for row in session.execute(query.order_by(messages.c.id).limit(1000))]


def last_message(session: Session) -> int:
    """The highest id of a message; 0 where there is none."""
    return session.scalars(select(messages.c.id).order_by(messages.c.id.desc()).limit(1)).first() or 0


def acknowledge(session: Session, thread: str, message_ids: Iterable[int], now: datetime) -> int:
    """The browser has these messages: their outbox rows become 'sent'. The number of rows that changed."""
    shown = (
        select(messages.c.outbox_id)
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .where(
            conversations.c.channel == CHANNEL,
            conversations.c.thread == thread,
            messages.c.id.in_(list(message_ids)),
            messages.c.outbox_id.is_not(None),
        )
    )
    change = (
        update(outbox)
        .where(outbox.c.id.in_(shown), outbox.c.state == OutboxState.WAITING)
        .values(state=OutboxState.SENT, sent_at=now)
        .execution_options(synchronize_session=False)
    )
    result = session.execute(change)
    assert isinstance(result, CursorResult)
    return result.rowcount


def offered_button(session: Session, thread: str, payload: str) -> Button | None:
    """The button with this payload that the conversation's citizen was shown; None where there was none."""
    query = (
        select(outbox.c.body)
        .join(conversations, conversations.c.id == outbox.c.conversation_id)
        .where(conversations.c.channel == CHANNEL, conversations.c.thread == thread, outbox.c.state.in_(_VISIBLE))
        .order_by(outbox.c.id.desc())
        .limit(100)
    )
    offered = (button for body in session.scalars(query) for button in _buttons(body))
    return next((button for button in offered if button.payload == payload), None)


def _lines() -> Select[Any]:
    return (
        select(
            conversations.c.thread,
            messages.c.id,
            messages.c.author,
            messages.c.text,
            messages.c.at,
            messages.c.kind,
            messages.c.extra,
            outbox.c.body,
            outbox.c.state,
            outbox.c.not_before,
            inbox.c.event_id,
        )
        .join(conversations, conversations.c.id == messages.c.conversation_id)
        .outerjoin(outbox, outbox.c.id == messages.c.outbox_id)
        .outerjoin(inbox, inbox.c.id == messages.c.inbox_id)
    )


def _line(row: Row[Any]) -> ChatLine:
    return ChatLine(
        thread=row.thread,
        id=row.id,
        author=row.author.split(":")[0],
        text=row.text or "",
        at=max(row.at, row.not_before) if row.not_before else row.at,
        kind=row.kind,
        client_id=_client_id(row.event_id),
        buttons=_buttons(row.body),
        wants_location=bool((row.body or {}).get("wants_location")),
        files=_names(row.extra.get("files")),
        unseen=row.state == OutboxState.WAITING,
    )


def _not_yet_handled(session: Session, thread: str) -> list[ChatLine]:
    query = (
        select(inbox.c.event_id, inbox.c.payload, inbox.c.kind, inbox.c.received_at)
        .join(conversations, and_(conversations.c.id == inbox.c.conversation_id, conversations.c.channel == CHANNEL))
        .where(conversations.c.thread == thread, UNREAD)
        .order_by(inbox.c.sequence)
    )
    return [
        ChatLine(
            thread=thread,
            id=None,
            author="citizen",
            text=row.payload.get("text") or "",
            at=row.received_at,
            kind=row.kind,
            client_id=_client_id(row.event_id),
            files=_names(row.payload.get("files")),
        )
        for row in session.execute(query)
    ]


def _client_id(event_id: str | None) -> str | None:
    return event_id.rpartition(":")[2] if event_id else None


def _buttons(body: dict[str, Any] | None) -> tuple[Button, ...]:
    return tuple(Button(button["label"], button["payload"]) for button in (body or {}).get("buttons", ()))


def _names(files: list[dict[str, Any]] | None) -> tuple[str, ...]:
    return tuple(str(file.get("name") or "") for file in files or ())
