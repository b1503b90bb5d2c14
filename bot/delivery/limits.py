"""How fast a channel may be written to: token buckets, pure, with the time as an argument."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.rates import ChannelRates, Rate

_FORGET_OVER = 5_000


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


def staff_chat_rates() -> ChannelRates:
    """Telegram takes 20 messages a minute in a group; alerts are rows without a conversation."""
    return ChannelRates(Rate(1 / 3, burst=5.0), Rate(1 / 3, burst=5.0))


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
