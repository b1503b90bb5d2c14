"""Accounts of people who log in through OpenID Connect: made and kept in step with what the provider says of them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.staff import Role, StaffUser
from bot.errors import ConfigError, NotAllowed, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.accounts import Accounts
from bot.service.staff import StaffDesk, digest
from bot.turkish import fold

ACTOR = "system:oidc"


@dataclass(frozen=True)
class Claimed:
    """What the provider says of somebody, checked. `groups` are the values of the claim that roles come from."""

    issuer: str
    subject: str
    username: str
    name: str
    email: str | None
    groups: frozenset[str]

    @property
    def key(self) -> str:
        """What an account keeps: subjects are unique within their issuer only."""
        return digest(f"{self.issuer}\n{self.subject}")


@dataclass(frozen=True)
class RoleMap:
    """Groups of the provider and what they mean here, the first that fits counts."""

    entries: tuple[tuple[str, Role, str | None], ...]

    def role_of(self, groups: frozenset[str]) -> tuple[Role, str | None] | None:
        return next(((role, unit) for group, role, unit in self.entries if group in groups), None)


def role_map(pairs: Sequence[tuple[str, str]], municipality: Municipality) -> RoleMap:
    """From HIZMET_OIDC_ROLES. Raises ConfigError for roles and units that do not exist."""
    entries = []
    for group, target in pairs:
        role, _, unit = target.partition(":")
        if role not in list(Role) or (role == Role.UNIT_STAFF) != bool(unit):
            raise ConfigError(f"HIZMET_OIDC_ROLES: '{target}' is no role (unit_staff needs its unit: unit_staff:parks)")
        if unit and unit not in municipality.units:
            raise ConfigError(f"HIZMET_OIDC_ROLES: there is no unit '{unit}'")
        entries.append((group, Role(role), unit or None))
    return RoleMap(tuple(entries))


class OidcAccounts:
    """Finds, makes and links accounts inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, roles: RoleMap, now: datetime) -> None:
        self._uow, self._roles, self._now = uow, roles, now
        self._accounts = Accounts(uow, municipality, now, ACTOR)

    def enter(self, claimed: Claimed) -> StaffUser:
        """The account, with the role that the provider gives. Raises NotAllowed where there is none for them."""
        found = self._roles.role_of(claimed.groups)
        user = self._uow.staff.by_oidc_subject(claimed.key)
        if (self._roles.entries or user is None) and found is None:
            raise NotAllowed("oidc_no_role")
        if user is None:
            assert found is not None
            return self._made(claimed, *found)
        if not user.active:
            raise NotAllowed("oidc_no_role")
        if found is not None and (user.role, user.unit) != found:
            self._keep_in_step(user, *found)
        return user

    def link(self, user: StaffUser, claimed: Claimed) -> None:
        """From now on the person may also enter with this identity. Raises UserError where somebody else has it."""
        if self._uow.staff.by_oidc_subject(claimed.key) is not None:
            raise UserError("oidc_taken")
        user.oidc_subject = claimed.key
        self._uow.audit.record(self._now, user.actor, "oidc_linked", f"staff:{user.id}")

    def _made(self, claimed: Claimed, role: Role, unit: str | None) -> StaffUser:
        """A local account of the same name is never taken over: its owner links it."""
        username = _username(claimed.username or (claimed.email or "").partition("@")[0])
        if not username or self._uow.staff.by_username(username) is not None:
            raise NotAllowed("oidc_username_taken", username=username)
        staff = StaffDesk(self._uow, self._now)
        user = staff.enroll(username, claimed.name[:200], role, None, unit, claimed.email, by=ACTOR)
        user.oidc_subject = claimed.key
        return user

    def _keep_in_step(self, user: StaffUser, role: Role, unit: str | None) -> None:
        try:
            self._accounts.set_role(user.id or 0, role, unit)
        except UserError as error:
            if error.key != "last_administrator":
                raise


def _username(claimed: str) -> str:
    """What of the provider's name may be a user name of ours: 'Ayşe Yılmaz' → 'ayse.yilmaz'."""
    return re.sub(r"[^a-z0-9._-]+", ".", fold(claimed).partition("@")[0]).strip("._-")[:40].strip("._-")
