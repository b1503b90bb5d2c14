"""Personal data (KVKK art. 7 and 11): wishes of citizens, copies, erasure, forgetting after the retention period."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.conversation import Conversation, ReviewReason
from bot.domain.messages import OutboxKind, OutboxState, Reply
from bot.domain.privacy import CitizenCopy, PrivacyWish, WishKind, WishState
from bot.domain.requests import Request, Status
from bot.domain.retention import LegalRetention
from bot.domain.workflow import OPEN
from bot.errors import UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.posting import post
from bot.service.reviews import ReviewDesk
from bot.service.texts import Texts

WITHIN = timedelta(days=30)
"""KVKK art. 13: a wish is fulfilled within thirty days."""
WARNED_BEFORE = timedelta(days=3)
FAREWELL_WAITS = timedelta(days=1)
"""So long the account stays for the last message to arrive."""
_UNDER_WAY = frozenset({OutboxState.PENDING, OutboxState.SENDING, OutboxState.WAITING})


@dataclass(frozen=True)
class Erased:
    """What is left to do and to tell: `files` must go from the disk, `kept` is what the law keeps, `rows` a count."""

    files: tuple[str, ...] = ()
    kept: tuple[str, ...] = ()
    rows: int = 0


class PrivacyDesk:
    """Records wishes, copies, erases and forgets inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow = uow
        self._municipality = municipality
        self._texts = Texts(municipality)
        self._now = now

    def wish(self, kind: WishKind, conversation: Conversation) -> PrivacyWish:
        """A wish of the citizen, confirmed; the open one of its kind where there is one. A person is told."""
        for wish in self._uow.privacy.open_of(conversation.citizen_id):
            if wish.kind == kind:
                return wish
        wish = PrivacyWish(
            citizen_id=conversation.citizen_id,
            kind=kind,
            asked_at=self._now,
            due_at=self._now + WITHIN,
            conversation_id=conversation.id,
        )
        self._uow.privacy.add(wish)
        actor = f"citizen:{conversation.citizen_id}"
        self._uow.audit.record(self._now, actor, f"{kind}_wished", f"wish:{wish.id}")
        ReviewDesk(self._uow, self._municipality, self._now).open(ReviewReason.PRIVACY, conversation)
        return wish

    def open_requests(self, citizen_id: int) -> Sequence[Request]:
        """What must end before an erasure."""
        return [request for request in self._uow.privacy.requests_of(citizen_id) if Status(request.status) in OPEN]

    def kept(self, citizen_id: int) -> Sequence[tuple[LegalRetention, Request]]:
        """Requests that the configured legal retention keeps whole for now, with the law's entry."""
        found = []
        for request in self._uow.privacy.requests_of(citizen_id):
            law = self._municipality.retention.legal(request.service)
            if law is not None and (request.closed_at or self._now) + law.span > self._now:
                found.append((law, request))
        return found

    def copy(self, citizen_id: int, actor: str) -> CitizenCopy:
        """Everything that is kept of the citizen; fulfils an open wish, and the citizen is told that it is ready."""
        records = self._uow.privacy.everything(citizen_id)
        if not records["citizen"]:
            raise UserError("unknown_citizen", citizen=citizen_id)
        self._uow.audit.record(self._now, actor, "citizen_copied", f"citizen:{citizen_id}")
        for wish in self._uow.privacy.open_of(citizen_id):
            if wish.kind == WishKind.EXPORT:
                self._finish(wish, actor)
                self._tell(wish, f"copied:{wish.id}", self._texts("export_ready", phone=self._municipality.phone))
        return CitizenCopy(citizen_id, records)

    def erase(self, citizen_id: int, actor: str) -> Erased:
        """Take the citizen's personal data out of all rows, but what the law keeps; counts and dates stay.

        Raises UserError while a request is open, and while a message waits for its turn or is being sent.
        """
        threads = sorted(conversation.id or 0 for conversation in self._uow.conversations.of_citizen(citizen_id))
        for thread in threads:
            self._uow.conversations.lock(thread)
        still_open = self.open_requests(citizen_id)
        if still_open:
            raise UserError("requests_open", numbers=", ".join(request.tracking_no for request in still_open))
        if self._uow.privacy.busy(threads):
            raise UserError("messages_waiting", citizen=citizen_id)
        kept = self.kept(citizen_id)
        kept_ids = [request.id or 0 for _, request in kept]
        gone = [request for request in self._uow.privacy.requests_of(citizen_id) if request.id not in kept_ids]
        files = [*self._uow.forgetting.requests(gone, self._now)]
        self._uow.forgetting.notes_of(citizen_id, kept_ids)
        files += self._uow.forgetting.conversations(threads, kept_ids, self._now)
        self._uow.forgetting.lonely_accounts(self._now)
        names = self.kept_names(kept)
        for wish in self._uow.privacy.open_of(citizen_id):
            self._finish(wish, actor, WishState.DONE if wish.kind == WishKind.ERASE else WishState.REFUSED, names)
        self._uow.audit.record(self._now, actor, "citizen_erased", f"citizen:{citizen_id}")
        return Erased(self._unused(files), names)

    def work_off(self, wish: PrivacyWish) -> Erased:
        """Bring an erasure on its way: the citizen is told first, erased at a later call; a late one is looked at."""
        if self.open_requests(wish.citizen_id):
            if wish.due_at - self._now <= WARNED_BEFORE:
                self._warn(wish)
            return Erased()
        key = f"erasing:{wish.id}"
        told = self._uow.privacy.told(key)
        if not told:
            if self._tell(wish, key, self.farewell(wish.citizen_id)):
                return Erased()
        elif any(state in _UNDER_WAY and self._now - at < FAREWELL_WAITS for state, at in told):
            return Erased()
        threads = [conversation.id or 0 for conversation in self._uow.conversations.of_citizen(wish.citizen_id)]
        return Erased() if self._uow.privacy.busy(threads) else self.erase(wish.citizen_id, "system:retention")

    def forget_old(self) -> Erased:
        """Anonymise a batch of what was kept long enough; empty where nothing is left to do."""
        retention = self._municipality.retention
        services: dict[timedelta, list[str]] = defaultdict(list)
        by_law = sorted({code for law in retention.by_law for code in law.services})
        for code in by_law:
            law = retention.legal(code)
            services[law.span if law else retention.requests].append(code)
        gone = [*self._uow.privacy.requests_over(self._now - retention.requests, but=by_law)]
        for span, codes in services.items():
            gone += self._uow.privacy.requests_over(self._now - span, codes)
        files = [*self._uow.forgetting.requests(gone, self._now)]
        number = len(gone)
        threads = self._uow.privacy.conversations_over(self._now - retention.conversations)
        kept = self._uow.privacy.requests_with_files_of(threads)
        files += self._uow.forgetting.conversations(threads, kept, self._now)
        number += len(threads)
        if number:
            self._uow.forgetting.lonely_accounts(self._now)
            self._uow.audit.record(self._now, "system:retention", "forgotten", f"rows:{number}")
        return Erased(self._unused(files), rows=number)

    def farewell(self, citizen_id: int) -> str:
        """The last message before the account goes, with what the law keeps."""
        return self._texts("erase_done") + self.kept_text(citizen_id)

    def kept_text(self, citizen_id: int) -> str:
        """' Yasal saklama süresi nedeniyle …', or ''."""
        names = self.kept_names(self.kept(citizen_id))
        return " " + self._texts("erase_keeps", kept="; ".join(names)) if names else ""

    def kept_names(self, kept: Sequence[tuple[LegalRetention, Request]]) -> tuple[str, ...]:
        numbers: dict[LegalRetention, list[str]] = defaultdict(list)
        for law, request in kept:
            numbers[law].append(request.tracking_no)
        return tuple(
            self._texts("erase_kept_line", name=law.name, numbers=", ".join(listed), years=law.span.days // 365)
            for law, listed in numbers.items()
        )

    def _finish(
        self, wish: PrivacyWish, actor: str, state: WishState = WishState.DONE, kept: Sequence[str] = ()
    ) -> None:
        wish.state, wish.done_at, wish.done_by = state, self._now, actor
        wish.kept = "; ".join(kept) or None

    def _tell(self, wish: PrivacyWish, key: str, text: str) -> bool:
        """Into the wish's conversation, else the newest private one; False where there is none."""
        threads = [c for c in self._uow.conversations.of_citizen(wish.citizen_id) if not c.public]
        told = next((c for c in threads if c.id == wish.conversation_id), threads[-1] if threads else None)
        quiet = self._municipality.quiet_until(self._now)
        if told is None:
            return False
        return post(self._uow, told, Reply(text), key, OutboxKind.NOTIFICATION, self._now, quiet) is not None

    def _warn(self, wish: PrivacyWish) -> None:
        conversation = self._uow.conversations.get(wish.conversation_id) if wish.conversation_id else None
        if conversation is not None:
            summary = self._texts("review_erasure_late", due=wish.due_at)
            ReviewDesk(self._uow, self._municipality, self._now).open(ReviewReason.PRIVACY, conversation, None, summary)

    def _unused(self, files: Sequence[str]) -> tuple[str, ...]:
        self._uow.flush()
        used = self._uow.privacy.in_use(files)
        return tuple(dict.fromkeys(sha256 for sha256 in files if sha256 not in used))
