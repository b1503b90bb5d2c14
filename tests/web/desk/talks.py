"""Conversations that need a person, for the tests of the queue and the conversation page."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import timedelta

from bot.domain.conversation import ReviewItem, ReviewReason
from bot.domain.messages import EventKind, FileRef, IncomingEvent, Message, OutboxKind, Reply
from bot.domain.requests import Attachment, Request
from bot.service.posting import post
from bot.service.reviews import ReviewDesk
from tests.web.desk.office import file_request
from tests.web.stage import Stage

_numbers = itertools.count(1)


@dataclass
class Matter:
    """A review item with its conversation (and request, where there is one)."""

    item: int
    conversation: int
    request: Request | None = None


def escalate(
    stage: Stage,
    text: str = "Görevliyle görüşmek istiyorum, numaram 0532 123 45 67",
    *,
    reason: ReviewReason = ReviewReason.ASKED_FOR_PERSON,
    handover: bool = True,
    channel: str = "telegram",
    name: str = "Ayşe Yılmaz",
    thread: str | None = None,
    public: bool = False,
    request: Request | None = None,
    position: tuple[float, float] | None = None,
    files: tuple[FileRef, ...] = (),
) -> Matter:
    """A citizen wrote, the bot answered and called a person."""
    number = next(_numbers)
    now = stage.clock.now()
    event = IncomingEvent(
        channel=channel,
        event_id=f"talk-{number}",
        sender=thread or f"talk-{number}",
        thread=thread or f"talk-{number}",
        kind=EventKind.TEXT,
        occurred_at=now,
        text=text,
        display_name=name,
        address={"chat_id": number},
        public=public,
    )
    with stage.uows() as uow:
        conversation = (
            uow.conversations.get(request.conversation_id)
            if request is not None and request.conversation_id
            else uow.conversations.of_event(event, now)
        )
        assert conversation is not None and conversation.id is not None
        extra: dict[str, object] = {"position": list(position)} if position else {}
        if files:
            extra["files"] = [{"sha256": file.sha256, "kind": file.kind, "name": file.name} for file in files]
            for file in files:
                uow.requests.add_attachment(
                    Attachment(
                        sha256=file.sha256 or "",
                        mime=file.mime,
                        size=file.size or 0,
                        name=file.name,
                        kind=file.kind,
                        at=now,
                        conversation_id=conversation.id,
                    )
                )
        uow.conversations.say(Message(conversation.id, "in", "citizen", text, now, extra=extra))
        conversation.last_in_at = now
        uow.flush()
        key = f"reply:test:{number}"
        reply = Reply("Sizi bir görevliye bağlıyorum.", public=public)
        post(uow, conversation, reply, key, OutboxKind.REPLY, now)
        reviews = ReviewDesk(uow, stage.municipality, now)
        item = reviews.open(reason, conversation, request, f"Son ileti: {text}", 0.41, handover)
        if handover:
            reviews.hand_over(conversation, now + timedelta(hours=24))
        assert item.id is not None
        uow.commit()
    return Matter(item.id, conversation.id, request)


def filed_and_unsure(stage: Stage, service: str = "waste_container") -> Matter:
    """A filed request whose service the bot was not sure of."""
    request = file_request(stage, service)
    return escalate(stage, "Konteyner mi lamba mı", reason=ReviewReason.LOW_CONFIDENCE, handover=False, request=request)


def item_of(stage: Stage, matter: Matter) -> ReviewItem:
    with stage.reads() as uow:
        item = uow.reviews.get(matter.item)
    assert item is not None
    return item
