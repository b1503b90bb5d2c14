"""Canned replies: what the team uses again and again, with placeholders that are filled when one is chosen."""

from __future__ import annotations

from starlette.responses import RedirectResponse, Response

from bot.domain.requests import Status
from bot.errors import UserError
from bot.service.canned import CASES, NAMES, CannedDesk, fill
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

PATH = f"{PREFIX}/hazir-yanitlar"
EXAMPLE = {
    "ad": "Ayşe Hanım",
    "no": "SLC-2026-000123",
    "hizmet": "Çöp konteyneri",
    "birim": "Temizlik İşleri Müdürlüğü",
    "yer": "Yazır Mahallesi, Gül Sokak No: 4",
    "mahalle": "Yazır Mahallesi",
    "durum": "işlemde",
    "hedef": "28.11.2026",
}
"""What the placeholders are shown with on the page."""


class CannedScreen:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= {
            "canned_empty": "Başlık ve metin boş olamaz.",
            "unknown_placeholder": "Böyle bir yer tutucu yok: {{{name}}}",
            "broken_placeholder": "Metindeki süslü ayraçlar eşleşmiyor.",
        }

    def routes(self) -> list[DeskRoute]:
        post = ("POST",)
        return [
            DeskRoute("/hazir-yanitlar", self.show, Right.SEE_QUEUE),
            DeskRoute("/hazir-yanitlar", self.save, Right.ANSWER, post),
            DeskRoute("/hazir-yanitlar/{reply:int}", self.save, Right.ANSWER, post),
            DeskRoute("/hazir-yanitlar/{reply:int}/sil", self.archive, Right.ANSWER, post),
        ]

    def show(self, visit: Visit) -> Response:
        return self._page(visit)

    def save(self, visit: Visit) -> Response:
        """Write a new one, or change one; what cannot work is told, and nothing typed is lost."""
        id_ = int(visit.path["reply"]) if "reply" in visit.path else None
        typed = {name: visit.text(name, 4000) for name in ("title", "text", "service", "status")}
        if typed["status"] not in {"", *Status}:
            typed["status"] = ""
        try:
            with self._desk.writes() as uow:
                CannedDesk(uow, self._desk.municipality, visit.now).save(id_, **typed, staff=visit.staff.username)
                uow.commit()
        except UserError as error:
            if id_ is not None:
                raise
            return self._page(visit, typed, self._desk.told(visit, error), 422)
        return RedirectResponse(f"{PATH}?tamam=kaydedildi", 303)

    def archive(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            CannedDesk(uow, self._desk.municipality, visit.now).archive(int(visit.path["reply"]), visit.staff.username)
            uow.commit()
        return RedirectResponse(f"{PATH}?tamam=silindi", 303)

    def _page(
        self, visit: Visit, typed: dict[str, str] | None = None, problem: str | None = None, status: int = 200
    ) -> Response:
        municipality = self._desk.municipality
        with self._desk.reads() as uow:
            replies = CannedDesk(uow, municipality, visit.now).all()
        example = EXAMPLE | {"belediye": municipality.name, "telefon": municipality.phone}
        return self._desk.page(
            visit,
            "desk/canned.html",
            status=status,
            replies=replies,
            typed=typed or {"title": "", "text": "", "service": "", "status": ""},
            problem=problem,
            names=NAMES,
            cases=CASES,
            statuses=list(Status),
            example=lambda text: fill(text, example),
            chosen_note=visit.asked("tamam"),
        )
