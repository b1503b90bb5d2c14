"""What a message says by itself: all that its parts and its danger are read from, before the turn and within."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from bot.domain.understanding import Understanding

Parse = Callable[[str], Understanding]


class Reading(Protocol):
    """A message with its understanding; `parse` understands a part of it. A Talk is one."""

    @property
    def understanding(self) -> Understanding: ...

    @property
    def text(self) -> str: ...

    @property
    def parse(self) -> Parse | None: ...


@dataclass(frozen=True)
class Words:
    """A message outside of any conversation."""

    understanding: Understanding
    text: str
    parse: Parse | None
