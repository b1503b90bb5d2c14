"""What citizens are told when staff do something: outbox rows in the same transaction as the change."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.domain.conversation import QUESTIONS, Awaited, AwaitedKind, Conversation
from bot.domain.messages import Button, OutboxKind, Reply
from bot.domain.publicity import Category
from bot.domain.requests import HistoryEntry, Request, Status
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.origin import origin_of
from bot.service.posting import post
from bot.service.publicity import About, PublicDesk
from bot.service.texts import Texts

SURVEY_OPEN = timedelta(days=30)
_PUBLIC_TEXTS = {
    Status.RESOLVED: "public_resolved",
    Status.REJECTED: "public_news",
    Status.FORWARDED: "public_news",
}


class Notifier:
    """Tells the citizen and the followers of a request; quiet hours hold what can wait."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow = uow
        self._municipality = municipality
        self._texts = Texts(municipality)
        self._now = now

    def status_changed(self, request: Request, entry: HistoryEntry, note: str | None, sent_to_body: bool) -> None:
        """Followers hear the same without `note`: it was written for the one who filed."""
        if request.status == Status.RECEIVED:
            return
        for citizen_id, conversation_id in self._told(request):
            conversation = self._uow.conversations.get(conversation_id)
            if conversation is None:
                continue
            if conversation.public:
                self._tell_in_public(conversation, request, f"notify:{entry.id}:{citizen_id}", OutboxKind.NOTIFICATION)
                continue
            survey = request.status == Status.RESOLVED
            text = self._text(request, note if citizen_id == request.citizen_id else None, sent_to_body)
            reply = Reply(text)
            if survey:
                reply = Reply(f"{text}\n{self._texts('survey')}", self._survey_buttons(request), asks=True)
                for question in QUESTIONS:  # the last one asked counts, and this asks anew
                    self._uow.conversations.no_longer_await(conversation_id, question)
                self._uow.conversations.await_(
                    Awaited(conversation_id, AwaitedKind.RATING, self._now, self._now + SURVEY_OPEN, request.id)
                )
            post(
                self._uow,
                conversation,
                reply,
                key=f"notify:{entry.id}:{citizen_id}",
                kind=OutboxKind.NOTIFICATION,
                now=self._now,
                not_before=self._municipality.quiet_until(self._now),
            )

        origin = origin_of(self._uow, request)
        if origin is not None and origin.id != request.conversation_id and request.status == Status.RESOLVED:
            self._tell_in_public(origin, request, f"origin:{entry.id}", OutboxKind.STAFF_REPLY)

    def _tell_in_public(self, thread: Conversation, request: Request, key: str, kind: OutboxKind) -> None:
        """That it is solved; of other news only that they can be asked for. Nothing that staff wrote is public."""
        text_key = _PUBLIC_TEXTS.get(Status(request.status))
        if text_key is None:
            return
        text = self._texts(text_key, thread.id or 0, number=request.tracking_no)
        about = About(Category.RESOLVED, f"{request.tracking_no}: {self._texts.status(request.status)}")
        quiet = self._municipality.quiet_until(self._now)
        desk = PublicDesk(self._uow, self._municipality, self._now)
        desk.answer(thread, Reply(text, public=True), key, kind, about, request, quiet)

    def _text(self, request: Request, note: str | None, sent_to_body: bool) -> str:
        body = self._municipality.bodies.get(request.body or "")
        other = self._uow.requests.get(request.duplicate_of) if request.duplicate_of else None
        key = "notify_forwarded_sent" if sent_to_body else f"notify_{request.status}"
        if other is not None and request.status == Status.DUPLICATE:
            key = "notify_duplicate_of"
        return self._texts(
            key,
            number=request.tracking_no,
            service=self._texts.service(request.service),
            unit=self._municipality.units.get(request.unit or "", ""),
            body=body.name if body else "",
            phone=self._texts.phone_of(body) if body else "",
            other=other.tracking_no if other else "",
            note=" " + self._texts("note", note=note) if note else "",
        )

    def _told(self, request: Request) -> list[tuple[int, int]]:
        told = [(request.citizen_id, request.conversation_id)] if request.citizen_id and request.conversation_id else []
        followers = self._uow.requests.followers(request.id or 0)
        return told + [(follower.citizen_id, follower.conversation_id) for follower in followers]

    def _survey_buttons(self, request: Request) -> tuple[Button, ...]:
        stars = tuple(Button(str(value), f"rate:{request.id}:{value}") for value in range(1, 6))
        return (*stars, Button(self._texts("button_not_resolved"), f"reopen:{request.id}"))
