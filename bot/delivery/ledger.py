"""What delivery reads and writes in the database; short transactions, none of them around a send."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from bot.delivery.retry import Attempt, Decision, GiveUp
from bot.domain.conversation import ReviewReason
from bot.domain.messages import Button, OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.requests import Request, Status
from bot.municipality import Municipality
from bot.ports import Delivered, UnitOfWork, UnitOfWorkFactory
from bot.service.publicity import PublicDesk, is_paused
from bot.service.reviews import ReviewDesk

UNREACHABLE, UNCERTAIN, BUG = "unreachable", "uncertain", "bug"
_MUST_BE_HEARD = frozenset({Status.RESOLVED, Status.REJECTED})


@dataclass(frozen=True)
class Parcel:
    """A claimed row, apart from any session. `attempt` counts this one; `lease` tells our claim from a later one.

    `doubtful`: an earlier attempt may have reached the provider.
    """

    id: int
    kind: OutboxKind
    channel: str
    conversation_id: int | None
    address: dict[str, Any]
    reply: Reply
    attempt: int
    due_at: datetime
    lease: datetime | None
    doubtful: bool = False

    def failed_attempt(self, verifiable: bool) -> Attempt:
        return Attempt(self.attempt, self.due_at, self.reply.public, verifiable)


class Ledger:
    """Claims rows and records what became of them. Safe to call from several threads and processes."""

    def __init__(self, uows: UnitOfWorkFactory, municipality: Municipality) -> None:
        self._uows = uows
        self._municipality = municipality

    def claim(self, now: datetime, lease_seconds: float, room: Mapping[str, int]) -> list[Parcel]:
        """Claim up to `room[channel]` rows of each channel; nothing public while staff paused it."""
        parcels: list[Parcel] = []
        with self._uows() as uow:
            public = not is_paused(uow)
            for channel, limit in room.items():
                rows = uow.outbox.claim(now, lease_seconds, limit, [channel], public)
                parcels += [_parcel(uow, row) for row in rows]
            if parcels:
                uow.commit()
        return parcels

    def abandoned(self, now: datetime) -> list[Parcel]:
        """Rows that a killed process left in sending; nothing is changed yet (`record` does that)."""
        with self._uows() as uow:
            return [_parcel(uow, row) for row in uow.outbox.abandoned(now)]

    def delivered(self, parcel: Parcel, answer: Delivered, now: datetime) -> None:
        """The provider has it. Written even where the lease ran out meanwhile: then it needn't be sent again."""
        with self._uows() as uow:
            row = uow.outbox.get(parcel.id, lock=True)
            if row is None or row.state not in (OutboxState.SENDING, OutboxState.PENDING):
                return
            row.state = OutboxState.WAITING if answer.waiting else OutboxState.SENT
            row.provider_id = answer.provider_id and answer.provider_id[:200]
            row.sent_at = None if answer.waiting else now
            row.claimed_until = row.retry_at = row.error = None
            uow.commit()

    def failed(self, parcel: Parcel, decision: Decision, now: datetime) -> bool:
        """Write down a retry or the end; False where the row is no longer ours."""
        with self._uows() as uow:
            row = self._held(uow, parcel)
            if row is None:
                return False
            row.claimed_until = None
            row.error = decision.code
            if isinstance(decision, GiveUp):
                row.state, row.retry_at = OutboxState.FAILED, None
                show_failure(uow, row, self._municipality, now)
            else:
                row.state, row.retry_at = OutboxState.PENDING, decision.at
                row.error = UNCERTAIN if parcel.doubtful else decision.code
                row.attempts -= 0 if decision.counted else 1
            uow.commit()
        return True

    def release(self, parcel: Parcel, retry_at: datetime | None = None) -> None:
        """Give back a row that was claimed and never sent."""
        with self._uows() as uow:
            row = self._held(uow, parcel)
            if row is not None:
                row.state, row.claimed_until, row.retry_at = OutboxState.PENDING, None, retry_at
                row.attempts -= 1
                uow.commit()

    def _held(self, uow: UnitOfWork, parcel: Parcel) -> OutboxRow | None:
        row = uow.outbox.get(parcel.id, lock=True)
        ours = row is not None and row.state == OutboxState.SENDING and row.claimed_until == parcel.lease
        return row if ours else None


def show_failure(uow: UnitOfWork, row: OutboxRow, municipality: Municipality, now: datetime) -> None:
    """A failed row is seen: its identity becomes unreachable, and a person is told where it matters.

    Who blocked us needn't be looked at because of a bot's question; because of a decision or a colleague's words, yes.
    """
    conversation = uow.conversations.get(row.conversation_id) if row.conversation_id is not None else None
    if conversation is None:
        if row.kind == OutboxKind.WEBHOOK:
            _show_deaf_program(uow, row, municipality, now)
        return
    status, request = _told(uow, row)
    if row.error == UNREACHABLE:
        uow.conversations.identity(conversation.identity_id).reachable = False
        if conversation.continues_id is not None and not conversation.public:
            PublicDesk(uow, municipality, now).invite_elsewhere(conversation)
        if row.kind != OutboxKind.STAFF_REPLY and status not in _MUST_BE_HEARD:
            return
    desk = ReviewDesk(uow, municipality, now)
    desk.open(ReviewReason.DELIVERY_FAILED, conversation, request, summary=f"{row.kind} #{row.id}: {row.error}")


def _show_deaf_program(uow: UnitOfWork, row: OutboxRow, municipality: Municipality, now: datetime) -> None:
    """One item a day, however many entries the program's receiver missed."""
    if uow.reviews.of_matter(row.channel, now - timedelta(days=1)) is None:
        item = ReviewDesk(uow, municipality, now).open(
            ReviewReason.DELIVERY_FAILED, summary=f"{row.kind} #{row.id}: {row.error}"
        )
        item.matter = row.channel


def _parcel(uow: UnitOfWork, row: OutboxRow) -> Parcel:
    assert row.id is not None
    conversation = uow.conversations.get(row.conversation_id) if row.conversation_id is not None else None
    return Parcel(
        id=row.id,
        kind=OutboxKind(row.kind),
        channel=row.channel,
        conversation_id=row.conversation_id,
        address=dict(conversation.address) if conversation else {},
        reply=reply_of(row),
        attempt=row.attempts,
        due_at=row.not_before,
        lease=row.claimed_until,
        doubtful=row.error in (UNCERTAIN, BUG),
    )


def reply_of(row: OutboxRow) -> Reply:
    """The reply that was stored in the row."""
    body = dict(row.body)
    body["buttons"] = tuple(Button(**button) for button in body.get("buttons", ()))
    return Reply(**body)


def _told(uow: UnitOfWork, row: OutboxRow) -> tuple[str | None, Request | None]:
    """The status that a notification tells of, and its request; the key names the history's entry."""
    if row.kind != OutboxKind.NOTIFICATION or not row.key.startswith("notify:"):
        return None, None
    entry = uow.requests.history_entry(int(row.key.split(":")[1]))
    if entry is None:
        return None, None
    return entry.to_status, uow.requests.get(entry.request_id)
