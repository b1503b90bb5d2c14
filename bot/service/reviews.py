"""Review items and handovers: how a person comes in, and what the team does with them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.conversation import QUESTIONS, Conversation, Draft, Mode, ReviewItem, ReviewReason
from bot.domain.messages import OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.requests import Request
from bot.errors import NotAllowed, NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.posting import post
from bot.service.public_text import check_public
from bot.service.suggestions import Suggestion, suggest
from bot.service.texts import Texts

HOLD = timedelta(minutes=30)
ALERT_AGAIN = timedelta(minutes=5)
"""Of one item that is urgent or a handover the team hears again at most so often, however much is written."""
LONGEST_SUMMARY = 3000
BETWEEN = "\n—\n"
"""Between the newer and the older words of a summary."""
LENGTHS = {"telegram": 4096, "web": 4000, "x_dm": 10_000}
"""Characters that a private message may have, by channel; elsewhere LENGTH."""
LENGTH = 4000
URGENT = frozenset({ReviewReason.URGENT, ReviewReason.DISTRESS})
_FIRST_LOOKS = frozenset({ReviewReason.ALWAYS_REVIEWED, ReviewReason.SENSITIVE, *URGENT})
"""Why a filed request is looked at: one item does for all of them."""


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
        suggestion: Suggestion | None = None,
    ) -> ReviewItem:
        """A new item, or the open one on the same matter, brought up to date with what is new.

        The team is alerted of a new item, at night too where it is urgent; of an open one where it became urgent or a
        handover by this, or is so once more (within ALERT_AGAIN once).
        """
        suggestion = suggestion or suggest(self._municipality, reason, request)
        urgent = reason in URGENT or (request is not None and request.priority == "urgent")
        fresh = ReviewItem(
            reason=reason,
            created_at=self._now,
            conversation_id=conversation.id if conversation else None,
            request_id=request.id if request else None,
            handover=handover,
            urgent=urgent,
            summary=summary,
            confidence=confidence,
            suggested_unit=suggestion.unit,
            suggested_reply=suggestion.reply,
            due_at=self._due(urgent, handover),
        )
        items = self._uow.reviews.open_of(conversation.id) if conversation is not None and conversation.id else ()
        item = next((item for item in items if _same_matter(item, reason, request)), None)
        if item is not None:
            self._renew(item, fresh, conversation)
            return item
        self._uow.reviews.add(fresh)
        if reason != ReviewReason.BY_STAFF:
            self._alert(fresh, conversation)
        return fresh

    def _renew(self, item: ReviewItem, fresh: ReviewItem, conversation: Conversation | None) -> None:
        """The newest words above the older ones; never less urgent than before."""
        graver = (fresh.urgent and not item.urgent) or (fresh.handover and not item.handover)
        only_filed = item.request_id is None and fresh.request_id is not None
        item.request_id = fresh.request_id
        item.reason = _graver(ReviewReason(item.reason), ReviewReason(fresh.reason))
        item.urgent, item.handover = item.urgent or fresh.urgent, item.handover or fresh.handover
        item.summary = newest_first(fresh.summary, item.summary)
        item.confidence = item.confidence if fresh.confidence is None else fresh.confidence
        item.suggested_unit = fresh.suggested_unit or item.suggested_unit
        if item.outbox_id is None:
            item.suggested_reply = fresh.suggested_reply or item.suggested_reply
        item.due_at = min(at for at in (item.due_at, self._due(item.urgent, item.handover)) if at is not None)
        times = (self._now - item.created_at) // ALERT_AGAIN
        if graver:
            self._alert(item, conversation, f":graver:{times}")
        elif (fresh.urgent or fresh.handover) and not only_filed and times > 0:
            self._alert(item, conversation, f":{times}")

    def _due(self, urgent: bool, handover: bool) -> datetime:
        targets = self._municipality.review_targets
        if urgent:
            return self._now + targets.urgent
        return self._municipality.working_time_after(self._now, targets.handover if handover else targets.other)

    def hand_over(self, conversation: Conversation, until: datetime) -> None:
        """The bot is silent in the conversation until it is handed back or `until` has come. Its drafts go: the item's
        summary is to hold them (`drafts_told`)."""
        conversation.mode = Mode.PERSON
        conversation.handover_until = until
        conversation.handover_confirmed = False
        conversation.drafts = ()
        self._ask_no_more(conversation)

    def _ask_no_more(self, conversation: Conversation) -> None:
        """A person speaks now: a later 'evet' answers them, not what the bot asked before."""
        for question in QUESTIONS if conversation.id is not None else ():
            self._uow.conversations.no_longer_await(conversation.id or 0, question)

    def take(self, item_id: int, staff: str, hold: timedelta = HOLD) -> ReviewItem:
        """`staff` works on the item, and on the others of its conversation, until `hold` is over.

        Raises NotAllowed while somebody else holds one of them. The bot's unsent replies are withdrawn.
        """
        conversation, items = self._locked(item_id)
        for each in items:
            holder = held_by(each, self._now)
            if holder not in (None, staff):
                raise NotAllowed("taken_by_other", by=holder)
        new = any(held_by(each, self._now) is None for each in items)
        for each in items:
            each.state, each.taken_by, each.taken_until = "taken", staff, self._now + hold
        if conversation is not None and conversation.id is not None:
            self._uow.outbox.withdraw(conversation.id, [OutboxKind.REPLY])
            if any(each.handover for each in items):
                conversation.mode = Mode.PERSON
        if new:
            self._uow.audit.record(self._now, f"staff:{staff}", "review_taken", f"review:{item_id}")
        return next(each for each in items if each.id == item_id)

    def release(self, item_id: int, staff: str) -> None:
        """Let the matter go: what is open of it is open to all again. What `staff` doesn't hold stays as it is."""
        item = self._uow.reviews.get(item_id)
        if item is None:
            raise NotFound("review_not_found", id=item_id)
        if item.conversation_id is not None:
            self._uow.conversations.lock(item.conversation_id)
        for each in self._uow.reviews.open_of(item.conversation_id) if item.conversation_id else [item]:
            if held_by(each, self._now) == staff and each.state == "taken":
                each.state, each.taken_by, each.taken_until = "open", None, None

    def take_over(self, item_id: int, staff: str, until: datetime, hold: timedelta = HOLD) -> None:
        """The bot is silent in the conversation from now on, whatever the item was opened for."""
        item = self.take(item_id, staff, hold)
        conversation = self._conversation(item)
        item.handover = True
        item.summary = newest_first("\n".join(drafts_told(self._texts, conversation.drafts)), item.summary)
        self.hand_over(conversation, until)
        self._uow.audit.record(self._now, f"staff:{staff}", "taken_over", f"conversation:{conversation.id}")

    def reply(
        self,
        item_id: int,
        staff: str,
        text: str,
        delay: timedelta = timedelta(),
        hold: timedelta = HOLD,
        key: str | None = None,
    ) -> OutboxRow:
        """Answer the citizen after `delay`. The item must be held by `staff` (it is taken where nobody holds it).

        The same `key` again raises UserError said_already. In a public thread the text is checked as public answers
        are (UserError public_personal, too_long).
        """
        text = text.strip()
        if not text:
            raise UserError("empty_reply")
        item = self.take(item_id, staff, hold)
        conversation = self._conversation(item)
        if conversation.public:
            citizen = self._uow.conversations.citizen(conversation.citizen_id)
            text = check_public(text, self._municipality, citizen.display_name)
        elif len(text) > length_for(conversation.channel):
            raise UserError("too_long", length=len(text), most=length_for(conversation.channel))
        row = post(
            self._uow,
            conversation,
            Reply(text, public=conversation.public),
            key=f"staff:{item_id}:{key or self._now.isoformat()}",
            kind=OutboxKind.STAFF_REPLY,
            now=self._now,
            not_before=self._now + delay,
            author=f"staff:{staff}",
        )
        if row is None:
            raise UserError("said_already")
        self._ask_no_more(conversation)
        self._uow.audit.record(self._now, f"staff:{staff}", "review_replied", f"review:{item_id}", text)
        return row

    def hand_back(self, item_id: int, staff: str) -> None:
        """Give the conversation back to the bot, which says so (not in public), and close the item."""
        item = self.take(item_id, staff)
        if item.conversation_id is not None:
            conversation = self._conversation(item)
            self._end_handover(conversation, item)
            if not conversation.public:
                reply = Reply(self._texts("handed_back"), asks=True)
                post(self._uow, conversation, reply, f"handed_back:{item_id}", OutboxKind.REPLY, self._now)
        self._close(item, staff, "handed_back")

    def close(self, item_id: int, staff: str, reason: str) -> None:
        """Close without an answer; a reason is needed. A handover ends with it."""
        if not reason.strip():
            raise UserError("reason_needed")
        item = self.take(item_id, staff)
        if item.conversation_id is not None and item.handover:
            self._end_handover(self._conversation(item), item)
        self._close(item, staff, reason.strip()[:200])

    def end_by_time(self, conversation: Conversation) -> bool:
        """The set time of a handover is over: the bot answers again and says so. False while somebody works on it."""
        items = self._uow.reviews.open_of(conversation.id or 0)
        if any(held_by(item, self._now) for item in items):
            return False
        until, public = conversation.handover_until or self._now, conversation.public
        answered = any(item.handover for item in items) and not self._answered(conversation)
        to_bot(conversation)
        if not public:
            reply = Reply(self._texts("handover_over" if answered else "handed_back"), asks=True)
            key = f"handover_over:{conversation.id}:{until.isoformat()}"
            quiet = self._municipality.quiet_until(self._now)
            post(self._uow, conversation, reply, key, OutboxKind.REPLY, self._now, not_before=quiet)
        return True

    def _answered(self, conversation: Conversation) -> bool:
        """Whether staff wrote after the citizen's last message."""
        for line in reversed(self._uow.conversations.thread(conversation.id or 0, 20)):
            if line.direction == "in":
                return False
            if line.author.startswith("staff:"):
                return True
        return False

    def _end_handover(self, conversation: Conversation, item: ReviewItem) -> None:
        """The bot answers again; the conversation's other items are no handovers any more."""
        to_bot(conversation)
        for other in self._uow.reviews.open_of(conversation.id or 0):
            other.handover = other.handover and other is item

    def _close(self, item: ReviewItem, staff: str, reason: str) -> None:
        item.state, item.closed_at, item.closed_reason = "closed", self._now, reason
        draft = self._uow.outbox.get(item.outbox_id, lock=True) if item.outbox_id is not None else None
        if draft is not None and draft.state == OutboxState.HELD:
            draft.state = OutboxState.WITHDRAWN
        self._uow.audit.record(self._now, f"staff:{staff}", "review_closed", f"review:{item.id}", reason)

    def _locked(self, item_id: int) -> tuple[Conversation | None, list[ReviewItem]]:
        """The conversation and all open items of the matter, locked in this order, as turns lock them."""
        found = self._uow.reviews.get(item_id)
        if found is None:
            raise NotFound("review_not_found", id=item_id)
        conversation = self._uow.conversations.lock(found.conversation_id) if found.conversation_id else None
        item = self._uow.reviews.get(item_id, lock=True)
        if item is None or item.state == "closed":
            raise UserError("review_closed", id=item_id)
        if conversation is None or conversation.id is None:
            return None, [item]
        return conversation, [item, *(o for o in self._uow.reviews.open_of(conversation.id) if o.id != item_id)]

    def _conversation(self, item: ReviewItem) -> Conversation:
        conversation = self._uow.conversations.get(item.conversation_id) if item.conversation_id else None
        if conversation is None:
            raise UserError("no_conversation")
        return conversation

    def _alert(self, item: ReviewItem, conversation: Conversation | None, again: str = "") -> None:
        """One row for the team: codes and ids, nothing personal. `again` tells a later alert from the first."""
        channel = conversation.channel if conversation else "-"
        more = ", yeni ileti" if again else ""
        text = f"{'ACİL ' if item.urgent else ''}İnceleme #{item.id}: {item.reason} ({channel}{more})"
        if item.request_id is not None:
            request = self._uow.requests.get(item.request_id)
            if request is not None:
                text += f", {request.tracking_no}, {self._texts.service(request.service)}{self._texts.area(request)}"
        quiet = None if item.urgent else self._municipality.quiet_until(self._now)
        self._uow.outbox.add(
            OutboxRow(
                key=f"alert:review:{item.id}{again}",
                kind=OutboxKind.ALERT,
                channel="alert",
                body={"text": text, "buttons": [], "asks": False, "wants_location": False, "public": False},
                state=OutboxState.PENDING,
                created_at=self._now,
                not_before=quiet or self._now,
            )
        )


def _graver(one: ReviewReason, other: ReviewReason) -> ReviewReason:
    return other if one == ReviewReason.ALWAYS_REVIEWED else one


def _same_matter(item: ReviewItem, reason: ReviewReason, request: Request | None) -> bool:
    """Whether the open item does for the new reason: the same one, or a first look at the same request."""
    request_id = request.id if request else None
    if item.reason == reason:
        return item.request_id in (None, request_id)
    mild = reason in (ReviewReason.ALWAYS_REVIEWED, ReviewReason.SENSITIVE)
    return mild and request_id is not None and item.request_id == request_id and item.reason in _FIRST_LOOKS


def newest_first(newest: str, older: str) -> str:
    """A summary that goes on: what is new above what stood there."""
    if not newest or newest in older:
        return older
    return f"{newest}{BETWEEN}{older}"[:LONGEST_SUMMARY] if older else newest


def drafts_told(texts: Texts, drafts: Sequence[Draft]) -> list[str]:
    """All that was being noted, a line each, for the person who takes over."""
    return [
        f"Taslak: {texts.service(draft.service) if draft.service else '?'}; {texts.place(draft.place) or 'yer yok'}; "
        f"{draft.description[:300]}"
        for draft in drafts
    ]


def held_by(item: ReviewItem, now: datetime) -> str | None:
    """Who works on the item now."""
    return item.taken_by if item.taken_until is not None and item.taken_until > now else None


def length_for(channel: str) -> int:
    """How many characters a private message may have."""
    return LENGTHS.get(channel, LENGTH)


def to_bot(conversation: Conversation) -> None:
    """The bot answers again; what was misunderstood before no longer counts."""
    conversation.mode = Mode.BOT
    conversation.handover_until = None
    conversation.handover_confirmed = False
    conversation.misunderstandings = 0
    conversation.insults = 0
