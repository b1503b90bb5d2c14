"""The token buckets of bot/delivery/limits.py."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from bot.channels.telegram.side import telegram_rates
from bot.delivery.limits import Bucket, Limiter
from bot.domain.rates import ChannelRates, Rate

NOON = datetime(2026, 6, 8, 12, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def sent_at(rates: ChannelRates, chats: list[int]) -> list[float]:
    """When the messages go that all wait from the first moment on."""
    limiter = Limiter(rates, NOON)
    return [limiter.take(chat, NOON) for chat in chats]


def test_no_second_holds_more_than_thirty_messages_of_an_account() -> None:
    moments = sent_at(telegram_rates(), list(range(300)))
    for begin in moments:
        assert sum(begin <= moment < begin + 1 for moment in moments) <= 30
    assert moments[-1] < 300 / 28


def test_a_chat_gets_one_message_a_second() -> None:
    limiter = Limiter(telegram_rates(), NOON)
    assert limiter.take("ayse", at(0)) == 0
    assert limiter.wait("ayse", at(0.25)) == 0.75
    assert limiter.wait("fatma", at(0.25)) == 0
    assert limiter.wait("ayse", at(1)) == 0


def test_a_chat_is_counted_from_the_moment_of_sending_not_of_asking() -> None:
    limiter = Limiter(ChannelRates(Rate(2), Rate(1)), NOON)
    limiter.take("ayse", NOON)
    assert limiter.take("fatma", NOON) == 0.5
    assert limiter.wait("fatma", at(0.5)) == 1


def test_processes_share_the_limit_of_the_account() -> None:
    assert telegram_rates(processes=2).overall.per_second * 2 == telegram_rates().overall.per_second


def test_room_is_what_may_go_within_a_second() -> None:
    limiter = Limiter(ChannelRates(Rate(10, burst=3), Rate(1)), NOON)
    assert limiter.room(NOON, 50) == 13
    assert limiter.room(NOON, 4) == 4
    for chat in range(13):
        limiter.take(chat, NOON)
    assert limiter.room(NOON, 50) == 0


def test_a_channel_without_rates_has_no_limit() -> None:
    limiter = Limiter(None, NOON)
    assert [limiter.take("ayse", NOON) for _ in range(100)] == [0.0] * 100
    assert limiter.room(NOON, 30) == 30


@given(st.lists(st.floats(-5, 5), max_size=50))
def test_a_clock_that_jumps_never_gives_more_than_the_burst(steps: list[float]) -> None:
    now, bucket = NOON, Bucket.full(Rate(5, burst=2), NOON)
    for step in steps:
        now += timedelta(seconds=step)
        bucket = bucket.filled(now)
        assert 0 <= bucket.tokens <= 2
        if bucket.tokens >= 1:
            bucket = bucket.taken(now)


def test_quiet_chats_are_forgotten() -> None:
    limiter = Limiter(ChannelRates(Rate(1e9, burst=1e9), Rate(1)), NOON)
    for number in range(12_000):
        limiter.take(number, at(number / 1000))
    assert len(limiter._chats) < 6_100
