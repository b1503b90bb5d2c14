"""How fast a channel may be written to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Rate:
    """`per_second` messages flow; at most `burst` at once."""

    per_second: float
    burst: float = 1.0


@dataclass(frozen=True)
class ChannelRates:
    """`overall` for the account, `per_chat` for one conversation in it."""

    overall: Rate
    per_chat: Rate
