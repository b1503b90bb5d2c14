"""What follows from a failed attempt to send: a pure decision.

| error | decision |
|---|---|
| RateLimited | again after exactly `retry_after`; not counted as an attempt |
| CredentialsRefused | again in 60 s, the channel pauses; not counted, never given up: a person must mend the token |
| TransientError | again after 1 s, doubling to 10 min, with jitter; never before `retry_after` |
| UncertainError, lease ran out | public, and the channel cannot look whether it is there: given up; |
| | else again after 5 s, tripling to 10 min (looked for first, where the channel can) |
| Unreachable, Rejected, other PermanentError | given up |
| anything else | a bug in the channel: like uncertain, but 5 attempts |

A citizen or colleague who reads the same thing twice is better off than one who reads nothing; the public isn't.

Given up as well: 40 attempts after transient errors (about 4 hours), 20 after uncertain ones, and whatever is 24 hours
late. Of two rows of a conversation the later one waits for the earlier, so a row must not be tried for ever.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.errors import (
    CredentialsRefused,
    PermanentError,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)

MAX_AGE = timedelta(hours=24)
MAX_WAIT = 600.0
CREDENTIALS_WAIT = 60.0
RATE_WAIT = 1.0
"""Seconds where the provider says 'too many' without a number."""

TRANSIENT_ATTEMPTS, UNCERTAIN_ATTEMPTS, BUG_ATTEMPTS = 40, 20, 5


@dataclass(frozen=True)
class Attempt:
    """An attempt that failed. `number` counts from 1; `due_at` is when the message was to be sent at first.

    `verifiable` says that the channel looks whether the message is there before it sends again.
    """

    number: int
    due_at: datetime
    public: bool = False
    verifiable: bool = False


@dataclass(frozen=True)
class Retry:
    """Try again at `at`. `counted` is False where the attempt says nothing about the message."""

    at: datetime
    code: str
    counted: bool = True


@dataclass(frozen=True)
class GiveUp:
    """Never again; `code` says why."""

    code: str


Decision = Retry | GiveUp


def decide(error: Exception, attempt: Attempt, now: datetime, rng: random.Random) -> Decision:
    """The decision table above. `rng` gives the jitter."""
    code = code_of(error)
    if isinstance(error, CredentialsRefused):
        return Retry(now + timedelta(seconds=CREDENTIALS_WAIT), code, counted=False)
    if isinstance(error, PermanentError):
        return GiveUp(code)
    uncertain = not isinstance(error, TransientError)
    if uncertain and attempt.public and not attempt.verifiable:
        return GiveUp(code)
    if now - attempt.due_at >= MAX_AGE:
        return GiveUp(f"{code}_too_long")
    if isinstance(error, RateLimited):
        wait = RATE_WAIT if error.retry_after is None else error.retry_after
        return Retry(now + timedelta(seconds=wait), code, counted=False)
    if attempt.number >= _most_attempts(error):
        return GiveUp(f"{code}_too_often")
    wait = _backoff(attempt.number, *(5.0, 3.0) if uncertain else (1.0, 2.0), rng)
    if isinstance(error, TransientError) and error.retry_after is not None:
        wait = max(wait, error.retry_after)
    return Retry(now + timedelta(seconds=wait), code)


def code_of(error: Exception) -> str:
    """The word under which an error is recorded: nothing of its message, which may hold personal data."""
    for family, code in _CODES:
        if isinstance(error, family):
            return code
    return "bug"


_CODES: tuple[tuple[type[Exception], str], ...] = (
    (RateLimited, "rate_limited"),
    (TransientError, "transient"),
    (Unreachable, "unreachable"),
    (Rejected, "rejected"),
    (CredentialsRefused, "credentials_refused"),
    (PermanentError, "permanent"),
    (UncertainError, "uncertain"),
)


def _most_attempts(error: Exception) -> int:
    if isinstance(error, TransientError):
        return TRANSIENT_ATTEMPTS
    return UNCERTAIN_ATTEMPTS if isinstance(error, UncertainError) else BUG_ATTEMPTS


def _backoff(number: int, first: float, factor: float, rng: random.Random) -> float:
    """Seconds before the next attempt: `first` · `factor`ⁿ up to ten minutes, of which the last half is chance."""
    full = min(MAX_WAIT, first * factor ** min(number - 1, 20))
    return full * (0.5 + 0.5 * rng.random())
