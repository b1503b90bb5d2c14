"""The conversation page: what was said, what is known, and what can be done about it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session
from starlette.responses import RedirectResponse, Response

from bot.db.conversation_queries import open_item_of
from bot.db.queue_queries import QueueRow
from bot.domain.conversation import ReviewReason
from bot.domain.requests import Kind
from bot.errors import NotFound
from bot.ports import UnitOfWork
from bot.service.policy import Right
from bot.service.public_text import weight
from bot.service.publicity import PublicDesk
from bot.service.replying import PRESENT
from bot.service.reviews import ReviewDesk
from bot.web.desk import reasons
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Looks, Shown
from bot.web.desk.plot import plot
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.talk_page import TalkPage, item_row, seconds_left, talk_page
from bot.web.desk.visit import Visit

KINDS = {
    Kind.COMPLAINT: "şikâyet",
    Kind.REQUEST: "talep",
    Kind.SUGGESTION: "öneri",
    Kind.THANKS: "teşekkür",
    Kind.INFORMATION: "bilgi",
}
PROBLEMS = {
    "too_long": "Yanıt çok uzun: {length} karakter, en çok {most} olabilir.",
    "public_personal": "Herkese açık yanıtta kişisel bilgi olamaz: {what}.",
    "gap_left": "Doldurulmamış bir yer var: {gap}",
    "already_decided": "Bu taslağa daha önce karar verilmiş.",
    "too_late_to_undo": "Geç kaldınız: yanıt gönderildi.",
    "said_already": "Bu yanıt az önce gönderildi.",
    "empty_note": "Not boş olamaz.",
    "hold_lost": "Bu görüşme artık sizde değil.",
    "merge_refused": "{number} numaralı başvuruyla birleştirilemez: açık değil.",
}
PERSONAL = {
    "phone": "telefon numarası",
    "landline": "telefon numarası",
    "tc_no": "T.C. kimlik numarası",
    "email": "e-posta adresi",
    "iban": "IBAN",
    "card": "kart numarası",
    "plate": "plaka",
    "tracking_no": "başvuru numarası",
    "name": "vatandaşın adı",
    "address": "sokak ya da kapı numarası",
}
"""What a public text may not hold, in words."""


@dataclass(frozen=True)
class Measure:
    """A reply that is being written, as the channel counts it; `problem`: why it may not be public."""

    length: int
    most: int
    problem: str | None = None


class ConversationScreen:
    """Shows a matter by its review item or its conversation; the acts stand in talk_acts.py."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._looks = Looks(desk.settings.secret)
        desk.problems |= PROBLEMS
        desk.words |= PERSONAL

    def routes(self) -> list[DeskRoute]:
        see, post = Right.SEE_QUEUE, ("POST",)
        return [
            DeskRoute("/gorusme/{item:int}", self.show, see),
            DeskRoute("/gorusme/{item:int}/parcalar", self.show_parts, see),
            DeskRoute("/gorusme/{item:int}/goster", self.look, see, post),
            DeskRoute("/gorusme/{item:int}/olc", self.measure, Right.ANSWER, post),
            DeskRoute("/gorusmeler/{conversation:int}", self.show_conversation, see),
            DeskRoute("/gorusmeler/{conversation:int}/parcalar", self.show_conversation_parts, see),
            DeskRoute("/gorusmeler/{conversation:int}/goster", self.look_at_conversation, see, post),
            DeskRoute("/gorusmeler/{conversation:int}/ac", self.open, Right.ANSWER, post),
        ]

    # -- by the review item
    def show(self, visit: Visit) -> Response:
        return self._page(visit, self._of_item(visit))

    def show_parts(self, visit: Visit) -> Response:
        return self.parts(visit, self._of_item(visit))

    def look(self, visit: Visit) -> Response:
        """Personal data as they are; the look is recorded."""
        return self._looked(self._of_item(visit, look=True))

    # -- by the conversation
    def show_conversation(self, visit: Visit) -> Response:
        return self._page(visit, self._of_conversation(visit))

    def show_conversation_parts(self, visit: Visit) -> Response:
        return self.parts(visit, self._of_conversation(visit))

    def look_at_conversation(self, visit: Visit) -> Response:
        return self._looked(self._of_conversation(visit, look=True))

    def open(self, visit: Visit) -> Response:
        """Work on a conversation that nobody asked us to: an item is opened and taken."""
        with self._desk.writes() as uow:
            conversation = uow.conversations.lock(int(visit.path["conversation"]))
            if conversation is None:
                raise NotFound("not_found")
            reviews = ReviewDesk(uow, self._desk.municipality, visit.now)
            item = reviews.open(ReviewReason.BY_STAFF, conversation)
            assert item.id is not None
            reviews.take(item.id, visit.staff.username, PRESENT)
            uow.commit()
        return RedirectResponse(f"{PREFIX}/gorusme/{item.id}", 303)

    def measure(self, visit: Visit) -> Response:
        """How long the text is as the channel counts, and whether it may be public."""
        text = visit.text("text", 20_000)
        with self._desk.reads() as uow:
            row = item_row(uow.session, int(visit.path["item"]))
            conversation = uow.conversations.get(row.conversation_id) if row.conversation_id else None
            if conversation is None:
                raise NotFound("not_found")
            page = TalkPage(row, Shown(self._desk.municipality, False), "", None, conversation=conversation)
            problem = None
            if conversation.public:
                problem = PublicDesk(uow, self._desk.municipality, visit.now).problem(text, conversation)
        length = weight(text) if conversation.public else len(text)
        measure = Measure(length, page.most, PERSONAL.get(problem, problem) if problem else None)
        return self._desk.page(visit, "desk/_measure.html", measure=measure, public=conversation.public)

    # -- pieces
    def parts(self, visit: Visit, page: TalkPage) -> Response:
        """The parts of the page that change, each to be put in its place."""
        return self._desk.page(visit, "desk/_talk_parts.html", oob=True, **self._context(visit, page))

    def of_item(self, visit: Visit, uow: UnitOfWork, session: Session, item_id: int) -> TalkPage:
        """The page of an item as this visitor may see it. Raises NotFound."""
        row = item_row(session, item_id)
        return self._read(visit, uow, session, row, row.conversation_id)

    def _of_item(self, visit: Visit, look: bool = False) -> TalkPage:
        with self._desk.writes() if look else self._desk.reads() as uow:
            row = item_row(uow.session, int(visit.path["item"]))
            page = self._read(visit, uow, uow.session, row, row.conversation_id, look)
            if look:
                uow.commit()
        return page

    def _of_conversation(self, visit: Visit, look: bool = False) -> TalkPage:
        conversation_id = int(visit.path["conversation"])
        with self._desk.writes() if look else self._desk.reads() as uow:
            item_id = open_item_of(uow.session, conversation_id)
            row = item_row(uow.session, item_id) if item_id is not None else None
            page = self._read(visit, uow, uow.session, row, conversation_id, look)
            if look:
                uow.commit()
        return page

    def _read(
        self,
        visit: Visit,
        uow: UnitOfWork,
        session: Session,
        row: QueueRow | None,
        conversation_id: int | None,
        look: bool = False,
    ) -> TalkPage:
        object_ = f"conversation:{conversation_id}" if conversation_id else f"review:{row.id if row else 0}"
        grant = visit.asked("bak") or visit.text("bak", 100)
        if look:
            grant = self._looks.open(visit, uow, object_)
        granted = self._looks.granted(visit, object_, grant)
        shown = Shown(self._desk.municipality, granted)
        return talk_page(
            uow, session, self._desk.municipality, visit, row, conversation_id, shown, grant if granted else ""
        )

    def _page(self, visit: Visit, page: TalkPage) -> Response:
        return self._desk.page(visit, "desk/conversation.html", oob=False, **self._context(visit, page))

    def _looked(self, page: TalkPage) -> Response:
        """To the page with the grant: an address that can be opened anew."""
        return RedirectResponse(_base(page) + page.links(), 303)

    def _context(self, visit: Visit, page: TalkPage) -> dict[str, Any]:
        return {
            "page": page,
            "base": _base(page),
            "reasons": reasons,
            "kinds": KINDS,
            "plot": lambda position: plot(self._desk.municipality, position),
            "left": lambda line: seconds_left(line, visit.now) if line.author == visit.staff.actor else 0,
            "chosen_note": visit.asked("tamam"),
            "fresh_key": secrets.token_hex(12),
        }


def _base(page: TalkPage) -> str:
    """Where the page's own parts are."""
    if page.row is not None:
        return f"{PREFIX}/gorusme/{page.row.id}"
    return f"{PREFIX}/gorusmeler/{page.conversation.id if page.conversation else 0}"
