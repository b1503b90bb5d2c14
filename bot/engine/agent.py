"""The Rasa agent behind ports.DialogueEngine: in process, its tracker in the turn's transaction."""

from __future__ import annotations

import logging
import os
from pathlib import Path

import structlog
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.shared.core.domain import Domain
from rasa_sdk import Action

from bot.domain.understanding import Understanding
from bot.engine.processing import SdkAction, TurnAgent, TurnTrackerStore
from bot.errors import ConfigError, TurnError
from bot.nlu.reading import read_understanding
from bot.ports import CURRENT_TURN, TurnSession

os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
# below this level Rasa's structured logs hold the citizen's words
structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
MOST_ACTIONS = 6
"""Actions in one turn after which Rasa's circuit breaker ends it; the turn is then an error."""


class RasaEngine:
    """One agent, one turn at a time."""

    def __init__(self, agent: TurnAgent, errors: list[Exception]) -> None:
        self._agent = agent
        self._errors = errors

    @classmethod
    def load(cls, model: Path, actions: tuple[Action, ...]) -> RasaEngine:
        """Load a trained model. Raises ConfigError where it is unreadable or was trained for another domain."""
        try:
            agent = TurnAgent(tracker_store=TurnTrackerStore(Domain.empty()))
            agent.load_model(str(model))
        except Exception as error:
            raise ConfigError(f"cannot be loaded ({error}); train anew with: hizmet train", str(model)) from error
        if agent.processor is None or agent.domain is None:
            raise ConfigError("is no model; train one with: hizmet train", str(model))
        known = set(agent.domain.user_actions)
        missing = sorted(action.name() for action in actions if action.name() not in known)
        if missing:
            lacks = ", ".join(missing)
            raise ConfigError(f"was trained for another domain (it lacks {lacks}); run: hizmet train", str(model))
        errors: list[Exception] = []
        agent.processor.sdk_actions = {action.name(): SdkAction(action, errors) for action in actions}
        agent.processor.max_number_of_predictions = MOST_ACTIONS
        return cls(agent, errors)

    def parse(self, text: str) -> Understanding:
        """Understand one text. '/' at its beginning has no meaning for citizens and is taken off."""
        parsed = self._agent.processor._parse_message_with_graph(
            UserMessage(text=text.lstrip("/ \n\t") or " ", output_channel=CollectingOutputChannel()),
            None,
            only_output_properties=True,
        )
        return read_understanding({**parsed, "text": text})

    async def respond(self, turn: TurnSession) -> None:
        """Run the turn's actions. Raises TurnError (with what an action raised as its cause)."""
        token = CURRENT_TURN.set(turn)
        self._errors.clear()
        move = turn.move
        message = UserMessage(
            text=move,
            output_channel=CollectingOutputChannel(),
            sender_id=str(turn.conversation.id),
            parse_data={"text": move, "intent": {"name": move, "confidence": 1.0}, "entities": []},
        )
        try:
            await self._agent.processor.handle_message(message)
        finally:
            CURRENT_TURN.reset(token)
        if self._errors:
            raise TurnError(f"the action for '{move}' failed") from self._errors[0]
