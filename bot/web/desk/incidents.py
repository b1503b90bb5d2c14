"""Known incidents: what the assistant says first to citizens who report it, and how many did."""

from __future__ import annotations

from datetime import datetime, timedelta

from starlette.responses import RedirectResponse, Response

from bot.db.request_queries import staff_names
from bot.errors import UserError
from bot.service.incidents import LONGEST, IncidentDesk
from bot.service.policy import Right
from bot.turkish import fold
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

PATH = f"{PREFIX}/kesintiler"
USUAL = timedelta(hours=4)
_FORMAT = "%Y-%m-%dT%H:%M"


class IncidentScreen:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= {
            "unknown_neighbourhood": "Böyle bir mahalle yok: {neighbourhood}",
            "incident_text": "Duyuru metni boş olamaz ve en çok {longest} karakter olabilir.",
            "incident_past": "Bitiş zamanı geçmişte olamaz.",
            "incident_not_found": "Böyle bir kesinti yok.",
            "incident_ended": "Bu kesinti daha önce bitmiş.",
            "not_a_time": "Tarih ve saat okunamadı.",
        }

    def routes(self) -> list[DeskRoute]:
        post = ("POST",)
        return [
            DeskRoute("/kesintiler", self.show, Right.SEE_QUEUE),
            DeskRoute("/kesintiler", self.announce, Right.SWITCH, post),
            DeskRoute("/kesintiler/{incident:int}/uzat", self.extend, Right.SWITCH, post),
            DeskRoute("/kesintiler/{incident:int}/bitir", self.end, Right.SWITCH, post),
        ]

    def show(self, visit: Visit) -> Response:
        return self._page(visit)

    def announce(self, visit: Visit) -> Response:
        """Announce from now until the given time; what cannot be is told, and nothing typed is lost."""
        typed = {name: visit.text(name, 2000) for name in ("service", "text", "until")}
        chosen = visit.texts("neighbourhood")
        try:
            with self._desk.writes() as uow:
                IncidentDesk(uow, self._desk.municipality, visit.now).announce(
                    typed["service"], chosen, typed["text"], self._moment(typed["until"]), visit.staff.username
                )
                uow.commit()
        except UserError as error:
            return self._page(visit, typed, chosen, self._desk.told(visit, error), 422)
        return RedirectResponse(f"{PATH}?tamam=duyuruldu", 303)

    def extend(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            until = self._moment(visit.text("until", 20))
            desk = IncidentDesk(uow, self._desk.municipality, visit.now)
            desk.extend(int(visit.path["incident"]), until, visit.staff.username)
            uow.commit()
        return RedirectResponse(f"{PATH}?tamam=uzatildi", 303)

    def end(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            IncidentDesk(uow, self._desk.municipality, visit.now).end(int(visit.path["incident"]), visit.staff.username)
            uow.commit()
        return RedirectResponse(f"{PATH}?tamam=bitirildi", 303)

    def _moment(self, text: str) -> datetime:
        """The local time of the form's field."""
        try:
            return datetime.strptime(text, _FORMAT).replace(tzinfo=self._desk.municipality.timezone)
        except ValueError as error:
            raise UserError("not_a_time") from error

    def _page(
        self,
        visit: Visit,
        typed: dict[str, str] | None = None,
        chosen: list[str] | None = None,
        problem: str | None = None,
        status: int = 200,
    ) -> Response:
        with self._desk.reads() as uow:
            incidents, people = uow.incidents.newest(60), staff_names(uow.session)
        in_force = [each for each in incidents if each.ended_at is None and each.until > visit.now]
        usual = f"{self._desk.local(visit.now + USUAL):{_FORMAT}}"
        return self._desk.page(
            visit,
            "desk/incidents.html",
            status=status,
            in_force=in_force,
            people=people,
            until_of=lambda incident: f"{self._desk.local(incident.until):{_FORMAT}}",
            over=[each for each in incidents if each not in in_force],
            typed=typed or {"service": "", "text": "", "until": usual},
            chosen=chosen or [],
            problem=problem,
            neighbourhoods=sorted(self._desk.municipality.neighbourhoods, key=fold),
            longest=LONGEST,
            chosen_note=visit.asked("tamam"),
        )
