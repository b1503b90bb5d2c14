"""Passwords of staff: what they must be, how they are kept and compared, and how long wrong ones lock an account."""

from __future__ import annotations

import threading
from datetime import timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from bot.errors import UserError

MIN_PASSWORD, MAX_PASSWORD = 10, 200
MIN_DIFFERENT = 5
LOCK_AFTER = 5
FIRST_LOCK, LONGEST_LOCK = timedelta(minutes=15), timedelta(hours=12)
_AT_ONCE = threading.BoundedSemaphore(2)
"""One hash takes 64 MiB: many attempts at once queue instead of taking the machine's memory."""
_hasher = PasswordHasher()


def check_rules(password: str, username: str = "") -> None:
    """Raise UserError for a password that is too short, too long, of few different signs, or the user's own name."""
    if len(password) < MIN_PASSWORD:
        raise UserError("password_short", least=MIN_PASSWORD)
    if len(password) > MAX_PASSWORD:
        raise UserError("password_long", most=MAX_PASSWORD)
    if len(set(password)) < MIN_DIFFERENT or (username and username in password.lower()):
        raise UserError("password_weak")


def hashed(password: str) -> str:
    """The argon2id hash."""
    with _AT_ONCE:
        return _hasher.hash(password)


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is that of the hash. None: False, and it takes as long."""
    with _AT_ONCE:
        try:
            return _hasher.verify(kept or _NOBODY, password[: MAX_PASSWORD + 1]) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def lock_for(failures: int) -> timedelta | None:
    """How long an account is locked after so many wrong attempts in a row; None: not yet. It doubles each time."""
    if failures < LOCK_AFTER:
        return None
    return min(LONGEST_LOCK, FIRST_LOCK * (1 << min(failures - LOCK_AFTER, 10)))


_NOBODY = _hasher.hash("nobody has this password")
