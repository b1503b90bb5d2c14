"""The staff's accounts: logging in, sessions, passwords."""

from __future__ import annotations

import hashlib
import secrets
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from bot.domain.staff import Role, StaffSession, StaffUser
from bot.errors import NotAllowed, UserError
from bot.ports import UnitOfWork

SESSION = timedelta(hours=12)
IDLE = timedelta(minutes=60)
_SEEN_EVERY = timedelta(minutes=1)
MIN_PASSWORD = 10
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")
"""Verified where there is no such person: an unknown name takes as long as a wrong password."""


def digest(token: str) -> str:
    """What is kept of a token: its hash. Tokens hold 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class StaffDesk:
    """Accounts and sessions inside one unit of work."""

    def __init__(self, uow: UnitOfWork, now: datetime) -> None:
        self._uow = uow
        self._now = now

    def enroll(self, username: str, name: str, role: Role, password: str, unit: str | None = None) -> StaffUser:
        """A new account. Raises UserError for a name that is taken or a password that is too short."""
        username = username.strip().lower()
        if not username or self._uow.staff.by_username(username) is not None:
            raise UserError("username_taken")
        user = StaffUser(username, name.strip() or username, role, self._now, unit=unit)
        user.password_hash = hashed(password)
        self._uow.staff.add(user)
        self._uow.audit.record(self._now, user.actor, "staff_enrolled", f"staff:{user.id}", role)
        return user

    def check_password(self, username: str, password: str) -> StaffUser:
        """The active person with this password. Raises NotAllowed, the same for every cause."""
        user = self._uow.staff.by_username(username.strip().lower(), lock=True)
        kept = (user.password_hash if user else None) or _NOBODY
        try:
            _hasher.verify(kept, password)
        except VerificationError as error:
            raise NotAllowed("login_refused") from error
        if user is None or not user.active or not user.password_hash:
            raise NotAllowed("login_refused")
        return user

    def open_session(self, user: StaffUser, agent: str, address: str) -> tuple[str, StaffSession]:
        """A session for a person who proved who they are; the token for the cookie comes once."""
        assert user.id is not None
        token = secrets.token_urlsafe(32)
        session = StaffSession(
            token_hash=digest(token),
            staff_id=user.id,
            csrf=secrets.token_urlsafe(32),
            created_at=self._now,
            seen_at=self._now,
            expires_at=self._now + SESSION,
            agent=agent[:200],
            address=address[:64],
        )
        self._uow.staff.add(session)
        self._uow.audit.record(self._now, user.actor, "logged_in", f"staff:{user.id}")
        return token, session

    def close_session(self, session: StaffSession) -> None:
        session.revoked_at = self._now


def hashed(password: str) -> str:
    """The argon2id hash. Raises UserError for a password under MIN_PASSWORD characters."""
    if len(password) < MIN_PASSWORD:
        raise UserError("password_short", least=MIN_PASSWORD)
    return _hasher.hash(password)


def is_current(session: StaffSession, user: StaffUser, now: datetime) -> bool:
    """Whether the session still stands: not revoked, not over, not idle for too long, the person active."""
    if session.revoked_at is not None or not user.active:
        return False
    return now < session.expires_at and now - session.seen_at < IDLE


def needs_touch(session: StaffSession, now: datetime) -> bool:
    """Whether `seen_at` is old enough to be worth a write."""
    return now - session.seen_at > _SEEN_EVERY
