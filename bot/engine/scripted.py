"""A dialogue engine without a model: texts are understood as told, moves go straight to their steps. For tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from bot.domain.understanding import Act, Understanding
from bot.ports import TurnSession


class ScriptedEngine:
    """`known` maps texts to understandings; others are out of scope. `on_respond` runs inside each turn."""

    def __init__(
        self, known: Mapping[str, Understanding], on_respond: Callable[[TurnSession], None] = lambda turn: None
    ) -> None:
        self._known = known
        self._on_respond = on_respond

    def parse(self, text: str) -> Understanding:
        return self._known.get(text, Understanding(text, Act.OUT_OF_SCOPE, 1.0))

    async def respond(self, turn: TurnSession) -> None:
        turn.act(turn.move)
        self._on_respond(turn)
