"""The messages that one turn takes: which of those that wait, and what they say together. Pure, but for the files."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from datetime import datetime

from bot.domain.conversation import Awaited, AwaitedKind, Conversation
from bot.domain.messages import EventKind, InboxRow, InboxState, IncomingEvent
from bot.domain.requests import Attachment
from bot.ports import UnitOfWork

ALONE = frozenset({EventKind.BUTTON, EventKind.COMMAND})


def batch_of(rows: Sequence[InboxRow]) -> tuple[InboxRow, ...]:
    """All up to the next that is a turn of its own: a button, a command, an edit of what was answered already."""
    taken: list[InboxRow] = []
    seen: set[str] = set()
    for row in rows:
        if row.state == InboxState.FETCHING:
            break
        edits = row.payload.get("edits")
        if row.kind in ALONE or (edits and edits not in seen and taken):
            return tuple(taken) or (row,)
        if taken and edited_of(taken) is not None and not edits:
            return tuple(taken)
        taken.append(row)
        seen.add(_ref(row))
    return tuple(taken)


def edited_of(rows: Sequence[InboxRow]) -> str | None:
    """The provider's name of the earlier message that the batch edits; None where it brings messages of its own."""
    return rows[0].payload.get("edits") if rows else None


def text_of(rows: Sequence[InboxRow]) -> str:
    """The words of the messages; an edited one replaces what it edits, one that was taken back is gone."""
    texts: OrderedDict[str, str] = OrderedDict()
    for row in rows:
        if row.kind == EventKind.BUTTON:
            continue
        if row.payload.get("text", "").strip():
            texts[_ref(row)] = row.payload["text"]
        elif row.payload.get("edits"):
            texts.pop(_ref(row), None)
    return "\n".join(texts.values())


def _ref(row: InboxRow) -> str:
    return row.payload.get("edits") or row.payload.get("message_ref") or f"row:{row.id}"


def files_of(
    uow: UnitOfWork,
    conversation: Conversation,
    events: Sequence[IncomingEvent],
    awaited: Sequence[Awaited],
    now: datetime,
) -> tuple[int, ...]:
    """Attachments of the messages, and those of which it was asked what they are for: the answer comes with them."""
    assert conversation.id is not None
    new = _kept(uow, conversation.id, events, now)
    asked = next((row for row in awaited if row.what == AwaitedKind.INTENTION), None)
    if asked is None:
        return new
    kept = {*new, *(id_ for draft in conversation.drafts for id_ in draft.attachment_ids)}
    return new + tuple(id_ for id_ in uow.requests.held(conversation.id, asked.created_at) if id_ not in kept)


def _kept(uow: UnitOfWork, conversation_id: int, events: Sequence[IncomingEvent], now: datetime) -> tuple[int, ...]:
    ids = []
    gone = {event.edits for event in events if event.takes_back}
    for file in (file for event in events if event.message_ref not in gone for file in event.files):
        if file.sha256 is None:
            continue
        known = uow.requests.attachment_like(conversation_id, file.sha256)
        if known is not None and known.id is not None:
            if known.request_id is None:
                ids.append(known.id)
            continue
        attachment = Attachment(
            sha256=file.sha256,
            mime=file.mime,
            size=file.size or 0,
            name=file.name[:200],
            kind=file.kind,
            at=now,
            conversation_id=conversation_id,
            latitude=file.latitude,
            longitude=file.longitude,
        )
        ids.append(uow.requests.add_attachment(attachment))
    return tuple(ids)
