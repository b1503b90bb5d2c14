"""The people of the desk: who may enter with which rights, invitations, new passwords."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from starlette.responses import RedirectResponse, Response

from bot.db.people_queries import open_links, people
from bot.errors import HizmetError, NotFound
from bot.service.accounts import Accounts
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.links import address_of_link
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit
from bot.web.desk.words import DUTIES, ROLES

log = logging.getLogger(__name__)
DONE = {
    "role": "Yetki değişti.",
    "described": "Bilgiler kaydedildi.",
    "off": "Hesap kapatıldı; açık oturumları da kapandı.",
    "on": "Hesap yeniden açıldı.",
    "codes": "İki adımlı giriş kaldırıldı.",
    "out": "Bütün oturumları kapatıldı.",
    "withdrawn": "Bağlantı geri alındı.",
}
Change = Callable[[Accounts, int, Visit], None]


class People:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    def routes(self) -> list[DeskRoute]:
        see, manage = Right.SEE_PEOPLE, Right.MANAGE_PEOPLE
        one = "/kisiler/{staff_id:int}"
        return [
            DeskRoute("/kisiler", self.show, see),
            DeskRoute("/kisiler/davet", self.invite, manage, ("POST",)),
            DeskRoute("/kisiler/baglantilar/{link_id:int}/geri-al", self.withdraw, manage, ("POST",)),
            DeskRoute(one, self.show_one, see),
            DeskRoute(f"{one}/parola", self.reset, manage, ("POST",)),
            *(DeskRoute(f"{one}/{path}", self._changing(path), manage, ("POST",)) for path in CHANGES),
        ]

    def show(self, visit: Visit) -> Response:
        return self._list(visit, done=DONE.get(visit.asked("tamam")))

    def invite(self, visit: Visit) -> Response:
        """The link is shown this once, and mailed where a mail server is set up."""
        email = visit.text("email", 200)
        with self._desk.writes() as uow:
            token = self._accounts(uow, visit).invite(visit.text("role", 20), visit.text("unit", 40), email)
            uow.commit()
        address = address_of_link(self._desk, token)
        mailed = self._mail(email, "Hizmet masasına davet", "desk_invitation_mail", address) if email else None
        return self._list(visit, link=address, mailed=mailed)

    def withdraw(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            self._accounts(uow, visit).withdraw(visit.path["link_id"])
            uow.commit()
        return RedirectResponse(f"{PREFIX}/kisiler?tamam=withdrawn", 303)

    def show_one(self, visit: Visit) -> Response:
        return self._person(visit, done=DONE.get(visit.asked("tamam")))

    def reset(self, visit: Visit) -> Response:
        staff_id = visit.path["staff_id"]
        with self._desk.writes() as uow:
            token = self._accounts(uow, visit).reset(staff_id)
            user = uow.staff.get(staff_id)
            uow.commit()
        address = address_of_link(self._desk, token)
        email = user.email if user else None
        mailed = self._mail(email, "Hizmet masası: yeni parola", "desk_reset_mail", address) if email else None
        return self._person(visit, link=address, mailed=mailed)

    def _changing(self, path: str) -> Callable[[Visit], Response]:
        """The screen of one of CHANGES."""
        change, done = CHANGES[path]

        def screen(visit: Visit) -> Response:
            staff_id = visit.path["staff_id"]
            with self._desk.writes() as uow:
                change(self._accounts(uow, visit), staff_id, visit)
                uow.commit()
            return RedirectResponse(f"{PREFIX}/kisiler/{staff_id}?tamam={done}", 303)

        return screen

    def _accounts(self, uow: object, visit: Visit) -> Accounts:
        return Accounts(uow, self._desk.municipality, visit.now, visit.staff.actor)  # type: ignore[arg-type]  # a unit of work

    def _list(self, visit: Visit, **more: Any) -> Response:
        with self._desk.reads() as uow:
            found = people(uow.session)
            links = open_links(uow.session, visit.now) if visit.may(Right.MANAGE_PEOPLE) else ()
        shown: dict[str, Any] = {"done": None, "link": None, "mailed": None} | more
        return self._desk.page(
            visit, "desk/people.html", people=found, links=links, roles=ROLES, duties=DUTIES, **shown
        )

    def _person(self, visit: Visit, **more: Any) -> Response:
        with self._desk.reads() as uow:
            found = people(uow.session, visit.path["staff_id"])
        if not found:
            raise NotFound("not_found")
        shown: dict[str, Any] = {"done": None, "link": None, "mailed": None} | more
        return self._desk.page(visit, "desk/person.html", person=found[0], roles=ROLES, duties=DUTIES, **shown)

    def _mail(self, email: str, subject: str, text: str, address: str) -> bool | None:
        """Whether the mail server took it; None where there is none. The link is on the page in any case."""
        if self._desk.mail is None:
            return None
        words = self._desk.texts(text, address=address, municipality=self._desk.municipality.name)
        try:
            self._desk.mail(email, f"{subject}\n\n{words}")
        except HizmetError as error:
            log.warning("a link could not be mailed: %s", type(error).__name__)
            return False
        return True


CHANGES: dict[str, tuple[Change, str]] = {
    "yetki": (lambda to, who, visit: to.set_role(who, visit.text("role", 20), visit.text("unit", 40)), "role"),
    "bilgi": (lambda to, who, visit: to.describe(who, visit.text("name", 200), visit.text("email", 200)), "described"),
    "kapat": (lambda to, who, visit: to.deactivate(who), "off"),
    "ac": (lambda to, who, visit: to.activate(who), "on"),
    "kodlar": (lambda to, who, visit: to.drop_codes(who), "codes"),
    "oturumlar": (lambda to, who, visit: to.log_out(who), "out"),
}
"""The last part of the path, what it does to the person, and the word for its success."""
