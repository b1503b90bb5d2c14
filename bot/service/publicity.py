"""Who presses send: drafts of public answers that wait for the team, and the switch that stops all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.conversation import Conversation, ReviewItem, ReviewReason
from bot.domain.messages import OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.publicity import MOST_WEIGHT, Category, SendMode
from bot.domain.requests import Request
from bot.domain.weighing import weight
from bot.errors import NotAllowed, NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.posting import post, say
from bot.service.public_text import check_public, public_problem
from bot.service.reviews import BETWEEN, ReviewDesk
from bot.service.texts import Texts

SWITCH, PAUSED, OPEN = "public_answers", "paused", "open"


@dataclass(frozen=True)
class About:
    """What a public answer is about: `summary` is what the team reads, `matter` names the event where one is known."""

    category: Category
    summary: str = ""
    matter: str | None = None


class PublicDesk:
    """Drafts, approves and refuses public answers inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow, self._municipality, self._now = uow, municipality, now

    # -- the switch
    def paused(self) -> bool:
        """Whether nothing public leaves."""
        return is_paused(self._uow)

    def pause(self, staff: str) -> None:
        """Nothing public is sent any more, neither answers nor approved drafts, until `resume`."""
        self._turn(PAUSED, staff)

    def resume(self, staff: str) -> None:
        """Public answers leave again, those that waited too."""
        self._turn(OPEN, staff)

    def _turn(self, value: str, staff: str) -> None:
        self._uow.switches.set(SWITCH, value, self._now, f"staff:{staff}")
        self._uow.audit.record(self._now, f"staff:{staff}", f"{SWITCH}_{value}", f"switch:{SWITCH}")

    # -- answers
    def problem(self, text: str, conversation: Conversation | None = None) -> str | None:
        """Why the text may not be public; None where it may."""
        return public_problem(text, self._municipality, self._name(conversation))

    def answer(
        self,
        conversation: Conversation,
        reply: Reply,
        key: str,
        kind: OutboxKind,
        about: About,
        request: Request | None = None,
        not_before: datetime | None = None,
    ) -> OutboxRow | None:
        """Send, or keep as a draft for the team, as the municipality's mode for the category says.

        What may not be public as it is, is kept as a draft in any mode.
        """
        approve = self._municipality.publicity.mode(about.category) is SendMode.APPROVE
        held = approve or weight(reply.text) > MOST_WEIGHT or self.problem(reply.text, conversation) is not None
        row = post(self._uow, conversation, reply, key, kind, self._now, not_before, held=held)
        if row is not None and held:
            self._propose(conversation, row, about, request)
        return row

    def invite_elsewhere(self, private: Conversation) -> None:
        """The citizen cannot be written to in private: said once, short, in the public thread that led there."""
        thread = self._uow.conversations.get(private.continues_id or 0)
        if thread is None or not thread.public:
            return
        text = Texts(self._municipality)("public_dm_closed", thread.id or 0, website=self._municipality.website)
        key = f"closed:{private.id}:{thread.id}"
        self.answer(thread, Reply(text, public=True), key, OutboxKind.REPLY, About(Category.REPORT, text))

    def _propose(self, conversation: Conversation, row: OutboxRow, about: About, request: Request | None) -> None:
        """One item a conversation: a newer draft replaces one that nobody has approved yet."""
        desk = ReviewDesk(self._uow, self._municipality, self._now)
        item = desk.open(ReviewReason.PUBLIC_ANSWER, conversation, request, about.summary)
        if item.outbox_id is not None:
            self._withdraw(item.outbox_id)
        item.outbox_id, item.summary = row.id, about.summary
        item.matter, item.suggested_reply = about.matter, str(row.body["text"])

    def lengthen(self, conversation: Conversation, text: str) -> bool:
        """Add to the draft that waits in the conversation; False where none does or it would be too long."""
        for item in self._uow.reviews.open_of(conversation.id or 0):
            row = self._uow.outbox.get(item.outbox_id, lock=True) if item.outbox_id is not None else None
            if row is None or row.state != OutboxState.HELD:
                continue
            longer = str(row.body["text"]) if text in row.body["text"] else f"{row.body['text']} {text}"
            if weight(longer) <= MOST_WEIGHT:
                row.body = {**row.body, "text": longer}
                item.suggested_reply = longer
                return True
        return False

    def approve(self, item_id: int, staff: str, text: str | None = None) -> None:
        """Send the draft, in other words where `text` is given.

        Raises UserError public_personal, too_long, empty_reply, already_decided or review_closed; NotFound; NotAllowed
        where a colleague holds the item.
        """
        item, row = self._locked(item_id, staff)
        conversation = self._uow.conversations.get(row.conversation_id or 0)
        wording = check_public(
            str(row.body["text"]) if text is None else text, self._municipality, self._name(conversation)
        )
        changed = wording != row.body["text"]
        row.body = {**row.body, "text": wording}
        row.state, row.not_before = OutboxState.PENDING, max(self._now, row.not_before)
        if row.kind == OutboxKind.REPLY:
            row.kind = OutboxKind.STAFF_REPLY
        say(self._uow, row, Reply(wording, public=True), self._now, f"staff:{staff}" if changed else "bot")
        self._close(item, staff, "approved_changed" if changed else "approved", wording)

    def reject(self, item_id: int, staff: str, reason: str) -> None:
        """The draft is never sent; `reason` is kept. Raises as `approve` does, and reason_needed."""
        if not reason.strip():
            raise UserError("reason_needed")
        item, row = self._locked(item_id, staff)
        row.state = OutboxState.WITHDRAWN
        self._close(item, staff, f"rejected: {reason.strip()}"[:200], reason)

    # -- posts without an answer
    def show(self, conversation: Conversation, about: About, reason: ReviewReason = ReviewReason.PUBLIC_POST) -> None:
        """A post that the bot does not answer goes to the team."""
        item = ReviewDesk(self._uow, self._municipality, self._now).open(reason, conversation, None, about.summary)
        item.matter = item.matter or about.matter

    def forget(self, conversation: Conversation, rows: Sequence[int] | None = None, words: str = "") -> None:
        """A post is gone: drafts and unsent answers to it are withdrawn, its items closed, its words taken out.

        `rows` are the inbox rows of the post, `words` what the team read of it; without them the whole thread is gone.
        """
        assert conversation.id is not None
        answers = [f"reply:{row}:" for row in rows or ()]
        if rows is None or answers:
            self._uow.outbox.withdraw(conversation.id, [OutboxKind.REPLY, OutboxKind.STAFF_REPLY], answers)
        for item in self._uow.reviews.open_of(conversation.id):
            row = self._uow.outbox.get(item.outbox_id, lock=True) if item.outbox_id is not None else None
            item.summary = _without(item.summary, words)
            answered = row is None or rows is None or row.key.startswith(tuple(answers))
            if (item.reason == ReviewReason.PUBLIC_ANSWER and answered) or self._only_post(item, rows is None):
                if row is not None and row.state == OutboxState.HELD:
                    row.state = OutboxState.WITHDRAWN
                item.state, item.closed_at, item.closed_reason = "closed", self._now, "post_deleted"

    def _only_post(self, item: ReviewItem, whole: bool) -> bool:
        return item.reason == ReviewReason.PUBLIC_POST and (whole or not item.summary)

    def _withdraw(self, outbox_id: int) -> None:
        row = self._uow.outbox.get(outbox_id, lock=True)
        if row is not None and row.state == OutboxState.HELD:
            row.state = OutboxState.WITHDRAWN

    def _locked(self, item_id: int, staff: str) -> tuple[ReviewItem, OutboxRow]:
        """The item and its draft; locked after their conversation, as turns lock them."""
        found = self._uow.reviews.get(item_id)
        if found is not None and found.conversation_id is not None:
            self._uow.conversations.lock(found.conversation_id)
        item = self._uow.reviews.get(item_id, lock=True)
        if item is None:
            raise NotFound("review_not_found", id=item_id)
        if item.state == "closed":
            raise UserError("review_closed", id=item_id)
        if item.taken_by not in (None, staff) and item.taken_until is not None and item.taken_until > self._now:
            raise NotAllowed("taken_by_other", by=item.taken_by)
        row = self._uow.outbox.get(item.outbox_id or 0, lock=True)
        if row is None or row.state != OutboxState.HELD:
            raise UserError("already_decided", id=item_id)
        return item, row

    def _close(self, item: ReviewItem, staff: str, reason: str, words: str) -> None:
        item.state, item.closed_at, item.closed_reason = "closed", self._now, reason
        action = f"public_{reason.partition('_')[0].partition(':')[0]}"
        self._uow.audit.record(self._now, f"staff:{staff}", action, f"review:{item.id}", words)

    def _name(self, conversation: Conversation | None) -> str | None:
        return self._uow.conversations.citizen(conversation.citizen_id).display_name if conversation else None


def _without(summary: str, words: str) -> str:
    """The summary without the block that is a post's words."""
    return BETWEEN.join(block for block in summary.split(BETWEEN) if not words or block != words)


def is_paused(uow: UnitOfWork) -> bool:
    """Whether the switch stands on 'nothing public leaves'."""
    return uow.switches.get(SWITCH) == PAUSED
