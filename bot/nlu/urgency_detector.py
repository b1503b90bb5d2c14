"""UrgencyDetector: danger to life or limb right now, by recall first."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.danger import danger_of
from bot.nlu.detector import NO, YES, Detector
from bot.nlu.keys import NORMAL, UNDERSTANDING, Labels, put

_ALWAYS = frozenset({"distress"})


class UrgencyDetector(Detector):
    """Puts `urgent` (the detector, an emergency act, words of distress) and `danger`: which emergency text applies."""

    def label(self, labels: Labels) -> str | None:
        return YES if labels.urgent or labels.act == Act.EMERGENCY else NO

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            danger = danger_of(message.get(NORMAL) or "")
            acts = (message.get(UNDERSTANDING) or {}).get("acts") or [(None, 0.0)]
            urgent = self.flagged(message) or danger in _ALWAYS or acts[0][0] == Act.EMERGENCY
            put(message, urgent=urgent, danger=(danger or "general") if urgent else None)
        return messages
