"""Keys with which programs use the JSON API: kept as hashes, bound to a unit where that is wanted."""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from bot.domain.staff import ApiToken
from bot.errors import NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.staff import digest

PREFIX = "hzm_"
"""Lets a key be recognised where it turned up by mistake."""
_NAME = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])")
_USED_EVERY = timedelta(minutes=1)


class Tokens:
    """Makes, finds and revokes keys inside one unit of work."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow, self._municipality, self._now = uow, municipality, now

    def make(self, name: str, unit: str | None, writes: bool, by: str) -> str:
        """A new key, given this once. `unit` None: for all requests. Raises UserError."""
        name = name.strip().lower()
        if not _NAME.fullmatch(name):
            raise UserError("token_name")
        if any(one.name == name and one.revoked_at is None for one in self._uow.staff.tokens()):
            raise UserError("token_taken")
        if unit and unit not in self._municipality.units:
            raise UserError("unknown_unit", unit=unit)
        token = PREFIX + secrets.token_urlsafe(32)
        kept = ApiToken(digest(token), name, self._now, by, unit=unit or None, writes=writes)
        self._uow.staff.add(kept)
        scope = f"{'write' if writes else 'read'}:{unit or 'all'}"
        self._uow.audit.record(self._now, by, f"token_made:{scope}", f"token:{kept.id}")
        return token

    def revoke(self, token_id: int, by: str) -> None:
        """It works no more. Raises NotFound."""
        kept = next((one for one in self._uow.staff.tokens() if one.id == token_id and one.revoked_at is None), None)
        if kept is None:
            raise NotFound("not_found")
        kept.revoked_at = self._now
        self._uow.audit.record(self._now, by, "token_revoked", f"token:{kept.id}")

    def find(self, token: str) -> ApiToken | None:
        """The key, where it works."""
        kept = self._uow.staff.token(digest(token)) if token.startswith(PREFIX) else None
        return kept if kept is not None and kept.revoked_at is None else None


def needs_mark(token: ApiToken, now: datetime) -> bool:
    """Whether `last_used_at` is old enough to be worth a write."""
    return token.last_used_at is None or now - token.last_used_at > _USED_EVERY
