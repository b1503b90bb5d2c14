"""Logging in with the institution's account (OpenID Connect), and linking it to an account that is there."""

from __future__ import annotations

import hmac
import secrets
from dataclasses import asdict
from datetime import timedelta

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import RedirectResponse, Response

from bot.errors import NotAllowed, NotFound
from bot.service.oidc_accounts import OidcAccounts, role_map
from bot.service.policy import Right
from bot.service.staff import StaffDesk
from bot.web.desk.entrance import is_secure, let_in
from bot.web.desk.frame import Desk
from bot.web.desk.oidc_provider import Pending, Provider
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

COOKIE = "hizmet_kurum"
PATH = f"{PREFIX}/giris"
BACK = "/giris/kurum/donus"
AWAY_FOR = timedelta(minutes=10)


class Oidc:
    """Its routes answer 404 where no provider is set up. Raises ConfigError for roles that don't exist."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        settings = desk.settings.oidc
        self._provider = Provider(settings, desk.settings.base_url + PREFIX + BACK) if settings else None
        self._roles = role_map(settings.roles if settings else (), desk.municipality)
        self._signer = URLSafeSerializer(desk.settings.secret, salt="hizmet.desk.oidc")
        desk.problems |= {
            "oidc_refused": "Kurum hesabıyla giriş tamamlanamadı. Lütfen yeniden deneyin.",
            "oidc_away": "Kurumun giriş sistemine ulaşılamıyor. Lütfen biraz sonra yeniden deneyin.",
            "oidc_no_role": "Kurum hesabınızın hizmet masasında yetkisi yok. Yöneticinize başvurun.",
            "oidc_username_taken": "'{username}' adlı bir hesap var: parolanızla girip Hesabım sayfasından bağlayın.",
            "oidc_taken": "Bu kurum hesabı başka bir hesaba bağlı.",
        }

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/giris/kurum", self.begin, None),
            DeskRoute(BACK, self.finish, None),
            DeskRoute("/hesabim/kurum", self.begin_link, Right.OWN_ACCOUNT, ("POST",)),
        ]

    def begin(self, visit: Visit) -> Response:
        pending = self._pending(visit, visit.asked("sonra"))
        self._desk.limits.take("login:address", visit.address)
        return self._away(RedirectResponse(self._there().address(pending, visit.now), 303), pending)

    def begin_link(self, visit: Visit) -> Response:
        """A page with the link to the provider: a form's answer may not lead to another site (form-action)."""
        pending = self._pending(visit, "", visit.staff_id)
        address = self._there().address(pending, visit.now)
        return self._away(self._desk.page(visit, "desk/oidc_link.html", address=address), pending)

    def finish(self, visit: Visit) -> Response:
        """The browser is back. Only the browser that began has the cookie whose state the address names."""
        provider, pending = self._there(), self._returned(visit)
        claimed = provider.claimed(visit.query.get("code", "")[:4000], pending, visit.now)
        with self._desk.writes() as uow:
            accounts = OidcAccounts(uow, self._desk.municipality, self._roles, visit.now)
            if pending.link:
                if visit.known is None or visit.staff_id != pending.link:
                    raise NotAllowed("oidc_refused")
                accounts.link(StaffDesk(uow, visit.now).person(pending.link), claimed)
                uow.commit()
                response: Response = RedirectResponse(f"{PREFIX}/hesabim?tamam=linked", 303)
            else:
                response = let_in(self._desk, uow, accounts.enter(claimed), visit, pending.after)
        response.delete_cookie(COOKIE, path=PATH)
        return response

    def _there(self) -> Provider:
        if self._provider is None:
            raise NotFound("not_found")
        return self._provider

    def _pending(self, visit: Visit, after: str, link: int = 0) -> Pending:
        self._there()
        until = int((visit.now + AWAY_FOR).timestamp())
        return Pending(
            secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), after, until, link
        )

    def _away(self, response: Response, pending: Pending) -> Response:
        response.set_cookie(
            COOKIE,
            str(self._signer.dumps(asdict(pending))),
            max_age=int(AWAY_FOR.total_seconds()),
            path=PATH,
            secure=is_secure(self._desk),
            httponly=True,
            samesite="lax",
        )
        return response

    def _returned(self, visit: Visit) -> Pending:
        """What the cookie holds. Raises NotAllowed for another state, for what is too old, for a refusal."""
        try:
            pending = Pending(**self._signer.loads(visit.cookies.get(COOKIE, "")))
        except (BadSignature, UnicodeError) as error:
            raise NotAllowed("oidc_refused") from error
        same = hmac.compare_digest(pending.state.encode(), visit.query.get("state", "").encode())
        if not same or visit.now.timestamp() > pending.until or not visit.query.get("code"):
            raise NotAllowed("oidc_refused")
        return pending
