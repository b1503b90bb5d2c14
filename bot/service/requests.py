"""The one gate: filing a request, and every change of one afterwards.

Each change checks the transition table, writes the append-only history and the citizens' notifications, all in the
caller's transaction.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import datetime, timedelta

from bot.domain.conversation import AwaitedKind
from bot.domain.requests import Filing, Follower, HistoryEntry, Kind, Note, Place, Priority, Request, Status
from bot.domain.workflow import OPEN, check_transition
from bot.errors import NotFound, StaleVersion, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.notifications import Notifier
from bot.service.webhooks import announce

REOPEN_WITHIN = timedelta(days=30)
ARCHIVE_STATES = frozenset({Status.RESOLVED, Status.REJECTED, Status.CANCELLED, Status.DUPLICATE, Status.FORWARDED})


class RequestDesk:
    """Changes requests inside one unit of work. `key` is the secret with which free text is hashed in the history."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime, key: bytes) -> None:
        self._uow = uow
        self._municipality = municipality
        self._now = now
        self._key = key
        self._notifier = Notifier(uow, municipality, now)

    def file(
        self, filing: Filing, citizen_id: int, conversation_id: int, channel: str, actor: str | None = None
    ) -> Request:
        """File once: the same `filing.key` again gives the request that exists. `actor` None: the citizen did it."""
        existing = self._uow.requests.by_key(filing.key)
        if existing is not None:
            return existing
        service = self._municipality.services[filing.service]
        year = self._municipality.local(self._now).year
        number = self._uow.requests.next_number(year)
        tracking_no = f"{self._municipality.prefix}-{year}-{number:06d}"
        forwarded = service.body is not None and filing.kind is not Kind.THANKS
        request = Request(
            tracking_no=tracking_no,
            year=year,
            number=number,
            filing_key=filing.key,
            access_code=self._hash(f"code:{filing.key}")[:6].upper(),
            citizen_id=citizen_id,
            conversation_id=conversation_id,
            service=filing.service,
            kind=filing.kind,
            unit=service.unit,
            body=service.body,
            description=filing.description,
            channel=channel,
            contact=filing.contact,
            priority=Priority.URGENT if filing.urgent else Priority.NORMAL,
            due_at=self._municipality.due(filing.service, self._now),
            status=Status.FORWARDED if forwarded else Status.RECEIVED,
            sensitive=filing.sensitive,
            confidence=filing.confidence,
            linked_to=filing.linked_to,
            created_at=self._now,
            updated_at=self._now,
            closed_at=self._now if forwarded else None,
            **vars(filing.place),
        )
        self._uow.requests.add(request)
        assert request.id is not None
        for attachment in self._uow.requests.attachments(filing.attachment_ids):
            attachment.request_id = request.id
        self._record(request, actor or f"citizen:{citizen_id}", "filed", None, request.status)
        return request

    def change(
        self,
        request: Request,
        after: Status,
        actor: str,
        reason: str | None = None,
        note: str | None = None,
        notify: bool = True,
        sent_to_body: bool = False,
        told: bool = True,
    ) -> None:
        """Move the request to `after`. Raises TransitionRefused. `reason` is a code; `note` is for the citizen, or,
        where it isn't `told`, for the staff alone."""
        entry = self._change(request, after, actor, reason, note, "staff" if told else "internal")
        if notify:
            self._notifier.status_changed(request, entry, note if told else None, sent_to_body)

    def _change(
        self, request: Request, after: Status, actor: str, reason: str | None, note: str | None, note_kind: str
    ) -> HistoryEntry:
        before = request.status
        check_transition(before, after)
        request.status = after
        request.updated_at = self._now
        request.resolved_at = self._now if after is Status.RESOLVED else request.resolved_at
        request.closed_at = self._now if after in ARCHIVE_STATES else None
        if after is Status.REOPENED:
            request.reopened_count += 1
            request.due_at = self._municipality.due(request.service, self._now)
        return self._record(request, actor, "status", before, after, reason, note, note_kind)

    def assign(self, request: Request, unit: str, actor: str, note: str | None = None, told: bool = True) -> None:
        """Give the request to a unit of the municipality."""
        if unit not in self._municipality.units:
            raise UserError("unknown_unit", unit=unit)
        request.unit, request.body = unit, None
        self.change(request, Status.ASSIGNED, actor, reason=unit, note=note, told=told)

    def forward(
        self,
        request: Request,
        body: str,
        actor: str,
        note: str | None = None,
        sent: bool = False,
        told: bool = True,
    ) -> None:
        """Record that another body is responsible; `sent` where the case was really passed on to it."""
        if body not in self._municipality.bodies:
            raise UserError("unknown_body", body=body)
        request.body = body
        self.change(request, Status.FORWARDED, actor, reason=body, note=note, sent_to_body=sent, told=told)

    def merge(self, request: Request, into: Request, actor: str, note: str | None = None) -> None:
        """The matter is filed already as `into`, which must be open: who filed or follows this one follows that one.

        Raises UserError merge_refused, TransitionRefused.
        """
        assert request.id is not None and into.id is not None
        if request.id == into.id or Status(into.status) not in OPEN | {Status.FORWARDED}:
            raise UserError("merge_refused", number=into.tracking_no)
        moved = self._uow.requests.followers(request.id)
        request.duplicate_of = into.id
        self.change(request, Status.DUPLICATE, actor, reason=into.tracking_no, note=note)
        if request.citizen_id and request.conversation_id:
            self._follow(into, request.citizen_id, request.conversation_id)
        for follower in moved:
            self._uow.requests.remove_follower(request.id, follower.citizen_id)
            self._follow(into, follower.citizen_id, follower.conversation_id)
        self._record(into, actor, "merged", reason=request.tracking_no)
        into.updated_at = self._now

    def separate(self, request: Request, actor: str, note: str | None = None) -> None:
        """It was no duplicate: it is received anew, and who filed it follows the other one no more."""
        into = self._uow.requests.get(request.duplicate_of) if request.duplicate_of else None
        self.change(request, Status.RECEIVED, actor, reason=into.tracking_no if into else None, note=note, notify=False)
        request.duplicate_of = None
        if into is not None and request.citizen_id:
            self._uow.requests.remove_follower(into.id or 0, request.citizen_id)
            self._record(into, actor, "separated", reason=request.tracking_no)

    def prioritize(self, request: Request, priority: Priority, actor: str) -> None:
        """Urgent or not; nothing is recorded where it stands so already."""
        if request.priority == priority:
            return
        request.priority, request.updated_at = priority, self._now
        self._record(request, actor, "priority", reason=priority)

    def reclassify(self, request: Request, service: str, actor: str) -> None:
        """Correct the service, and with it unit or body: what is another body's is forwarded, and back."""
        if service not in self._municipality.services:
            raise UserError("unknown_service", service=service)
        entry = self._municipality.services[service]
        reason = f"{request.service}>{service}"
        request.service, request.unit, request.body = service, entry.unit, entry.body
        request.updated_at = self._now
        self._record(request, actor, "reclassified", reason=reason)
        if entry.body is not None and is_open(request) and request.kind != Kind.THANKS:
            self.forward(request, entry.body, actor)
        elif entry.unit is not None and request.status == Status.FORWARDED:
            request.due_at = self._municipality.due(service, self._now)
            self.assign(request, entry.unit, actor)

    def amend(self, request: Request, place: Place, actor: str, whole: bool = False) -> None:
        """Correct the place of a request; `whole`: what `place` doesn't know is gone, else it stays as it was."""
        merged = place if whole else request.place.merged(place)
        for name, value in vars(merged).items():
            setattr(request, name, value)
        request.updated_at = self._now
        self._record(request, actor, "amended", reason="place")

    def add_note(self, request: Request, text: str, actor: str, kind: str = "citizen") -> None:
        """Add words of citizen or staff to the request."""
        self._record(request, actor, f"note_{kind}", note=text, note_kind=kind)
        request.updated_at = self._now

    def add_files(self, request: Request, attachment_ids: tuple[int, ...], actor: str) -> None:
        for attachment in self._uow.requests.attachments(attachment_ids):
            attachment.request_id = request.id
        self._record(request, actor, "files_added", reason=str(len(attachment_ids)))

    def join(self, request: Request, citizen_id: int, conversation_id: int, text: str) -> bool:
        """Make another citizen a follower; False where they follow or filed it already."""
        assert request.id is not None
        if request.citizen_id == citizen_id:
            return False
        follower = Follower(request.id, citizen_id, conversation_id, self._now)
        if not self._uow.requests.add_follower(follower):
            return False
        self._record(request, f"citizen:{citizen_id}", "joined", note=text, note_kind="citizen")
        return True

    def leave(self, request: Request, citizen_id: int) -> None:
        """A follower follows no more."""
        self._uow.requests.remove_follower(request.id or 0, citizen_id)
        self._record(request, f"citizen:{citizen_id}", "left")

    def withdraw(self, request: Request, actor: str) -> None:
        """The citizen withdraws it. Where others follow, the problem is there: the first of them goes on with it,
        in their own words."""
        heirs = self._uow.requests.followers(request.id or 0)
        if not heirs:
            self.change(request, Status.CANCELLED, actor, reason="withdrawn", notify=False)
            return
        heir = heirs[0]
        request.citizen_id, request.conversation_id = heir.citizen_id, heir.conversation_id
        request.description = self._uow.privacy.words_of(request.id or 0, heir.citizen_id) or "-"
        request.contact, request.landmark, request.updated_at = None, None, self._now
        self._uow.requests.remove_follower(request.id or 0, heir.citizen_id)
        self._record(request, actor, "passed_on", reason="withdrawn")

    def rate(self, request: Request, citizen_id: int, rating: int) -> bool:
        """Keep the satisfaction, 1 to 5; False where it was given for this resolution already."""
        if request.citizen_id == citizen_id:
            if request.rating is not None:
                return False
            request.rating = rating
        else:
            mine = [f for f in self._uow.requests.followers(request.id or 0) if f.citizen_id == citizen_id]
            if not mine or mine[0].rating is not None:
                return False
            mine[0].rating = rating
        self._record(request, f"citizen:{citizen_id}", "rated", reason=str(rating))
        return True

    def reopen(self, request: Request, actor: str, reason_text: str | None) -> None:
        """The citizen says that it isn't solved. The ratings, followers' too, start anew; nobody is asked for one."""
        request.rating = None
        asked = [request.conversation_id]
        for follower in self._uow.requests.followers(request.id or 0):
            follower.rating = None
            asked.append(follower.conversation_id)
        for conversation_id in asked:
            self._no_longer_rated(conversation_id, request)
        self._change(request, Status.REOPENED, actor, "not_resolved", reason_text, "citizen")

    def _no_longer_rated(self, conversation_id: int | None, request: Request) -> None:
        awaited = self._uow.conversations.awaited(conversation_id, self._now) if conversation_id else ()
        if any(row.what == AwaitedKind.RATING and row.request_id == request.id for row in awaited):
            self._uow.conversations.no_longer_await(conversation_id or 0, AwaitedKind.RATING)

    def can_reopen(self, request: Request) -> bool:
        closed = request.closed_at or request.updated_at
        return request.status in (Status.RESOLVED, Status.REJECTED) and self._now - closed <= REOPEN_WITHIN

    def _follow(self, request: Request, citizen_id: int, conversation_id: int) -> None:
        assert request.id is not None
        if citizen_id != request.citizen_id:
            self._uow.requests.add_follower(Follower(request.id, citizen_id, conversation_id, self._now))

    def _record(
        self,
        request: Request,
        actor: str,
        action: str,
        before: str | None = None,
        after: str | None = None,
        reason: str | None = None,
        note: str | None = None,
        note_kind: str = "staff",
    ) -> HistoryEntry:
        assert request.id is not None
        note_id = self._uow.requests.add_note(Note(request.id, note_kind, note, self._now)) if note else None
        entry = HistoryEntry(
            request_id=request.id,
            at=self._now,
            actor=actor,
            action=action,
            from_status=before,
            to_status=after,
            reason=reason,
            note_id=note_id,
            note_hash=self._hash(note) if note else None,
        )
        self._uow.requests.add_history(entry)
        self._uow.flush()
        if not actor.startswith(("citizen:", "system")):
            step = f"request_{action}" + (f":{after}" if after else "")
            self._uow.audit.record(self._now, actor, step, f"request:{request.id}")
        announce(self._uow, request, entry)
        return entry

    def _hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()


def find_request(uow: UnitOfWork, number: str, lock: bool = True) -> Request:
    """By tracking number; raises NotFound. Locked until the transaction ends, unless told otherwise."""
    found = uow.requests.by_number(number.strip().upper())
    if found is None or found.id is None:
        raise NotFound("request_not_found", number=number)
    locked = uow.requests.get(found.id, lock=lock)
    assert locked is not None
    return locked


def check_version(request: Request, seen: int) -> None:
    """Raise StaleVersion unless the request is still the one that was `seen`."""
    if request.version != seen:
        raise StaleVersion("stale_version", number=request.tracking_no)


def is_open(request: Request) -> bool:
    return Status(request.status) in OPEN
