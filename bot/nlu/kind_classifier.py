"""KindClassifier: complaint, request, suggestion, thanks or information."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from bot.domain.requests import Kind
from bot.domain.understanding import Act
from bot.nlu.classifier import Classifier
from bot.nlu.keys import Labels, put


class KindClassifier(Classifier):
    """Puts `kind`. Questions count as information, thanks for a service's work as thanks."""

    def label(self, labels: Labels) -> str | None:
        if labels.act == Act.ASK_INFORMATION:
            return Kind.INFORMATION.value
        return labels.kind

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self.ranked(message)
            put(message, kind=ranking[0][0] if ranking else None)
        return messages
