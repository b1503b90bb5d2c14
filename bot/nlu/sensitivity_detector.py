"""SensitivityDetector: what a person must look at: staff conduct, threats, corruption, minors, health."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.classifier import Classifier
from bot.nlu.keys import Labels, put

_SENSITIVE_SERVICES = ("staff_conduct",)


class SensitivityDetector(Classifier):
    """Puts `sensitive` (probability over `threshold`; low, because a miss costs more than a look)."""

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "threshold": 0.3}

    def label(self, labels: Labels) -> str | None:
        return "yes" if labels.sensitive or labels.service in _SENSITIVE_SERVICES else "no"

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            probability = dict(self.ranked(message)).get("yes", 0.0)
            put(message, sensitive=probability >= self.config["threshold"])
        return messages
