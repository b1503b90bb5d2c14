"""Who belongs to the desk: one-time links (first set-up, invitation, new password), roles, coming and going."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.staff import LinkPurpose, OneTimeLink, Role, StaffUser
from bot.errors import NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.passwords import check_rules, hashed
from bot.service.second_factor import SecondFactor
from bot.service.staff import StaffDesk, digest

GOOD_FOR = {
    LinkPurpose.SETUP: timedelta(days=1),
    LinkPurpose.INVITATION: timedelta(days=7),
    LinkPurpose.RESET: timedelta(days=1),
}
SYSTEM = "system"


class Accounts:
    """Changes of people inside one unit of work. `by` is the actor whom the audit names."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime, by: str = SYSTEM) -> None:
        self._uow, self._municipality, self._now, self._by = uow, municipality, now, by
        self._staff = StaffDesk(uow, now)

    # -- links: the token is given once and kept as a hash
    def set_up(self) -> str | None:
        """A link that makes the first administrator; earlier ones work no more. None where there are people already."""
        if self._uow.staff.any():
            return None
        for link in self._uow.staff.open_links(self._now):
            link.used_at = self._now
        return self._link(LinkPurpose.SETUP, role=Role.ADMINISTRATOR)

    def invite(self, role: str, unit: str | None, email: str | None) -> str:
        """A link with which somebody makes their own account."""
        role, unit = self._checked(role, unit)
        return self._link(LinkPurpose.INVITATION, role=role, unit=unit, email=_address(email))

    def reset(self, staff_id: int) -> str:
        """A link with which somebody sets a new password. The old one works until then; earlier links don't."""
        user = self._staff.person(staff_id)
        for link in self._uow.staff.open_links(self._now):
            if link.staff_id == staff_id:
                link.used_at = self._now
        return self._link(LinkPurpose.RESET, staff_id=user.id)

    def withdraw(self, link_id: int) -> None:
        """An invitation works no more. Raises NotFound."""
        link = next((one for one in self._uow.staff.open_links(self._now) if one.id == link_id), None)
        if link is None:
            raise NotFound("link_over")
        link.used_at = self._now
        self._uow.audit.record(self._now, self._by, "link_withdrawn", f"link:{link.id}")

    def look_up(self, token: str, lock: bool = False) -> OneTimeLink:
        """The link of a token. Raises NotFound where it was used, withdrawn or is too old."""
        link = self._uow.staff.link(digest(token), lock=lock)
        if link is None or link.used_at is not None or link.expires_at <= self._now:
            raise NotFound("link_over")
        if link.purpose == LinkPurpose.SETUP and self._uow.staff.any():
            raise NotFound("link_over")
        return link

    def accept(self, token: str, username: str, name: str, password: str) -> StaffUser:
        """Make the account that the link is for, or set the password of its person. The link is used up."""
        link = self.look_up(token, lock=True)
        link.used_at = self._now
        if link.staff_id is not None:
            user = self._staff.person(link.staff_id)
            if not user.active:
                raise NotFound("link_over")
            check_rules(password, user.username)
            self._staff.set_password(user, hashed(password), user.actor)
            return user
        assert link.role is not None
        return self._staff.enroll(username, name, Role(link.role), password, link.unit, link.email, link.created_by)

    # -- people
    def set_role(self, staff_id: int, role: str, unit: str | None) -> None:
        """Another role. The last administrator keeps theirs (UserError last_administrator)."""
        role, unit = self._checked(role, unit)
        administrators = self._uow.staff.administrators()
        user = self._staff.person(staff_id)
        if role != Role.ADMINISTRATOR:
            _check_left(administrators, user)
        user.role, user.unit = role, unit
        self._record(f"role_set:{role}" + (f":{unit}" if unit else ""), user)

    def deactivate(self, staff_id: int) -> None:
        """They can no longer log in and are logged out everywhere; what they did keeps their name."""
        administrators = self._uow.staff.administrators()
        user = self._staff.person(staff_id)
        _check_left(administrators, user)
        user.active = False
        self._uow.staff.revoke_sessions(staff_id, self._now)
        self._record("deactivated", user)

    def activate(self, staff_id: int) -> None:
        user = self._staff.person(staff_id)
        user.active, user.failed_logins, user.locked_until = True, 0, None
        self._record("activated", user)

    def drop_codes(self, staff_id: int) -> None:
        """They lost their phone: the password alone is asked for again."""
        user = self._staff.person(staff_id)
        SecondFactor.disable(user)
        self._record("codes_off", user)

    def log_out(self, staff_id: int) -> None:
        user = self._staff.person(staff_id)
        self._uow.staff.revoke_sessions(staff_id, self._now)
        self._record("sessions_revoked", user)

    def describe(self, staff_id: int, name: str, email: str | None) -> None:
        """Another name or e-mail address."""
        user = self._staff.person(staff_id)
        user.name, user.email = name.strip()[:200] or user.username, _address(email)
        self._record("described", user)

    def _checked(self, role: str, unit: str | None) -> tuple[str, str | None]:
        """The role, with its unit where it needs one. Raises UserError."""
        if role not in list(Role):
            raise UserError("unknown_role", role=role)
        if role != Role.UNIT_STAFF:
            return role, None
        if unit not in self._municipality.units:
            raise UserError("unit_needed")
        return role, unit

    def _link(self, purpose: LinkPurpose, **more: object) -> str:
        token = secrets.token_urlsafe(32)
        link = OneTimeLink(digest(token), purpose, self._now, self._now + GOOD_FOR[purpose], self._by, **more)  # type: ignore[arg-type]  # its optional fields
        self._uow.staff.add(link)
        self._uow.audit.record(self._now, self._by, f"link_made:{purpose}", f"link:{link.id}")
        return token

    def _record(self, action: str, user: StaffUser) -> None:
        self._uow.audit.record(self._now, self._by, action, f"staff:{user.id}")


def _check_left(administrators: Sequence[StaffUser], user: StaffUser) -> None:
    """The rows are locked, and before `user`'s: two administrators who demote each other come one after the other."""
    if [one.id for one in administrators] == [user.id]:
        raise UserError("last_administrator")


def _address(email: str | None) -> str | None:
    """An e-mail address, or None. Raises UserError for what cannot be one."""
    email = (email or "").strip()
    if not email:
        return None
    local, _, domain = email.rpartition("@")
    if not local or "." not in domain or any(sign in email for sign in " \r\n\t,;<>") or len(email) > 200:
        raise UserError("email_refused")
    return email
