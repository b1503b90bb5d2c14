"""Requests from the conversation page: file one, correct its service, unit or place, merge duplicates, split."""

from __future__ import annotations

import re

from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.db.conversation_queries import said
from bot.domain.conversation import Conversation
from bot.domain.messages import OutboxKind, Reply
from bot.domain.requests import Filing, Kind, Request, Status
from bot.errors import NotFound, UserError
from bot.ports import UnitOfWork
from bot.service.policy import Right
from bot.service.posting import post
from bot.service.replying import PRESENT
from bot.service.requests import RequestDesk, check_version, find_request
from bot.service.reviews import ReviewDesk
from bot.web.desk import places
from bot.web.desk.frame import Desk
from bot.web.desk.personal import restored
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

_KEY = re.compile(r"[0-9a-f]{16,40}")
MOST_DESCRIPTION = 4000


class TalkFiling:
    """The posts that make or change a request of the conversation's citizen, through the one gate."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= places.PROBLEMS | {"empty_description": "Açıklama boş olamaz."}

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute(f"/gorusme/{{item:int}}/{path}", screen, Right.ANSWER, ("POST",))
            for path, screen in (("basvuru", self.file), ("duzelt", self.correct), ("birlestir", self.merge))
        ]

    def file(self, visit: Visit) -> Response:
        """File a request in the citizen's name; sent twice it is filed once. `linked` ties it to another one."""
        with self._desk.writes() as uow:
            conversation = self._taken(uow, visit)
            kept = self._request(uow, visit, "linked", conversation) if visit.text("linked") else None
            description = self._description(visit, uow.session, conversation)
            filing, citizen_id = self._filing(visit, kept, conversation, description), conversation.citizen_id
            gate, actor = self._gate(uow, visit), visit.staff.actor
            request = gate.file(filing, citizen_id, conversation.id or 0, conversation.channel, actor)
            conversation.last_request_id = request.id
            conversation.drafts = ()
            item = uow.reviews.get(int(visit.path["item"]))
            if item is not None and item.request_id is None:
                item.request_id = request.id
            if visit.text("tell"):
                self._tell(uow, visit, conversation, request)
            uow.commit()
        return self._back(visit, "kayit-acildi")

    def correct(self, visit: Visit) -> Response:
        """Correct service, place and unit of a request; a corrected service is a label for teaching.

        The form holds the unit that the page showed: another one was chosen, whatever becomes of the service.
        """
        with self._desk.writes() as uow:
            conversation = self._taken(uow, visit)
            request = self._request(uow, visit, "request", conversation)
            check_version(request, visit.number("version"))
            gate, actor = self._gate(uow, visit), visit.staff.actor
            service, unit, note = visit.text("service", 40), visit.text("unit", 40), visit.text("note", 1000)
            chosen = unit if unit != request.unit else ""
            place = places.corrected(visit, self._desk.municipality, request)
            if service and service != request.service:
                gate.reclassify(request, service, actor)
            if place != request.place:
                gate.amend(request, place, actor, whole=True)
            if chosen and chosen != request.unit:
                if not note:
                    raise UserError("reason_needed")
                gate.assign(request, chosen, actor, note, told=False)
            uow.commit()
        return self._back(visit, "duzeltildi")

    def merge(self, visit: Visit) -> Response:
        """The request is the same matter as another one."""
        with self._desk.writes() as uow:
            conversation = self._taken(uow, visit)
            request = self._request(uow, visit, "request", conversation)
            check_version(request, visit.number("version"))
            into = find_request(uow, visit.text("into", 40))
            visit.require(Right.CHANGE_REQUESTS, into.unit)
            self._gate(uow, visit).merge(request, into, visit.staff.actor)
            uow.commit()
        return self._back(visit, "birlestirildi")

    # -- helpers
    def _taken(self, uow: UnitOfWork, visit: Visit) -> Conversation:
        """The conversation, locked; the matter is the visitor's now. Raises NotAllowed where it is a colleague's."""
        reviews = ReviewDesk(uow, self._desk.municipality, visit.now)
        item = reviews.take(int(visit.path["item"]), visit.staff.username, PRESENT)
        conversation = uow.conversations.get(item.conversation_id) if item.conversation_id else None
        if conversation is None:
            raise UserError("no_conversation")
        return conversation

    def _gate(self, uow: UnitOfWork, visit: Visit) -> RequestDesk:
        return RequestDesk(uow, self._desk.municipality, visit.now, self._desk.settings.secret.encode())

    def _request(self, uow: UnitOfWork, visit: Visit, field: str, conversation: Conversation) -> Request:
        """The named request, which must be this citizen's own. Raises NotFound."""
        request = uow.requests.get(visit.number(field), lock=True)
        if request is None or request.citizen_id != conversation.citizen_id:
            raise NotFound("not_found")
        visit.require(Right.CHANGE_REQUESTS, request.unit)
        return request

    def _description(self, visit: Visit, session: Session, conversation: Conversation) -> str:
        """What was written; where it stands on masked words (`source`: a message, or the draft), those as they were."""
        written, source = visit.text("description", MOST_DESCRIPTION), visit.text("source", 18)
        draft = conversation.draft
        original = (draft.description if draft else None) if source == "draft" else None
        if source.isdecimal():
            original = said(session, conversation.id or 0, int(source))
        return restored(written, original, self._desk.municipality)[:MOST_DESCRIPTION] if original else written

    def _filing(self, visit: Visit, linked: Request | None, conversation: Conversation, description: str) -> Filing:
        service = visit.text("service", 40)
        if service not in self._desk.municipality.services:
            raise UserError("unknown_service", service=service)
        key = visit.text("key", 40)
        if not description:
            raise UserError("empty_description")
        if not _KEY.fullmatch(key):
            raise UserError("not_a_form")
        kind = visit.text("kind", 20)
        return Filing(
            key=f"staff:{key}",
            service=service,
            kind=Kind(kind) if kind in set(Kind) else Kind.COMPLAINT,
            description=description,
            place=places.place_of(visit, self._desk.municipality),
            urgent=bool(visit.text("urgent")),
            confidence=1.0,
            contact=conversation.draft.contact if conversation.draft else None,
            attachment_ids=self._files(visit),
            linked_to=linked.id if linked else None,
        )

    def _files(self, visit: Visit) -> tuple[int, ...]:
        """The chosen files, those of this conversation only."""
        wanted = {int(value) for value in visit.texts("file") if value.isdecimal() and len(value) < 18}
        if not wanted:
            return ()
        with self._desk.reads() as uow:
            item = uow.reviews.get(int(visit.path["item"]))
            found = uow.requests.attachments(sorted(wanted))
        own = item.conversation_id if item else None
        return tuple(file.id for file in found if file.id and file.conversation_id == own and file.request_id is None)

    def _tell(self, uow: UnitOfWork, visit: Visit, conversation: Conversation, request: Request) -> None:
        """The citizen reads the number, as where the assistant files."""
        if conversation.public:
            return
        texts, municipality = self._desk.texts, self._desk.municipality
        body = municipality.bodies.get(request.body or "")
        if request.status == Status.FORWARDED and body is not None:
            text = texts("filed_forwarded", number=request.tracking_no, body=body.name, phone=texts.phone_of(body))
        else:
            unit = municipality.units.get(request.unit or "", municipality.name)
            text = texts("filed", conversation.turns, number=request.tracking_no, unit=unit)
        key = f"staff:filed:{request.id}"
        post(uow, conversation, Reply(text), key, OutboxKind.STAFF_REPLY, visit.now, author=visit.staff.actor)

    def _back(self, visit: Visit, done: str) -> Response:
        target = f"{PREFIX}/gorusme/{int(visit.path['item'])}?tamam={done}"
        if visit.htmx:
            return Response(status_code=204, headers={"hx-redirect": target})
        return RedirectResponse(target, 303)
