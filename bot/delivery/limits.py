"""How fast a channel may be written to: token buckets, pure, with the time as an argument."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

_FORGET_OVER = 5_000


@dataclass(frozen=True)
class Rate:
    """`per_second` tokens flow in; at most `burst` lie ready."""

    per_second: float
    burst: float = 1.0


@dataclass(frozen=True)
class Bucket:
    """Tokens as they stood at `at`. Below zero: tokens of the future are spoken for."""

    rate: Rate
    tokens: float
    at: datetime

    @classmethod
    def full(cls, rate: Rate, now: datetime) -> Bucket:
        return cls(rate, rate.burst, now)

    def filled(self, now: datetime) -> Bucket:
        """The bucket at `now`. A clock that went back fills nothing."""
        seconds = max(0.0, (now - self.at).total_seconds())
        return replace(self, tokens=min(self.rate.burst, self.tokens + seconds * self.rate.per_second), at=now)

    def wait(self, now: datetime) -> float:
        """Seconds until a token is there."""
        return max(0.0, (1.0 - self.filled(now).tokens) / self.rate.per_second)

    def taken(self, now: datetime) -> Bucket:
        """The bucket after one token was taken, or reserved where `wait` is not yet over."""
        filled = self.filled(now)
        return replace(filled, tokens=filled.tokens - 1.0)

    def room(self, now: datetime, seconds: float) -> int:
        """How many tokens there are now or come within `seconds`."""
        return max(0, int(self.filled(now).tokens + seconds * self.rate.per_second + 1e-9))


@dataclass(frozen=True)
class ChannelRates:
    """`overall` for the account, `per_chat` for one conversation in it."""

    overall: Rate
    per_chat: Rate


def telegram_rates(processes: int = 1) -> ChannelRates:
    """Telegram's 30 messages a second, shared by the delivery processes of one token, and 1 a second to a chat.

    Below 30 by one, so that no window of a second holds 31 where the network bunches messages.
    """
    return ChannelRates(Rate(29.0 / processes), Rate(1.0))


def staff_chat_rates() -> ChannelRates:
    """Telegram takes 20 messages a minute in a group; alerts are rows without a conversation."""
    return ChannelRates(Rate(1 / 3, burst=5.0), Rate(1 / 3, burst=5.0))


def x_post_rates() -> ChannelRates:
    """X takes 100 posts in 15 minutes of an account. Source: https://docs.x.com/x-api/fundamentals/rate-limits"""
    return ChannelRates(Rate(100 / 900, burst=20.0), Rate(1 / 5, burst=2.0))


def x_message_rates() -> ChannelRates:
    """X takes 15 direct messages in 15 minutes of an account, 1,440 a day."""
    return ChannelRates(Rate(15 / 900, burst=5.0), Rate(1.0, burst=3.0))


class Limiter:
    """The buckets of one channel. `None` as rates: no limit."""

    def __init__(self, rates: ChannelRates | None, now: datetime) -> None:
        self._rates = rates
        self._overall = Bucket.full(rates.overall, now) if rates else None
        self._chats: dict[Hashable, Bucket] = {}

    def room(self, now: datetime, most: int, seconds: float = 1.0) -> int:
        """How many messages, of `most`, the account may send within `seconds`."""
        return most if self._overall is None else min(most, self._overall.room(now, seconds))

    def wait(self, chat: Hashable, now: datetime) -> float:
        """Seconds before a message to `chat` may go."""
        if self._rates is None or self._overall is None:
            return 0.0
        return max(self._overall.wait(now), self._chat(chat, self._rates, now).wait(now))

    def take(self, chat: Hashable, now: datetime) -> float:
        """Reserve a message to `chat`; the seconds to wait before it is sent."""
        seconds = self.wait(chat, now)
        if self._rates is not None and self._overall is not None:
            self._overall = self._overall.taken(now)
            self._chats[chat] = self._chat(chat, self._rates, now).taken(now + timedelta(seconds=seconds))
            if len(self._chats) > _FORGET_OVER:
                self._chats = {
                    known: bucket
                    for known, bucket in self._chats.items()
                    if bucket.filled(now).tokens < bucket.rate.burst
                }
        return seconds

    def _chat(self, chat: Hashable, rates: ChannelRates, now: datetime) -> Bucket:
        return self._chats.get(chat) or Bucket.full(rates.per_chat, now)
