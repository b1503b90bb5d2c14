"""Every error of python-telegram-bot is one of ours, and the right one."""

from __future__ import annotations

import inspect

import httpx
import pytest
from telegram import error as theirs

from bot.channels.telegram.translation import RULES, translated
from bot.errors import (
    CredentialsRefused,
    HizmetError,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)

SAMPLES: dict[type[theirs.TelegramError], tuple[theirs.TelegramError, type[HizmetError]]] = {
    theirs.TelegramError: (theirs.TelegramError("Invalid server response"), UncertainError),
    theirs.NetworkError: (theirs.NetworkError("Internal Server Error (500)"), TransientError),
    theirs.TimedOut: (theirs.TimedOut(), UncertainError),
    theirs.BadRequest: (theirs.BadRequest("message text is empty"), Rejected),
    theirs.Forbidden: (theirs.Forbidden("bot was blocked by the user"), Unreachable),
    theirs.InvalidToken: (theirs.InvalidToken(), CredentialsRefused),
    theirs.EndPointNotFound: (theirs.EndPointNotFound("no such method"), Rejected),
    theirs.ChatMigrated: (theirs.ChatMigrated(-1001), Rejected),
    theirs.RetryAfter: (theirs.RetryAfter(7), RateLimited),
    theirs.Conflict: (theirs.Conflict("terminated by other getUpdates request"), TransientError),
    theirs.PassportDecryptionError: (theirs.PassportDecryptionError("x"), Rejected),
}


def test_every_error_class_of_the_library_has_a_rule_and_a_sample() -> None:
    classes = {
        found for _, found in inspect.getmembers(theirs, inspect.isclass) if issubclass(found, theirs.TelegramError)
    }
    assert len(classes) >= 11
    assert classes == set(RULES) == set(SAMPLES)


@pytest.mark.parametrize("kind", SAMPLES, ids=lambda kind: kind.__name__)
def test_each_error_becomes_exactly_one_of_ours(kind: type[theirs.TelegramError]) -> None:
    sample, ours = SAMPLES[kind]
    assert type(translated(sample)) is ours


def test_an_error_class_of_a_later_version_falls_to_its_parent() -> None:
    class Newer(theirs.BadRequest):
        pass

    assert type(translated(Newer("x"))) is Rejected


def test_a_rate_limit_keeps_its_seconds() -> None:
    found = translated(theirs.RetryAfter(31))
    assert isinstance(found, RateLimited)
    assert found.retry_after == 31


def test_a_chat_that_does_not_exist_is_a_citizen_who_cannot_be_reached() -> None:
    assert type(translated(theirs.BadRequest("Chat not found"))) is Unreachable


@pytest.mark.parametrize(
    ("cause", "ours"),
    [
        (httpx.ConnectError("refused"), TransientError),
        (httpx.ConnectTimeout("slow"), TransientError),
        (httpx.PoolTimeout("busy"), TransientError),
        (httpx.ReadTimeout("silence"), UncertainError),
        (httpx.WriteTimeout("stuck"), UncertainError),
        (httpx.ReadError("reset"), UncertainError),
        (httpx.RemoteProtocolError("hung up"), UncertainError),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_what_was_under_way_is_uncertain_and_what_was_not_is_transient(
    cause: httpx.HTTPError, ours: type[HizmetError]
) -> None:
    error: theirs.TelegramError = (
        theirs.TimedOut() if isinstance(cause, httpx.TimeoutException) else theirs.NetworkError(str(cause))
    )
    error.__cause__ = cause
    assert type(translated(error)) is ours
