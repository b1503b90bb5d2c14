"""ServiceClassifier: which service of the catalogue a message is about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message

from bot.municipality import load_municipality
from bot.nlu.classifier import Classifier
from bot.nlu.keys import Labels, put
from bot.nlu.place_extractor import municipality_path


class ServiceClassifier(Classifier):
    """Puts `services`: ranked codes with calibrated confidence. Learns from every message that names one service."""

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "municipality": None}

    def label(self, labels: Labels) -> str | None:
        return labels.service

    def families(self) -> Mapping[str, str]:
        """The unit or body of every service: who is responsible is easier to tell than which service it is."""
        municipality = load_municipality(municipality_path(self.config))
        return {code: service.unit or service.body or code for code, service in municipality.services.items()}

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            put(message, services=self.ranked(message)[:5])
        return messages
