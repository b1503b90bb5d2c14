"""Law 1: an event of a channel is committed to the inbox before anything is acknowledged."""

from __future__ import annotations

import unicodedata
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from bot.domain.messages import EventKind, FileRef, InboxRow, InboxState, IncomingEvent
from bot.ports import Clock, UnitOfWork, UnitOfWorkFactory

MAX_TEXT = 20_000
_AT_ONCE = frozenset({EventKind.BUTTON, EventKind.COMMAND, EventKind.STICKER, EventKind.TIMER})


def clean(text: str) -> str:
    """What a database and a screen can hold: no null bytes, no control or direction characters, a bounded length."""
    spaced = (" " if unicodedata.category(c) == "Zs" else c for c in text[: MAX_TEXT * 2])
    return "".join(c for c in spaced if c in "\n\t" or (c.isprintable() and c not in _INVISIBLE))[:MAX_TEXT]


_INVISIBLE = frozenset(
    "\u200b\u200c\u200d\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


def payload_of(event: IncomingEvent) -> dict[str, Any]:
    """The event as JSON; the conversation's row has its address."""
    data = asdict(event)
    data["occurred_at"] = event.occurred_at.isoformat()
    data["text"] = clean(event.text)
    data["display_name"] = clean(event.display_name or "")[:200] or None
    del data["address"]
    return data


def event_of(row: InboxRow) -> IncomingEvent:
    """The event that was stored."""
    data = dict(row.payload)
    data["occurred_at"] = datetime.fromisoformat(data["occurred_at"])
    data["kind"] = EventKind(data["kind"])
    data["files"] = tuple(FileRef(**file) for file in data["files"])
    return IncomingEvent(**data)


class Receiver:
    """Stores events; `gather_seconds` is how long a fragment waits for the next one."""

    def __init__(self, uows: UnitOfWorkFactory, clock: Clock, gather_seconds: float) -> None:
        self._uows = uows
        self._clock = clock
        self._gather = timedelta(seconds=gather_seconds)

    def receive(self, *events: IncomingEvent, cursor: tuple[str, str] | None = None) -> int:
        """Commit the events (and a channel's reading position, (name, value)); how many of them were new."""
        with self._uows() as uow:
            new = sum(self.store(uow, event) for event in events)
            if cursor is not None:
                uow.leases.set_value(*cursor)
            uow.commit()
        return new

    def store(self, uow: UnitOfWork, event: IncomingEvent) -> bool:
        """Store one event in the caller's transaction; False for a repeat."""
        now = self._clock.now()
        conversation = uow.conversations.of_event(event, now)
        assert conversation.id is not None
        fetch = any(file.remote and not file.sha256 for file in event.files)
        row = InboxRow(
            channel=event.channel,
            event_id=event.event_id,
            conversation_id=conversation.id,
            sequence=event.sequence,
            kind=event.kind,
            payload=payload_of(event),
            state=InboxState.IGNORED if not event.for_us else InboxState.FETCHING if fetch else InboxState.READY,
            received_at=now,
            ready_at=now if fetch or event.kind in _AT_ONCE else now + self._gather,
        )
        if not uow.inbox.add(row):
            return False
        self._gather_with(uow, row, fetch, now)
        return True

    def _gather_with(self, uow: UnitOfWork, row: InboxRow, fetch: bool, now: datetime) -> None:
        """What waits in the conversation waits on with the new fragment, or goes with what doesn't wait."""
        for waiting in uow.inbox.pending_of(row.conversation_id):
            gathers = waiting.kind in (EventKind.TEXT, EventKind.PHOTO) and waiting.state == InboxState.READY
            if waiting.id != row.id and gathers and waiting.ready_at > now and not waiting.attempts:
                waiting.ready_at = now + self._gather if fetch else row.ready_at
