"""What of a tracker is kept between turns: the last turns' moves and actions, nothing of the citizen's words."""

from __future__ import annotations

import json
from collections.abc import Iterator

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

TURNS = 2


def remember(tracker: DialogueStateTracker) -> str:
    """The last TURNS turns as JSON: [[move, action, …], …]."""
    turns: list[list[str]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            turns.append([event.intent_name or ""])
        elif isinstance(event, ActionExecuted) and turns and event.action_name != ACTION_LISTEN_NAME:
            turns[-1].append(event.action_name)
    return json.dumps(turns[-TURNS:])


def events_of(remembered: str | None) -> Iterator[Event]:
    """The events from which Rasa continues; it always ends listening."""
    yield ActionExecuted(ACTION_LISTEN_NAME)
    for move, *actions in json.loads(remembered or "[]"):
        yield UserUttered(text=move, intent={"name": move, "confidence": 1.0})
        for action in actions:
            yield ActionExecuted(action)
        yield ActionExecuted(ACTION_LISTEN_NAME)
