"""Review items and handovers: how a person comes in, and what the team does with them."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import Conversation, Mode, ReviewItem, ReviewReason
from bot.domain.messages import OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.requests import Request
from bot.errors import NotAllowed, NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.posting import post
from bot.service.public_text import check_public
from bot.service.texts import Texts

HOLD = timedelta(minutes=30)
URGENT = frozenset({ReviewReason.URGENT, ReviewReason.DISTRESS})


class ReviewDesk:
    """Opens, takes, answers and closes review items inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow = uow
        self._municipality = municipality
        self._texts = Texts(municipality)
        self._now = now

    def open(
        self,
        reason: ReviewReason,
        conversation: Conversation | None = None,
        request: Request | None = None,
        summary: str = "",
        confidence: float | None = None,
        handover: bool = False,
    ) -> ReviewItem:
        """A new item, or the open one on the same matter. The team is alerted; urgent ones at night as well."""
        if conversation is not None and conversation.id is not None:
            for item in self._uow.reviews.open_of(conversation.id):
                if item.reason == reason and item.request_id in (None, request.id if request else None):
                    item.request_id = request.id if request else None
                    return item
        item = ReviewItem(
            reason=reason,
            created_at=self._now,
            conversation_id=conversation.id if conversation else None,
            request_id=request.id if request else None,
            handover=handover,
            urgent=reason in URGENT or (request is not None and request.priority == "urgent"),
            summary=summary,
            confidence=confidence,
            suggested_unit=request.unit if request else None,
        )
        self._uow.reviews.add(item)
        self._alert(item, conversation)
        return item

    def hand_over(self, conversation: Conversation, until: datetime) -> None:
        """The bot is silent in the conversation until it is handed back or `until` has come."""
        conversation.mode = Mode.PERSON
        conversation.handover_until = until
        conversation.handover_confirmed = False
        conversation.drafts = ()

    def take(self, item_id: int, staff: str) -> ReviewItem:
        """`staff` works on the item; refused while somebody else holds it. The bot's unsent replies are withdrawn."""
        item = self._locked(item_id)
        if item.taken_by not in (None, staff) and item.taken_until is not None and item.taken_until > self._now:
            raise NotAllowed("taken_by_other", by=item.taken_by)
        item.state, item.taken_by, item.taken_until = "taken", staff, self._now + HOLD
        if item.conversation_id is not None:
            conversation = self._uow.conversations.lock(item.conversation_id)
            self._uow.outbox.withdraw(item.conversation_id, [OutboxKind.REPLY])
            if conversation is not None and item.handover:
                conversation.mode = Mode.PERSON
        self._uow.audit.record(self._now, f"staff:{staff}", "review_taken", f"review:{item_id}")
        return item

    def reply(self, item_id: int, staff: str, text: str) -> None:
        """Answer the citizen. The item must be held by `staff` (it is taken where nobody holds it).

        In a public thread the text is checked as public answers are (UserError public_personal, too_long).
        """
        if not text.strip():
            raise UserError("empty_reply")
        item = self.take(item_id, staff)
        if item.conversation_id is None:
            raise UserError("no_conversation")
        conversation = self._uow.conversations.lock(item.conversation_id)
        assert conversation is not None
        if conversation.public:
            citizen = self._uow.conversations.citizen(conversation.citizen_id)
            text = check_public(text, self._municipality, citizen.display_name)
        post(
            self._uow,
            conversation,
            Reply(text, public=conversation.public),
            key=f"staff:{item_id}:{self._now.isoformat()}",
            kind=OutboxKind.STAFF_REPLY,
            now=self._now,
            author=f"staff:{staff}",
        )
        self._uow.audit.record(self._now, f"staff:{staff}", "review_replied", f"review:{item_id}", text)

    def hand_back(self, item_id: int, staff: str) -> None:
        """Give the conversation back to the bot and close the item."""
        item = self.take(item_id, staff)
        if item.conversation_id is not None:
            conversation = self._uow.conversations.lock(item.conversation_id)
            assert conversation is not None
            to_bot(conversation)
            text = self._texts("handed_back")
            key = f"handed_back:{item_id}"
            post(self._uow, conversation, Reply(text, asks=True), key, OutboxKind.REPLY, self._now)
        self._close(item, staff, "handed_back")

    def close(self, item_id: int, staff: str, reason: str) -> None:
        """Close without an answer; a reason is needed. A handover ends with it."""
        if not reason.strip():
            raise UserError("reason_needed")
        item = self.take(item_id, staff)
        if item.conversation_id is not None and item.handover:
            conversation = self._uow.conversations.lock(item.conversation_id)
            if conversation is not None:
                to_bot(conversation)
        self._close(item, staff, reason)

    def _close(self, item: ReviewItem, staff: str, reason: str) -> None:
        item.state, item.closed_at, item.closed_reason = "closed", self._now, reason
        draft = self._uow.outbox.get(item.outbox_id, lock=True) if item.outbox_id is not None else None
        if draft is not None and draft.state == OutboxState.HELD:
            draft.state = OutboxState.WITHDRAWN
        self._uow.audit.record(self._now, f"staff:{staff}", "review_closed", f"review:{item.id}", reason)

    def _locked(self, item_id: int) -> ReviewItem:
        item = self._uow.reviews.get(item_id, lock=True)
        if item is None:
            raise NotFound("review_not_found", id=item_id)
        if item.state == "closed":
            raise UserError("review_closed", id=item_id)
        return item

    def _alert(self, item: ReviewItem, conversation: Conversation | None) -> None:
        """One row for the team: codes and ids, nothing personal."""
        channel = conversation.channel if conversation else "-"
        text = f"{'ACİL ' if item.urgent else ''}İnceleme #{item.id}: {item.reason} ({channel})"
        if item.request_id is not None:
            request = self._uow.requests.get(item.request_id)
            if request is not None:
                text += f", {request.tracking_no}, {self._texts.service(request.service)}{self._texts.area(request)}"
        quiet = None if item.urgent else self._municipality.quiet_until(self._now)
        self._uow.outbox.add(
            OutboxRow(
                key=f"alert:review:{item.id}",
                kind=OutboxKind.ALERT,
                channel="alert",
                body={"text": text, "buttons": [], "asks": False, "wants_location": False, "public": False},
                state=OutboxState.PENDING,
                created_at=self._now,
                not_before=quiet or self._now,
            )
        )


def to_bot(conversation: Conversation) -> None:
    """The bot answers again; what was misunderstood before no longer counts."""
    conversation.mode = Mode.BOT
    conversation.handover_until = None
    conversation.handover_confirmed = False
    conversation.misunderstandings = 0
    conversation.insults = 0
