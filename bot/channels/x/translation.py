"""Errors of tweepy and requests → ours. Source: https://docs.x.com/x-api/fundamentals/response-codes-and-errors"""

from __future__ import annotations

import re
from datetime import datetime
from enum import Enum

import requests
import tweepy
from urllib3.exceptions import ConnectTimeoutError, MaxRetryError, NameResolutionError, NewConnectionError

from bot.errors import (
    CredentialsRefused,
    HizmetError,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)

_UNSAID_WAIT = 60.0
"""Seconds where X asks to wait and says no moment."""
CREDITS_WAIT = 3600.0
"""Seconds before the next try where the plan's month or the credits are used up: a person must act."""


class Asked(Enum):
    """What a call was for: it decides what a refusal means, and whether it may be asked again without harm."""

    READ = "read"
    POST = "post"
    MESSAGE = "message"


class Duplicate(Rejected):
    """The account said the same a short while ago."""


_DUPLICATE = ("duplicate content",)
_OURS_BARRED = ("your account is suspended", "account is locked", "temporarily locked", "client-not-enrolled",
                "client-forbidden", "unsupported-authentication", "oauth1 app permissions", "app permissions",
                "not authorized to use", "access to this endpoint")  # fmt: skip
_NOBODY = ("cannot send messages", "permission to dm", "permitted to send a direct message", "not following you",
           "you have been blocked", "user has been suspended", "user not found", "specified user")  # fmt: skip
_PLAIN = re.compile(r'"detail":\s*"forbidden\.?"')
"""Nothing but 'Forbidden': the keys lack a permission."""
_BEFORE_SENDING = (NewConnectionError, NameResolutionError, ConnectTimeoutError)


def translated(error: Exception, asked: Asked, now: datetime) -> HizmetError:
    """Our error for one of theirs. Words of theirs are left out: they may hold a citizen's."""
    if isinstance(error, tweepy.TooManyRequests):
        return _limited(error, now)
    if isinstance(error, tweepy.Unauthorized):
        return CredentialsRefused("X refuses the keys: hizmet channels x login")
    if isinstance(error, tweepy.Forbidden):
        return _forbidden(_words(error), asked)
    if isinstance(error, tweepy.NotFound):
        return Rejected("gone") if asked is Asked.POST else Unreachable("nobody there")
    if isinstance(error, tweepy.BadRequest):
        return Unreachable("nobody there") if any(sign in _words(error) for sign in _NOBODY) else Rejected("400")
    if isinstance(error, tweepy.HTTPException):
        return _status(error.response.status_code, asked)
    if isinstance(error, requests.RequestException):
        return _network(error, asked)
    raise error


def _words(error: tweepy.HTTPException) -> str:
    """All that the answer says, for looking up signs only: it may quote what was sent."""
    return str(error.response.text).lower()


def _limited(error: tweepy.TooManyRequests, now: datetime) -> RateLimited:
    if "usage-capped" in _words(error) or "usagecapexceeded" in _words(error):
        return RateLimited("the plan's month is used up", CREDITS_WAIT)
    reset = _daily_reset(error) or error.reset_time
    return RateLimited("X asks to wait", _UNSAID_WAIT if reset is None else max(1.0, reset - now.timestamp()))


def _daily_reset(error: tweepy.TooManyRequests) -> int | None:
    """When the day's limit begins anew, where it is that one which is used up; its own headers say so."""
    headers = error.response.headers
    for whose in ("user", "app"):
        left, reset = (headers.get(f"x-{whose}-limit-24hour-{what}", "") for what in ("remaining", "reset"))
        if left == "0" and reset.isdigit():
            return int(reset)
    return None


def _forbidden(words: str, asked: Asked) -> HizmetError:
    if any(sign in words for sign in _DUPLICATE):
        return Duplicate("said already")
    if any(sign in words for sign in _NOBODY):
        return Unreachable("closed to us")
    if asked is Asked.READ or _PLAIN.search(words) or any(sign in words for sign in _OURS_BARRED):
        return CredentialsRefused("X forbids it to this application or account")
    return Rejected("X forbids this reply") if asked is Asked.POST else Unreachable("closed to us")


def _status(status: int, asked: Asked) -> HizmetError:
    if status == 402:
        return TransientError("the plan's credits are used up", CREDITS_WAIT)
    if status == 408 or status >= 500:  # also 503: what stands behind may have carried it out
        return _unknown(str(status), asked)
    return Rejected(str(status))


def _network(error: requests.RequestException, asked: Asked) -> HizmetError:
    """Whether the request was under way decides; what may be asked again is never uncertain."""
    cause = error.args[0] if error.args else None
    never_left = isinstance(cause, MaxRetryError) and isinstance(cause.reason, _BEFORE_SENDING)
    if never_left or isinstance(error, (requests.ConnectTimeout, requests.exceptions.ProxyError)):
        return TransientError(f"no connection: {type(error).__name__}")
    return _unknown(f"no answer: {type(error).__name__}", asked)


def _unknown(message: str, asked: Asked) -> HizmetError:
    return TransientError(message) if asked is Asked.READ else UncertainError(message)
