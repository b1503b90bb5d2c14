"""Posts and messages → inbox, with the reading position in the same transaction (law 1). Blocks: runs in a thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Protocol

from bot.channels.x.parsing import MENTION, deleted
from bot.domain.messages import EventKind, IncomingEvent
from bot.errors import HizmetError
from bot.ports import UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)


class Receiving(Protocol):
    """What is needed of service.receiving.Receiver."""

    def store(self, uow: UnitOfWork, event: IncomingEvent) -> bool:
        """Store in the caller's transaction; False for a repeat."""
        ...


class XIntake:
    def __init__(self, receiver: Receiving, uows: UnitOfWorkFactory) -> None:
        self._receiver, self._uows = receiver, uows

    def accept(self, events: Sequence[IncomingEvent], cursor: tuple[str, str] | None = None) -> int:
        """Commit all, oldest first, and the position; how many were new. Raises DatabaseAway: nothing is stored then.

        What cannot be stored as it is, is stored as unreadable: it neither stops those behind it nor gets lost.
        """
        ordered = sorted(events, key=lambda event: event.sequence)
        try:
            return self._commit(ordered, cursor)
        except HizmetError:
            raise
        except Exception as error:  # whatever it is, the next look would bring it again, and for ever
            log.error("x: %s while storing %d events; storing them singly", type(error).__name__, len(ordered))
        new = sum(self._commit_singly(event) for event in ordered)
        self._commit([], cursor)
        return new

    def position(self, name: str) -> str | None:
        """The reading position that was kept."""
        with self._uows() as uow:
            return uow.leases.value(name)

    def take_back(self, post_ids: Sequence[str], now: datetime) -> int:
        """Posts that their authors deleted: an event in their threads, where we have them; how many."""
        with self._uows() as uow:
            taken = 0
            for post_id in post_ids:
                row = uow.inbox.by_event(MENTION, post_id)
                conversation = uow.conversations.get(row.conversation_id) if row is not None else None
                if row is not None and conversation is not None and row.payload["for_us"]:
                    ref = row.payload.get("message_ref") or post_id
                    event = deleted(post_id, str(ref), str(row.payload["sender"]), conversation.thread, now)
                    taken += self._receiver.store(uow, event)
            uow.commit()
        return taken

    def _commit_singly(self, event: IncomingEvent) -> int:
        try:
            return self._commit([event], None)
        except HizmetError:
            raise
        except Exception as error:
            log.error("x: event %s stored as unreadable: %s", event.event_id, type(error).__name__)
            poor = IncomingEvent(
                event.channel, event.event_id, "left_alone", "left_alone", EventKind.UNREADABLE, event.occurred_at
            )
            return self._commit([replace(poor, sequence=event.sequence, public=event.public, for_us=False)], None)

    def _commit(self, events: Sequence[IncomingEvent], cursor: tuple[str, str] | None) -> int:
        with self._uows() as uow:
            new = sum(self._receiver.store(uow, event) for event in events)
            if cursor is not None:
                uow.leases.set_value(*cursor)
            uow.commit()
        return new
