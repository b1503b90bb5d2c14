"""Updates → inbox, in one transaction: law 1 for polling and webhook alike. Blocks, so it runs in a thread."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from bot.channels.telegram.parsing import Update, parse_update, reachable, unreadable
from bot.domain.conversation import Mode
from bot.domain.messages import IncomingEvent
from bot.errors import HizmetError
from bot.ports import Clock, UnitOfWork, UnitOfWorkFactory

log = logging.getLogger(__name__)


class Receiving(Protocol):
    """What is needed of service.receiving.Receiver."""

    def store(self, uow: UnitOfWork, event: IncomingEvent) -> bool:
        """Store in the caller's transaction; False for a repeat."""
        ...


@dataclass(frozen=True)
class Accepted:
    """An update that is stored now and was not before; `bot_answers`: no person has the conversation."""

    update: Update
    event: IncomingEvent
    bot_answers: bool


class TelegramIntake:
    def __init__(self, receiver: Receiving, uows: UnitOfWorkFactory, clock: Clock) -> None:
        self._receiver = receiver
        self._uows = uows
        self._clock = clock

    def accept(
        self, updates: Sequence[Update], bot_username: str, cursor: tuple[str, str] | None = None
    ) -> list[Accepted]:
        """Commit all updates, and the reading position; what was new. Raises DatabaseAway, and then nothing is stored.

        An update that cannot be stored as it is (a bug of ours, a value that the database refuses) is stored as
        unreadable: it neither stops those behind it nor gets lost.
        """
        now = self._clock.now()
        pairs = [(update, parse_update(update, bot_username, now)) for update in updates]
        try:
            return self._commit(pairs, cursor)
        except HizmetError:
            raise
        except Exception as error:  # whatever it is, the next time would bring it again, and for ever
            log.error("telegram: %s while storing %d updates; storing them singly", type(error).__name__, len(pairs))
        accepted = [stored for pair in pairs for stored in self._commit_singly(*pair)]
        self._commit([], cursor)
        return accepted

    def _commit_singly(self, update: Update, event: IncomingEvent) -> list[Accepted]:
        try:
            return self._commit([(update, event)], None)
        except HizmetError:
            raise
        except Exception as error:
            log.error("telegram: update %s stored as unreadable: %s", event.event_id, type(error).__name__)
            return self._commit([(update, unreadable(update, event.occurred_at))], None)

    def _commit(self, pairs: Sequence[tuple[Update, IncomingEvent]], cursor: tuple[str, str] | None) -> list[Accepted]:
        accepted = []
        with self._uows() as uow:
            for update, event in pairs:
                if self._receiver.store(uow, event):
                    accepted.append(Accepted(update, event, self._note(uow, update, event)))
            if cursor is not None:
                uow.leases.set_value(*cursor)
            uow.commit()
        return accepted

    def _note(self, uow: UnitOfWork, update: Update, event: IncomingEvent) -> bool:
        """Keep whether the citizen can be reached; whether the bot answers in the conversation."""
        conversation = uow.conversations.of_event(event, self._clock.now())
        can_reach = True if event.for_us else reachable(update)
        if can_reach is not None:
            identity = uow.conversations.identity(conversation.identity_id)
            if identity.reachable != can_reach:
                identity.reachable = can_reach
        return event.for_us and conversation.mode == Mode.BOT
