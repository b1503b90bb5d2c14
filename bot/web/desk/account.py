"""One's own account: password, second step, sessions, language."""

from __future__ import annotations

import segno
from starlette.responses import RedirectResponse, Response

from bot.errors import NotAllowed, UserError
from bot.service.passwords import check_rules, hashed, matches
from bot.service.policy import Right
from bot.service.second_factor import SecondFactor
from bot.service.staff import StaffDesk, is_current
from bot.web.desk.frame import Desk
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit
from bot.web.desk.words import DUTIES, ROLES, browser_of

PAGE = f"{PREFIX}/hesabim"
DONE = {
    "password": "Parolanız değişti. Öbür oturumlarınız kapatıldı.",
    "language": "Dil değişti.",
    "session": "Oturum kapatıldı.",
    "sessions": "Öbür oturumlar kapatıldı.",
    "codes_on": "İki adımlı giriş açıldı.",
    "codes_off": "İki adımlı giriş kapatıldı.",
    "linked": "Kurum hesabınız bağlandı.",
}
LANGUAGES = {"tr": "Türkçe", "en": "English"}


class Account:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._factor = SecondFactor(desk.settings.secret, desk.municipality.name)

    def routes(self) -> list[DeskRoute]:
        own = Right.OWN_ACCOUNT
        return [
            DeskRoute("/hesabim", self.show, own),
            DeskRoute("/hesabim/parola", self.set_password, own, ("POST",)),
            DeskRoute("/hesabim/dil", self.set_language, own, ("POST",)),
            DeskRoute("/hesabim/oturumlar/{session_id:int}/kapat", self.revoke, own, ("POST",)),
            DeskRoute("/hesabim/oturumlar/kapat", self.revoke_others, own, ("POST",)),
            DeskRoute("/hesabim/iki-adim", self.offer_codes, own),
            DeskRoute("/hesabim/iki-adim", self.enable_codes, own, ("POST",)),
            DeskRoute("/hesabim/iki-adim/kapat", self.disable_codes, own, ("POST",)),
        ]

    def show(self, visit: Visit) -> Response:
        with self._desk.reads() as uow:
            sessions = uow.staff.sessions_of(visit.staff_id, visit.now)
        return self._desk.page(
            visit,
            "desk/account.html",
            sessions=[one for one in sessions if is_current(one, visit.staff, visit.now)],
            done=DONE.get(visit.asked("tamam")),
            roles=ROLES,
            duties=DUTIES,
            languages=LANGUAGES,
            browser_of=browser_of,
            oidc=self._desk.settings.oidc,
        )

    def set_password(self, visit: Visit) -> Response:
        """Needs the present one; every other session ends."""
        new = visit.password("new")
        if new != visit.password("again"):
            raise UserError("password_differs")
        check_rules(new, visit.staff.username)
        self._prove(visit)
        kept = hashed(new)
        with self._desk.writes() as uow:
            staff = StaffDesk(uow, visit.now)
            staff.set_password(staff.person(visit.staff_id), kept, visit.staff.actor, keep=visit.session.id)
            uow.commit()
        return _back("password")

    def set_language(self, visit: Visit) -> Response:
        language = visit.text("language", 5)
        if language not in LANGUAGES:
            raise UserError("not_found")
        with self._desk.writes() as uow:
            StaffDesk(uow, visit.now).person(visit.staff_id).language = language
            uow.commit()
        return _back("language")

    # -- sessions
    def revoke(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            StaffDesk(uow, visit.now).revoke(visit.staff, visit.path["session_id"])
            uow.commit()
        return _back("session")

    def revoke_others(self, visit: Visit) -> Response:
        with self._desk.writes() as uow:
            uow.staff.revoke_sessions(visit.staff_id, visit.now, but=visit.session.id)
            uow.audit.record(visit.now, visit.staff.actor, "sessions_revoked", f"staff:{visit.staff_id}")
            uow.commit()
        return _back("sessions")

    # -- the second step
    def offer_codes(self, visit: Visit) -> Response:
        return self._codes_form(visit, self._factor.offer(visit.staff, visit.now))

    def enable_codes(self, visit: Visit) -> Response:
        offer = visit.text("offer", 1000)
        secret = self._factor.secret_of(offer, visit.staff, visit.now)
        if secret is None:
            raise UserError("form_outdated")
        with self._desk.writes() as uow:
            user = StaffDesk(uow, visit.now).person(visit.staff_id)
            if not self._factor.enable(user, secret, visit.text("code", 20), visit.now):
                return self._codes_form(visit, offer, "code_wrong")
            uow.audit.record(visit.now, user.actor, "codes_on", f"staff:{user.id}")
            uow.commit()
        return _back("codes_on")

    def disable_codes(self, visit: Visit) -> Response:
        self._prove(visit)
        with self._desk.writes() as uow:
            user = StaffDesk(uow, visit.now).person(visit.staff_id)
            self._factor.disable(user)
            uow.audit.record(visit.now, user.actor, "codes_off", f"staff:{user.id}")
            uow.commit()
        return _back("codes_off")

    def _codes_form(self, visit: Visit, offer: str, problem: str | None = None) -> Response:
        secret = self._factor.secret_of(offer, visit.staff, visit.now) or ""
        code = segno.make(self._factor.address(secret, visit.staff), error="m")
        return self._desk.page(
            visit,
            "desk/account_codes.html",
            status=403 if problem else 200,
            offer=offer,
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            qr=code.svg_inline(omitsize=True, light="#fff", border=2),
            problem=self._desk.told(visit, UserError(problem)) if problem else None,
        )

    def _prove(self, visit: Visit) -> None:
        """The password again; guessed as slowly as at the login. Who has none (OpenID Connect) can't set one here."""
        self._desk.limits.take("login:name", visit.staff.username)
        if not matches(visit.staff.password_hash, visit.password("password")):
            raise NotAllowed("password_wrong")


def _back(done: str) -> Response:
    return RedirectResponse(f"{PAGE}?tamam={done}", 303)
