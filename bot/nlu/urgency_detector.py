"""UrgencyDetector: danger to life or limb right now, by recall first."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.classifier import Classifier
from bot.nlu.danger import danger_of
from bot.nlu.keys import NORMAL, Labels, put


class UrgencyDetector(Classifier):
    """Puts `urgent` (probability over `threshold`, or words of danger) and `danger`, which emergency text applies."""

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "threshold": 0.3}

    def label(self, labels: Labels) -> str | None:
        return "yes" if labels.urgent or labels.act == Act.EMERGENCY else "no"

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            probability = dict(self.ranked(message)).get("yes", 0.0)
            danger = danger_of(message.get(NORMAL) or "")
            urgent = probability >= self.config["threshold"] or danger == "distress"
            put(message, urgent=urgent, danger=(danger or "general") if urgent else None)
        return messages
