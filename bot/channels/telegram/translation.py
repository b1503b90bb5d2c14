"""Errors of python-telegram-bot → ours. Beware: its BadRequest and TimedOut are NetworkErrors."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import timedelta

import httpx
from telegram import error as theirs

from bot.errors import (
    CredentialsRefused,
    HizmetError,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)

# Asks the library for its coming behaviour, times as timedelta; without it every 429 raises a deprecation warning.
os.environ.setdefault("PTB_TIMEDELTA", "true")
# Failures before any byte of the request left: nothing was asked of Telegram.
_BEFORE_SENDING = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
_NOBODY_THERE = ("chat not found", "peer_id_invalid", "user not found", "user is deactivated")


def translated(error: theirs.TelegramError) -> HizmetError:
    """Our error for one of theirs; the most special class decides."""
    for kind in type(error).__mro__:
        if kind in RULES:
            return RULES[kind](error)
    raise AssertionError(f"{type(error)} is no TelegramError")


def _bad_request(error: theirs.TelegramError) -> HizmetError:
    gone = any(sign in error.message.lower() for sign in _NOBODY_THERE)
    return Unreachable(error.message) if gone else Rejected(error.message)


def _rate_limited(error: theirs.TelegramError) -> HizmetError:
    assert isinstance(error, theirs.RetryAfter)
    wait = error.retry_after
    return RateLimited("Telegram asks to wait", wait.total_seconds() if isinstance(wait, timedelta) else float(wait))


def _network(error: theirs.TelegramError) -> HizmetError:
    """An HTTP status, or a connection that broke: then it matters whether the request was under way."""
    cause = error.__cause__
    if cause is None or isinstance(cause, (theirs.TelegramError, *_BEFORE_SENDING)):
        return TransientError(error.message)
    return UncertainError(f"no answer: {type(cause).__name__}")


def _timed_out(error: theirs.TelegramError) -> HizmetError:
    if isinstance(error.__cause__, _BEFORE_SENDING):
        return TransientError("no connection in time")
    return UncertainError("no answer in time")


RULES: dict[type, Callable[[theirs.TelegramError], HizmetError]] = {
    theirs.TelegramError: lambda error: UncertainError(f"an answer that is none: {error.message}"),
    theirs.NetworkError: _network,
    theirs.TimedOut: _timed_out,
    theirs.BadRequest: _bad_request,
    theirs.Forbidden: lambda error: Unreachable(error.message),
    theirs.InvalidToken: lambda error: CredentialsRefused("Telegram refuses the token"),
    theirs.EndPointNotFound: lambda error: Rejected(error.message),
    theirs.ChatMigrated: lambda error: Rejected("the group became a supergroup"),
    theirs.RetryAfter: _rate_limited,
    theirs.Conflict: lambda error: TransientError(error.message),
    theirs.PassportDecryptionError: lambda error: Rejected("a passport that nobody asked for"),
}
