"""ActClassifier: what the citizen does by writing (report, ask, thank, …)."""

from __future__ import annotations

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.classifier import Classifier
from bot.nlu.keys import NORMAL, Labels, put

_FALLBACK = [(Act.OUT_OF_SCOPE.value, 0.0)]


class ActClassifier(Classifier):
    """Sets Rasa's `intent` and the sorted `intent_ranking`, and puts `acts`. Empty text is out of scope."""

    def label(self, labels: Labels) -> str | None:
        return labels.act

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            ranking = self.ranked(message) if message.get(NORMAL) else _FALLBACK
            ranking = ranking or _FALLBACK
            named = [{"name": label, "confidence": confidence} for label, confidence in ranking]
            message.set("intent", named[0], add_to_output=True)
            message.set("intent_ranking", named, add_to_output=True)
            put(message, acts=ranking[:5])
        return messages
