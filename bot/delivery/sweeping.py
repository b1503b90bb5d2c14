"""What time alone brings about: an unheard voice note, a handover or a hold that is over, a message never fetched."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from bot.delivery.ledger import show_failure
from bot.domain.conversation import Awaited, AwaitedKind, Mode, ReviewReason
from bot.domain.messages import EventKind, OutboxKind, OutboxState
from bot.errors import DatabaseAway
from bot.municipality import Municipality
from bot.ports import Clock, UnitOfWork, UnitOfWorkFactory
from bot.service.dialogue.continuing import settle_public
from bot.service.overdue import tell_overdue
from bot.service.reviews import ReviewDesk

log = logging.getLogger(__name__)
EVERY = 30.0
LEASE = "sweep"
NOT_FETCHED, NEVER_FETCHED_AFTER = "not_fetched", timedelta(days=30)

Sweep = Callable[[UnitOfWork, Municipality, datetime], int]


def sweep(uow: UnitOfWork, municipality: Municipality, now: datetime, secret: bytes | None = None) -> int:
    """All sweeps in the caller's transaction; the number of things changed."""
    return sum(part(uow, municipality, now) for part in sweeps(secret))


def sweeps(secret: bytes | None) -> tuple[Sweep, ...]:
    """All sweeps; those that file requests need the secret that keys the history's hashes."""
    if secret is None:
        return SWEEPS

    def file_public_reports(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
        return settle_public(uow, municipality, now, secret)

    return (file_public_reports, *SWEEPS)


def expire_awaited(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
    """What was awaited too long is forgotten; a voice note that no text followed goes to a person."""
    expired = [row for row in uow.conversations.expired_awaited(now) if row.what != AwaitedKind.PRIVATE]
    for awaited in expired:
        if awaited.what == AwaitedKind.TRANSCRIPT and not _wrote_since(uow, awaited):
            conversation = uow.conversations.get(awaited.conversation_id)
            ReviewDesk(uow, municipality, now).open(ReviewReason.VOICE, conversation)
        uow.conversations.no_longer_await(awaited.conversation_id, awaited.what)
    return len(expired)


def end_handovers(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
    """Conversations whose handover time is over go back to the bot, which says so; one that is worked on waits."""
    ended = 0
    for conversation_id in uow.conversations.handovers_over(now):
        conversation = uow.conversations.lock(conversation_id, wait=False)
        if conversation is None or conversation.mode != Mode.PERSON:
            continue
        if conversation.handover_until is not None and conversation.handover_until <= now:
            ended += ReviewDesk(uow, municipality, now).end_by_time(conversation)
    return ended


def reopen_held_items(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
    """Review items that a colleague took and left are open to all again."""
    items = uow.reviews.holds_over(now)
    for item in items:
        item.state, item.taken_by, item.taken_until = "open", None, None
    return len(items)


def fail_unfetched(uow: UnitOfWork, municipality: Municipality, now: datetime) -> int:
    """Web messages that no browser fetched in 30 days have failed; for a notification a person is told."""
    rows = uow.outbox.unfetched(now - NEVER_FETCHED_AFTER)
    for row in rows:
        row.state, row.error = OutboxState.FAILED, NOT_FETCHED
        if row.kind == OutboxKind.NOTIFICATION:
            show_failure(uow, row, municipality, now)
    return len(rows)


SWEEPS: tuple[Sweep, ...] = (expire_awaited, end_handovers, reopen_held_items, fail_unfetched, tell_overdue)


class Sweeper:
    """Sweeps every half minute, in one process at a time: `owner` names this one in the lease."""

    def __init__(
        self,
        uows: UnitOfWorkFactory,
        municipality: Municipality,
        clock: Clock,
        owner: str,
        secret: bytes | None = None,
    ) -> None:
        self._uows, self._municipality, self._clock, self._owner = uows, municipality, clock, owner
        self._sweeps = sweeps(secret)

    async def run(self, stop: asyncio.Event, every: float = EVERY) -> None:
        while not stop.is_set():
            await asyncio.to_thread(self.once)
            try:
                await asyncio.wait_for(stop.wait(), every)
            except TimeoutError:
                continue

    def once(self) -> int:
        """Each sweep in a transaction of its own, so that one that fails doesn't hinder the others."""
        changed = 0
        for part in self._sweeps:
            try:
                changed += self._one(part)
            except Exception as error:
                cause = error.__cause__ if isinstance(error, DatabaseAway) else error
                log.error("sweep %s failed: %s", part.__name__, type(cause).__name__)
        return changed

    def _one(self, part: Sweep) -> int:
        now = self._clock.now()
        with self._uows() as uow:
            if not uow.leases.take(LEASE, self._owner, now, EVERY * 3):
                return 0
            changed = part(uow, self._municipality, now)
            uow.commit()
        return changed


def _wrote_since(uow: UnitOfWork, awaited: Awaited) -> bool:
    """Whether the citizen wrote a text after the voice note, answered already or still in the inbox."""
    thread = uow.conversations.thread(awaited.conversation_id)
    texts = [line.at for line in thread if line.direction == "in" and line.kind == EventKind.TEXT]
    waiting = uow.inbox.pending_of(awaited.conversation_id)
    texts += [row.received_at for row in waiting if row.kind == EventKind.TEXT]
    return any(at >= awaited.created_at for at in texts)
