"""What staff say to citizens from the desk: sent after a moment in which it can be undone."""

from __future__ import annotations

from datetime import datetime, timedelta

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


class ReplyDesk:
    """Replies, approvals and internal notes of one person, inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime, staff: str) -> None:
        self._uow, self._municipality, self._now, self._staff = uow, municipality, now, staff
        self._reviews = ReviewDesk(uow, municipality, now)

    def send(self, item_id: int, text: str) -> OutboxRow:
        """Answer the citizen in UNDO. Raises as ReviewDesk.reply does, and gap_left (`gap`)."""
        gap = gap_in(text)
        if gap is not None:
            raise UserError("gap_left", gap=gap)
        return self._reviews.reply(item_id, self._staff, text, UNDO, PRESENT)

    def approve(self, item_id: int, text: str | None = None) -> OutboxRow:
        """Approve the drafted public answer, in other words where `text` is given. Raises as PublicDesk.approve."""
        item = self._reviews.take(item_id, self._staff, PRESENT)
        row = self._uow.outbox.get(item.outbox_id or 0, lock=True)
        if row is None or row.state != OutboxState.HELD:
            raise UserError("already_decided", id=item_id)
        PublicDesk(self._uow, self._municipality, self._now).approve(item_id, self._staff, text)
        row.not_before = max(row.not_before, self._now + UNDO)
        return row

    def undo(self, outbox_id: int) -> str:
        """Withdraw what has not left yet; its words. An approved draft waits for approval again.

        Raises NotFound for what somebody else sent, and UserError too_late_to_undo.
        """
        row = self._uow.outbox.get(outbox_id, lock=True)
        if row is None or row.conversation_id is None:
            raise NotFound("not_found")
        item = self._uow.reviews.of_outbox(outbox_id)
        if not self._sent_it(row, item.taken_by if item else None):
            raise NotFound("not_found")
        if row.state != OutboxState.PENDING or row.not_before <= self._now:
            raise UserError("too_late_to_undo")
        words = str(row.body["text"])
        self._uow.conversations.unsay(outbox_id)
        row.state = OutboxState.WITHDRAWN
        if item is not None:
            row.state = OutboxState.HELD
            item.state, item.closed_at, item.closed_reason = "taken", None, None
            item.taken_until = self._now + PRESENT
        self._uow.audit.record(self._now, f"staff:{self._staff}", "reply_undone", f"outbox:{outbox_id}")
        return words

    def note(self, conversation_id: int, text: str) -> None:
        """Words for colleagues beside the conversation. Raises UserError empty_note."""
        if not text.strip():
            raise UserError("empty_note")
        author = f"staff:{self._staff}"
        self._uow.staff.add(InternalNote(conversation_id, author, text.strip(), self._now))
        self._uow.audit.record(self._now, author, "note_added", f"conversation:{conversation_id}", text)

    def _sent_it(self, row: OutboxRow, approved_by: str | None) -> bool:
        if approved_by == self._staff:
            return True
        line = self._uow.conversations.line_of(row.id or 0)
        return line is not None and line.author == f"staff:{self._staff}"
