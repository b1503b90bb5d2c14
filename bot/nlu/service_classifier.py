"""ServiceClassifier: which service of the catalogue a message is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message

from bot.nlu.catalogue import families_of
from bot.nlu.classifier import Classifier
from bot.nlu.keys import Labels, put


class ServiceClassifier(Classifier):
    """Puts `services`: ranked codes with calibrated confidence. Learns from every message that names one service."""

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "municipality": None}

    def label(self, labels: Labels) -> str | None:
        return labels.service

    def families(self) -> Mapping[str, str]:
        return families_of(self.config)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            put(message, services=self.ranked(message)[:5])
        return messages
