"""How long to wait after a failure, for the loops that talk to a provider for ever."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from bot.errors import CredentialsRefused, HizmetError, TransientError


@dataclass
class Backoff:
    """Seconds: doubling from `first` to `most`, half of it by chance, and never less than the other side asks."""

    first: float = 1.0
    most: float = 60.0
    refused: float = 60.0
    jitter: Callable[[], float] = random.random
    failures: int = 0

    def after(self, error: Exception) -> float:
        """The pause after one more failure."""
        self.failures += 1
        if isinstance(error, CredentialsRefused):
            return self.refused
        own = min(self.most, self.first * 2.0 ** min(self.failures - 1, 20)) * (0.5 + self.jitter() / 2)
        return max(own, error.retry_after or 0.0) if isinstance(error, TransientError) else own

    def reset(self) -> None:
        self.failures = 0


async def pause(stop: asyncio.Event, seconds: float) -> None:
    """Wait, or less where `stop` is set."""
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)


def told(error: Exception) -> str:
    """An error as a log may show it: of one that isn't ours the class only, as its words may hold a citizen's."""
    return f"{type(error).__name__}: {error}" if isinstance(error, HizmetError) else type(error).__name__
