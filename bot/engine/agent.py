"""The Rasa agent behind ports.DialogueEngine: in process, its tracker in the turn's transaction."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import Any

from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk import Action
from rasa_sdk.executor import ActionExecutor

from bot.domain.understanding import Understanding
from bot.engine.memory import events_of, remember
from bot.errors import ConfigError, TurnError
from bot.nlu.reading import read_understanding
from bot.ports import CURRENT_TURN, TurnSession

log = logging.getLogger(__name__)
os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")


class TurnTrackerStore(TrackerStore):  # type: ignore[misc]  # rasa has no types
    """Reads and writes the tracker on the conversation of the turn under way; a bounded history."""

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        tracker = self.init_tracker(sender_id)
        for event in events_of(CURRENT_TURN.get().conversation.tracker):
            tracker.update(event, self.domain)
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        CURRENT_TURN.get().conversation.tracker = remember(tracker)

    async def keys(self) -> list[str]:
        return []


class InProcessActions(EndpointConfig):  # type: ignore[misc]  # rasa has no types
    """Runs rasa_sdk's actions without a server. Keeps what they raise: Rasa itself would go on."""

    def __init__(self, actions: tuple[Action, ...]) -> None:
        super().__init__("in-process")
        self._executor = ActionExecutor()
        for action in actions:
            self._executor.register_action(action)
        self.error: Exception | None = None

    async def request(self, *args: Any, **kwargs: Any) -> Any:
        try:
            return await self._executor.run(kwargs["json"])
        except Exception as error:
            self.error = error
            raise


class RasaEngine:
    """One agent, one turn at a time."""

    def __init__(self, agent: Agent, actions: InProcessActions) -> None:
        self._agent = agent
        self._actions = actions

    @classmethod
    def load(cls, model: Path, actions: tuple[Action, ...]) -> RasaEngine:
        """Load a trained model. Raises ConfigError where it is unreadable or was trained for another domain."""
        endpoint = InProcessActions(actions)
        try:
            agent = Agent.load(
                str(model), tracker_store=TurnTrackerStore(Domain.empty()), action_endpoint=endpoint
            )
        except Exception as error:
            raise ConfigError(f"the model cannot be loaded ({error}); train anew with: hizmet train", str(model)) from error
        if agent.processor is None or agent.domain is None:
            raise ConfigError("there is no model here; train one with: hizmet train", str(model))
        known = set(agent.domain.user_actions)
        missing = sorted(action.name() for action in actions if action.name() not in known)
        if missing:
            raise ConfigError(
                f"the model was trained for another domain (it lacks {', '.join(missing)}); run: hizmet train", str(model)
            )
        agent.processor.max_number_of_predictions = 6
        return cls(agent, endpoint)

    def parse(self, text: str) -> Understanding:
        """Understand one text. '/' at its beginning has no meaning for citizens and is taken off."""
        parsed = self._agent.processor._parse_message_with_graph(
            UserMessage(text=text.lstrip("/ \n\t") or " ", output_channel=CollectingOutputChannel()),
            only_output_properties=True,
        )
        return read_understanding({**parsed, "text": text})

    async def respond(self, turn: TurnSession) -> None:
        """Run the turn's actions. Raises TurnError (with what an action raised as its cause)."""
        token = CURRENT_TURN.set(turn)
        self._actions.error = None
        move = turn.move
        message = UserMessage(
            text=turn.text or move,
            output_channel=CollectingOutputChannel(),
            sender_id=str(turn.conversation.id),
            parse_data={"text": turn.text, "intent": {"name": move, "confidence": 1.0}, "entities": []},
        )
        try:
            await self._agent.processor.handle_message(message)
        finally:
            CURRENT_TURN.reset(token)
        if self._actions.error is not None:
            raise TurnError(f"the action for '{move}' failed") from self._actions.error
