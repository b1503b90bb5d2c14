"""The decision table of bot/delivery/retry.py."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.delivery.retry import (
    BUG_ATTEMPTS,
    MAX_AGE,
    MAX_WAIT,
    TRANSIENT_ATTEMPTS,
    UNCERTAIN_ATTEMPTS,
    Attempt,
    Decision,
    GiveUp,
    Retry,
    decide,
)
from bot.errors import (
    CredentialsRefused,
    DatabaseAway,
    PermanentError,
    RateLimited,
    Rejected,
    TransientError,
    UncertainError,
    Unreachable,
)

NOW = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)


def decided(error: Exception, number: int = 1, public: bool = False, age: timedelta = timedelta(0)) -> Decision:
    return decide(error, Attempt(number, NOW - age, public), NOW, random.Random(3))


def wait(decision: Decision) -> float:
    assert isinstance(decision, Retry)
    return (decision.at - NOW).total_seconds()


@given(st.floats(0, 4000))
def test_a_rate_limit_is_honoured_exactly_and_not_counted(seconds: float) -> None:
    decision = decided(RateLimited("429", seconds), number=1000)
    assert decision == Retry(NOW + timedelta(seconds=seconds), "rate_limited", counted=False)


def test_a_rate_limit_without_a_number_waits_a_second() -> None:
    assert wait(decided(RateLimited("429"))) == 1


@pytest.mark.parametrize("number", range(1, 12))
def test_transient_errors_back_off_doubling_to_ten_minutes_with_jitter(number: int) -> None:
    full = min(MAX_WAIT, 2.0 ** (number - 1))
    waits = [wait(decide(TransientError("500"), Attempt(number, NOW), NOW, random.Random(seed))) for seed in range(50)]
    assert all(full / 2 <= seconds <= full for seconds in waits)
    assert len(set(waits)) == 50


def test_a_transient_error_never_comes_back_before_the_time_that_the_provider_named() -> None:
    assert wait(decided(TransientError("503", retry_after=90), number=1)) == 90
    assert wait(decided(TransientError("503", retry_after=1), number=9)) >= 128


def test_transient_errors_end_after_a_stated_number_of_attempts() -> None:
    assert isinstance(decided(TransientError("500"), number=TRANSIENT_ATTEMPTS - 1), Retry)
    assert decided(TransientError("500"), number=TRANSIENT_ATTEMPTS) == GiveUp("transient_too_often")


@pytest.mark.parametrize("error", [TransientError("500"), RateLimited("429", 5), UncertainError("?")])
def test_nothing_is_tried_after_a_day(error: Exception) -> None:
    assert isinstance(decided(error, age=MAX_AGE - timedelta(seconds=1)), Retry)
    assert isinstance(decided(error, age=MAX_AGE), GiveUp)


def test_an_uncertain_private_message_is_sent_again_a_few_times() -> None:
    assert 2.5 <= wait(decided(UncertainError("time-out"))) <= 5
    assert isinstance(decided(UncertainError("?"), number=UNCERTAIN_ATTEMPTS - 1), Retry)
    assert decided(UncertainError("?"), number=UNCERTAIN_ATTEMPTS) == GiveUp("uncertain_too_often")


def test_an_uncertain_public_message_is_never_sent_again() -> None:
    assert decided(UncertainError("time-out"), public=True) == GiveUp("uncertain")


def test_a_public_message_that_surely_did_not_go_is_sent_again() -> None:
    assert isinstance(decided(TransientError("500"), public=True), Retry)
    assert isinstance(decided(RateLimited("429", 3), public=True), Retry)


@pytest.mark.parametrize(
    ("error", "code"),
    [(Unreachable("403"), "unreachable"), (Rejected("400"), "rejected"), (PermanentError("410"), "permanent")],
)
def test_permanent_errors_are_given_up_at_once(error: Exception, code: str) -> None:
    assert decided(error) == GiveUp(code)


def test_refused_credentials_wait_a_minute_for_ever() -> None:
    decision = decided(CredentialsRefused("401"), number=9999, age=timedelta(days=9))
    assert decision == Retry(NOW + timedelta(seconds=60), "credentials_refused", counted=False)


def test_a_bug_in_a_channel_is_tried_a_few_times_in_private_and_never_in_public() -> None:
    assert isinstance(decided(KeyError("chat_id")), Retry)
    assert decided(KeyError("chat_id"), number=BUG_ATTEMPTS) == GiveUp("bug_too_often")
    assert decided(KeyError("chat_id"), public=True) == GiveUp("bug")


@given(
    st.sampled_from([TransientError, RateLimited, DatabaseAway, UncertainError, Unreachable, Rejected, ValueError]),
    st.integers(1, 10_000),
    st.booleans(),
    st.integers(0, 10**7),
)
def test_every_error_ends_and_no_code_holds_its_message(
    kind: type[Exception], number: int, public: bool, age: int
) -> None:
    decision = decided(kind("Ayşe Yılmaz 0532"), number, public, timedelta(seconds=age))
    assert "Ayşe" not in decision.code
    if isinstance(decision, Retry):
        assert decision.at >= NOW
        assert age < MAX_AGE.total_seconds()
