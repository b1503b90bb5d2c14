"""The staff's accounts: logging in, sessions, passwords."""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.staff import Role, StaffSession, StaffUser
from bot.errors import NotAllowed, NotFound, UserError
from bot.ports import UnitOfWork
from bot.service.passwords import check_rules, hashed, lock_for

SESSION = timedelta(hours=12)
IDLE = timedelta(minutes=60)
_SEEN_EVERY = timedelta(minutes=1)
_USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,38}[a-z0-9])?")


@dataclass(frozen=True)
class Attempt:
    """A login under way: whose it may be, and the hash that the password must match; None where nobody may log in."""

    staff_id: int | None = None
    kept: str | None = None


def digest(token: str) -> str:
    """What is kept of a token: its hash. Tokens hold 256 random bits, so no salt is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


class StaffDesk:
    """Accounts and sessions inside one unit of work."""

    def __init__(self, uow: UnitOfWork, now: datetime) -> None:
        self._uow = uow
        self._now = now

    def enroll(
        self,
        username: str,
        name: str,
        role: Role,
        password: str | None,
        unit: str | None = None,
        email: str | None = None,
        by: str | None = None,
    ) -> StaffUser:
        """A new account; without a password for those who log in through OpenID Connect alone.

        Raises UserError for a name that is taken or not allowed and for a password that is too weak.
        """
        username = checked_username(username)
        if self._uow.staff.by_username(username) is not None:
            raise UserError("username_taken")
        user = StaffUser(username, name.strip() or username, role, self._now, unit=unit, email=email or None)
        if password is not None:
            check_rules(password, username)
            user.password_hash = hashed(password)
        self._uow.staff.add(user)
        self._uow.audit.record(self._now, by or user.actor, f"staff_enrolled:{role}", f"staff:{user.id}")
        return user

    # -- logging in: the attempt is counted before it is checked, so that many at once win nothing
    def begin_attempt(self, username: str) -> Attempt:
        """Count an attempt. The caller commits, compares the password outside of the transaction, and `settle`s it."""
        user = self._uow.staff.by_username(username.strip().lower(), lock=True)
        if user is None or not user.active or not user.password_hash or self.locked(user):
            return Attempt()
        self.count(user)
        return Attempt(user.id, user.password_hash)

    def settle(self, attempt: Attempt) -> StaffUser:
        """The password was right: the attempt counts no more, earlier ones do until the session is opened."""
        user = self.person(attempt.staff_id or 0)
        user.failed_logins = max(0, user.failed_logins - 1)
        user.locked_until = None
        if not user.active:
            raise NotAllowed("login_refused")
        return user

    def count(self, user: StaffUser) -> None:
        """One more attempt; from the fifth in a row on the account is locked."""
        user.failed_logins += 1
        locked = lock_for(user.failed_logins)
        if locked is not None:
            user.locked_until = self._now + locked
            self._uow.audit.record(self._now, user.actor, "login_locked", f"staff:{user.id}")

    def locked(self, user: StaffUser) -> bool:
        return user.locked_until is not None and user.locked_until > self._now

    def open_session(self, user: StaffUser, agent: str, address: str) -> tuple[str, StaffSession]:
        """A session for a person who proved who they are; the token for the cookie comes once."""
        assert user.id is not None
        user.failed_logins, user.locked_until = 0, None
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

    def revoke(self, user: StaffUser, session_id: int) -> None:
        """End one of the person's own sessions. Raises NotFound."""
        mine = self._uow.staff.sessions_of(user.id or 0, self._now)
        session = next((one for one in mine if one.id == session_id), None)
        if session is None:
            raise NotFound("not_found")
        session.revoked_at = self._now
        self._uow.audit.record(self._now, user.actor, "session_revoked", f"staff:{user.id}")

    def set_password(self, user: StaffUser, password_hash: str, by: str, keep: int | None = None) -> None:
        """A new password (hashed); all sessions but the one with the id `keep` end, and a lock is lifted."""
        user.password_hash = password_hash
        user.failed_logins, user.locked_until = 0, None
        self._uow.staff.revoke_sessions(user.id or 0, self._now, but=keep)
        self._uow.audit.record(self._now, by, "password_set", f"staff:{user.id}")

    def person(self, staff_id: int) -> StaffUser:
        """Locked until the transaction ends; raises NotFound."""
        user = self._uow.staff.get(staff_id, lock=True)
        if user is None:
            raise NotFound("not_found")
        return user


def checked_username(username: str) -> str:
    """In small letters. Raises UserError unless it is made of a–z, digits, '.', '_' and '-', at most 40."""
    username = username.strip().lower()
    if not _USERNAME.fullmatch(username):
        raise UserError("username_refused")
    return username


def is_current(session: StaffSession, user: StaffUser, now: datetime) -> bool:
    """Whether the session still stands: not revoked, not over, not idle for too long, the person active."""
    if session.revoked_at is not None or not user.active:
        return False
    return now < session.expires_at and now - session.seen_at < IDLE


def needs_touch(session: StaffSession, now: datetime) -> bool:
    """Whether `seen_at` is old enough to be worth a write."""
    return now - session.seen_at > _SEEN_EVERY
