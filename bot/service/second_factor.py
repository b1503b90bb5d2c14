"""The second step of a login: codes of an authenticator app (TOTP, RFC 6238), with secrets that are kept sealed."""

from __future__ import annotations

import hmac
import logging
from datetime import datetime, timedelta

import pyotp

from bot.domain.staff import StaffUser
from bot.errors import ConfigError
from bot.sealing import Sealer

log = logging.getLogger(__name__)
STEP = 30
"""Seconds that a code is good for; the one before and the one after count too, clocks differ."""
TO_SET_UP = timedelta(minutes=30)
TO_ENTER = timedelta(minutes=5)


class SecondFactor:
    """`secret` is HIZMET_SECRET; `issuer` is what the app shows beside the account."""

    def __init__(self, secret: str, issuer: str) -> None:
        self._sealer = Sealer(secret)
        self._issuer = issuer

    # -- setting it up: the new secret travels sealed in the form until a code proves that the app has it
    def offer(self, user: StaffUser, now: datetime) -> str:
        """A new secret for the person, sealed."""
        return self._bound(user, now + TO_SET_UP, pyotp.random_base32())

    def secret_of(self, offer: str, user: StaffUser, now: datetime) -> str | None:
        """The secret of an offer; None where it isn't this person's or is too old."""
        return self._unbound(offer, user, now)

    def address(self, secret: str, user: StaffUser) -> str:
        """What the QR code holds."""
        return pyotp.TOTP(secret, interval=STEP).provisioning_uri(name=user.username, issuer_name=self._issuer)

    def enable(self, user: StaffUser, secret: str, code: str, now: datetime) -> bool:
        """Ask for codes from now on; False where the code isn't one of this secret."""
        step = _step_of(secret, code, now, -1)
        if step is None:
            return False
        user.totp_secret, user.totp_last = self._sealer.seal(secret), step
        return True

    @staticmethod
    def disable(user: StaffUser) -> None:
        user.totp_secret = user.totp_last = None

    # -- using it
    def accepts(self, user: StaffUser, code: str, now: datetime) -> bool:
        """Whether the code is right; no code, and none before it, is taken a second time."""
        secret = self._opened(user.totp_secret or "")
        step = None if secret is None else _step_of(secret, code, now, user.totp_last or -1)
        if step is None:
            return False
        user.totp_last = step
        return True

    def ticket(self, user: StaffUser, now: datetime) -> str:
        """Says that the person gave the right password; good for a few minutes."""
        return self._bound(user, now + TO_ENTER, "ticket")

    def is_ticket(self, ticket: str, user: StaffUser, now: datetime) -> bool:
        return self._unbound(ticket, user, now) == "ticket"

    def holder(self, ticket: str) -> int:
        """Whose ticket it is; 0 where it is none."""
        parts = (self._opened(ticket) or "").split("|")
        return int(parts[0]) if len(parts) == 4 and parts[0].isdecimal() else 0

    def _bound(self, user: StaffUser, until: datetime, value: str) -> str:
        return self._sealer.seal(f"{user.id}|{int(until.timestamp())}|{_mark(user)}|{value}")

    def _unbound(self, sealed: str, user: StaffUser, now: datetime) -> str | None:
        parts = (self._opened(sealed) or "").split("|")
        if len(parts) != 4 or parts[0] != str(user.id) or parts[2] != _mark(user):
            return None
        return parts[3] if int(parts[1]) >= now.timestamp() else None

    def _opened(self, sealed: str) -> str | None:
        try:
            return self._sealer.open(sealed)
        except ConfigError:
            log.warning("a sealed text of the login could not be opened")
            return None


def _mark(user: StaffUser) -> str:
    """Changes with the password: what was bound to the old one is void."""
    return (user.password_hash or "")[-12:].replace("|", "")


def _step_of(secret: str, code: str, now: datetime, last: int) -> int | None:
    """The time step whose code it is, after `last`."""
    digits = "".join(code.split())
    totp = pyotp.TOTP(secret, interval=STEP)
    current = int(now.timestamp()) // STEP
    found = None
    for step in (current - 1, current, current + 1):
        if hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode()) and step > last:
            found = step
    return found
