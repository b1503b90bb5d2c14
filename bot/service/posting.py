"""The thread as people read it, and the outbox: lines written in the caller's transaction."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime

from bot.domain.conversation import Conversation
from bot.domain.messages import InboxRow, IncomingEvent, Message, OutboxKind, OutboxRow, OutboxState, Reply
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.public_text import masked


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


def heard(conversation: Conversation, row: InboxRow, event: IncomingEvent, municipality: Municipality) -> Message:
    """The line of what came in; of a public post without the numbers that its author let everybody see."""
    assert conversation.id is not None
    extra: dict[str, object] = {}
    if event.latitude is not None:
        extra["position"] = [event.latitude, event.longitude]
    if event.files:
        extra["files"] = [{"sha256": file.sha256, "kind": file.kind, "name": file.name} for file in event.files]
    if event.edits:
        extra["edits"] = event.edits
    text = event.text or (event.button or "")
    if conversation.public:
        text = masked(text, municipality)
    return Message(conversation.id, "in", "citizen", text, row.received_at, row.kind, extra, inbox_id=row.id)
