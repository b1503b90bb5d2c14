"""SensitivityDetector: what a person must look at: staff conduct, threats, corruption, minors, health."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.danger import danger_of
from bot.nlu.delicate import is_delicate
from bot.nlu.detector import NO, YES, Detector
from bot.nlu.keys import NORMAL, Labels, put

_SENSITIVE_DANGERS = frozenset({"distress"})
_SENSITIVE_SERVICES = frozenset({"staff_conduct"})


class SensitivityDetector(Detector):
    """Puts `sensitive` (the detector, or words that say so alone). A miss costs more than a look."""

    def label(self, labels: Labels) -> str | None:
        return YES if labels.sensitive or labels.service in _SENSITIVE_SERVICES else NO

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(NORMAL) or ""
            named = is_delicate(text) or danger_of(text) in _SENSITIVE_DANGERS
            put(message, sensitive=named or self.flagged(message))
        return messages
