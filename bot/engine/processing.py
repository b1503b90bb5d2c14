"""Rasa's agent with its message processor running rasa_sdk actions in process, inside the turn."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from rasa.core.actions.action import Action as RasaAction
from rasa.core.agent import Agent
from rasa.core.processor import MessageProcessor
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker
from rasa_sdk import Action, Tracker
from rasa_sdk.executor import CollectingDispatcher

from bot.engine.memory import events_of, remember
from bot.ports import CURRENT_TURN


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


class SdkAction(RasaAction):  # type: ignore[misc]  # rasa has no types
    """A rasa_sdk action as Rasa calls it, without a server between them.

    What the action says through the dispatcher becomes a reply of the turn. What it raises is kept in `errors`:
    Rasa catches it and goes on, the engine must not.
    """

    def __init__(self, action: Action, errors: list[Exception]) -> None:
        self._action = action
        self._errors = errors

    def name(self) -> str:
        name: str = self._action.name()
        return name

    async def run(self, output_channel: Any, nlg: Any, tracker: DialogueStateTracker, domain: Domain) -> list[Event]:
        try:
            dispatcher = CollectingDispatcher()
            events = await self._action.run(dispatcher, _as_sdk(tracker), {})
            for message in dispatcher.messages:
                if message.get("text"):
                    CURRENT_TURN.get().say_text(message["text"])
            return list(deserialise_events(events or []))
        except Exception as error:
            self._errors.append(error)
            raise


def _as_sdk(tracker: DialogueStateTracker) -> Tracker:
    """The tracker as rasa_sdk's actions know it; the events stay out (they cost more than all the rest)."""
    return Tracker(
        sender_id=tracker.sender_id,
        slots=tracker.current_slot_values(),
        latest_message=tracker.latest_message.parse_data if tracker.latest_message else {},
        events=[],
        paused=False,
        followup_action=None,
        active_loop={},
        latest_action_name=tracker.latest_action_name,
    )


class TurnProcessor(MessageProcessor):  # type: ignore[misc]  # rasa has no types
    """Runs our actions in place of Rasa's calls to an action server; all others are Rasa's own."""

    sdk_actions: Mapping[str, SdkAction] = {}

    async def _run_action(self, action: RasaAction, *args: Any, **kwargs: Any) -> bool:
        ours = self.sdk_actions.get(action.name(), action)
        again: bool = await super()._run_action(ours, *args, **kwargs)
        return again


class TurnAgent(Agent):  # type: ignore[misc]  # rasa has no types
    """Rasa's agent with the TurnProcessor."""

    def load_model(self, model_path: str | Path, fingerprint: str | None = None) -> None:
        self.processor = TurnProcessor(
            model_path=model_path,
            tracker_store=self.tracker_store,
            lock_store=self.lock_store,
            action_endpoint=None,
            generator=self.nlg,
        )
        self.domain = self.processor.domain
        self._set_fingerprint(fingerprint)
        self.tracker_store.domain = self.domain
