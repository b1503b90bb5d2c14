"""One action a dialogue step; nlu_data/rules.yml says which move leads to which."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.ports import CURRENT_TURN
from bot.service.dialogue.moves import Move


class TurnAction(Action):  # type: ignore[misc]  # rasa_sdk has no types
    """Runs a step of the turn under way. What the citizen reads is written by the step, in the turn's transaction."""

    step: Move

    def name(self) -> str:
        return f"action_{self.step.value}"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[dict[str, Any]]:
        CURRENT_TURN.get().act(self.step.value)
        return []


def _action(move: Move) -> TurnAction:
    name = "Action" + "".join(part.title() for part in move.value.split("_"))
    made: TurnAction = type(name, (TurnAction,), {"step": move, "__doc__": f"The step '{move.value}'."})()
    return made


ACTIONS: tuple[TurnAction, ...] = tuple(_action(move) for move in Move)
