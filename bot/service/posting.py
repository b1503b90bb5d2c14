"""A message to a citizen, written into outbox and thread in the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.messages import Message, OutboxKind, OutboxRow, OutboxState, Reply
from bot.ports import UnitOfWork


def post(
    uow: UnitOfWork,
    conversation: Conversation,
    reply: Reply,
    key: str,
    kind: OutboxKind,
    now: datetime,
    not_before: datetime | None = None,
    author: str = "bot",
    held: bool = False,
) -> OutboxRow | None:
    """Write a message; None where `key` was written before. One that is `held` waits for approval, unsaid so far."""
    assert conversation.id is not None
    row = OutboxRow(
        key=key,
        kind=kind,
        channel=conversation.channel,
        conversation_id=conversation.id,
        body=asdict(reply),
        state=OutboxState.HELD if held else OutboxState.PENDING,
        created_at=now,
        not_before=not_before or now,
    )
    if not uow.outbox.add(row):
        return None
    if not held:
        say(uow, row, reply, now, author)
    return row


def say(uow: UnitOfWork, row: OutboxRow, reply: Reply, now: datetime, author: str = "bot") -> None:
    """The line of the thread that shows the row."""
    assert row.conversation_id is not None
    extra = {"buttons": [button.label for button in reply.buttons]} if reply.buttons else {}
    uow.conversations.say(
        Message(row.conversation_id, "out", author, reply.text, now, kind=row.kind, extra=extra, outbox_id=row.id)
    )
