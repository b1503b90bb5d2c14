"""What staff say to citizens from the desk: sent after a moment in which it can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import ReviewItem
from bot.domain.messages import OutboxRow, OutboxState
from bot.domain.staff import InternalNote
from bot.errors import NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.canned import gap_in
from bot.service.publicity import PublicDesk
from bot.service.reviews import ReviewDesk

UNDO = timedelta(seconds=10)
PRESENT = timedelta(minutes=2)
"""How long a page that is left still holds its matter: it tells every half minute that somebody is there."""
ANSWERED = "answered"


class ReplyDesk:
    """Replies, approvals and internal notes of one person, inside one unit of work.

    `handover` is how long the bot stays silent where an undone closing had given the conversation back to it.
    """

    def __init__(
        self,
        uow: UnitOfWork,
        municipality: Municipality,
        now: datetime,
        staff: str,
        handover: timedelta = timedelta(hours=24),
    ) -> None:
        self._uow, self._municipality, self._now, self._staff = uow, municipality, now, staff
        self._handover = handover
        self._reviews = ReviewDesk(uow, municipality, now)

    def send(self, item_id: int, text: str, key: str | None = None) -> OutboxRow:
        """Answer the citizen in UNDO; a form that is sent twice (`key`) answers once.

        Raises as ReviewDesk.reply does, and gap_left (`gap`).
        """
        gap = gap_in(text)
        if gap is not None:
            raise UserError("gap_left", gap=gap)
        return self._reviews.reply(item_id, self._staff, text, UNDO, PRESENT, key)

    def send_and_close(self, item_id: int, text: str, key: str | None = None) -> OutboxRow:
        """Answer and close the item; a drafted answer that waited is withdrawn, the bot has the conversation again."""
        row = self.send(item_id, text, key)
        self._reviews.close(item_id, self._staff, ANSWERED)
        item = self._uow.reviews.get(item_id)
        assert item is not None
        item.outbox_id = row.id
        return row

    def approve(self, item_id: int, text: str | None = None) -> OutboxRow:
        """Approve the drafted public answer, in other words where `text` is given. Raises as PublicDesk.approve."""
        item = self._reviews.take(item_id, self._staff, PRESENT)
        row = self._uow.outbox.get(item.outbox_id or 0, lock=True)
        if row is None or row.state != OutboxState.HELD:
            raise UserError("already_decided", id=item_id)
        PublicDesk(self._uow, self._municipality, self._now).approve(item_id, self._staff, text)
        row.not_before = max(row.not_before, self._now + UNDO)
        return row

    def undo(self, outbox_id: int) -> int | None:
        """Withdraw what has not left yet; the id of the item that it closed or answered, open again.

        An approved draft waits for approval again. Raises NotFound for what somebody else sent, UserError
        too_late_to_undo.
        """
        row = self._uow.outbox.get(outbox_id)
        if row is None or row.conversation_id is None:
            raise NotFound("not_found")
        conversation_id = row.conversation_id
        self._uow.conversations.lock(conversation_id)
        row = self._uow.outbox.get(outbox_id, lock=True)
        item = self._uow.reviews.of_outbox(outbox_id)
        if row is None or not self._sent_it(row, item):
            raise NotFound("not_found")
        if row.state != OutboxState.PENDING or row.not_before <= self._now:
            raise UserError("too_late_to_undo")
        self._uow.conversations.unsay(outbox_id)
        approved = item is not None and item.closed_reason != ANSWERED
        row.state = OutboxState.HELD if approved else OutboxState.WITHDRAWN
        self._uow.audit.record(self._now, f"staff:{self._staff}", "reply_undone", f"outbox:{outbox_id}")
        if item is not None:
            self._open_again(item, conversation_id)
            return item.id
        return next((each.id for each in self._uow.reviews.open_of(conversation_id)), None)

    def note(self, conversation_id: int, text: str) -> None:
        """Words for colleagues beside the conversation. Raises UserError empty_note."""
        if not text.strip():
            raise UserError("empty_note")
        author = f"staff:{self._staff}"
        self._uow.staff.add(InternalNote(conversation_id, author, text.strip(), self._now))
        self._uow.audit.record(self._now, author, "note_added", f"conversation:{conversation_id}", text)

    def _open_again(self, item: ReviewItem, conversation_id: int) -> None:
        item.state, item.closed_at, item.closed_reason = "taken", None, None
        item.taken_by, item.taken_until = self._staff, self._now + PRESENT
        conversation = self._uow.conversations.get(conversation_id)
        if item.handover and conversation is not None:
            self._reviews.hand_over(conversation, self._now + self._handover)

    def _sent_it(self, row: OutboxRow, item: ReviewItem | None) -> bool:
        if item is not None and item.state == "closed" and item.taken_by == self._staff:
            return True
        line = self._uow.conversations.line_of(row.id or 0)
        return line is not None and line.author == f"staff:{self._staff}"
