"""ActClassifier: what the citizen does by writing (report, ask, thank, …)."""

from __future__ import annotations

from typing import Any, ClassVar

from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.classifier import Classifier
from bot.nlu.danger import danger_of
from bot.nlu.keys import NORMAL, SPANS, Labels, put
from bot.nlu.telling import is_mash

_FALLBACK = [(Act.OUT_OF_SCOPE.value, 0.0)]
_HEARD, _LONG = 0.2, 6
"""A report of this confidence, in so many words and with a place, is one though insults are louder."""


class ActClassifier(Classifier):
    """Sets Rasa's `intent` and the sorted `intent_ranking`, and puts `acts`. Empty text, and
    keys pressed at random, are out of scope with no confidence.

    Without naive Bayes: it hears a report wherever a problem's words stand, also in a correction or a withdrawal.
    """

    defaults: ClassVar[dict[str, Any]] = {**Classifier.defaults, "bayes": False}

    def label(self, labels: Labels) -> str | None:
        return labels.act

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(NORMAL) or ""
            ranking = self.ranked(message) if text and not is_mash(text) else _FALLBACK
            ranking = _in_distress(ranking or _FALLBACK, text)
            ranking = in_anger(ranking, text, bool(message.get(SPANS)))
            named = [{"name": label, "confidence": confidence} for label, confidence in ranking]
            message.set("intent", named[0], add_to_output=True)
            message.set("intent_ranking", named, add_to_output=True)
            put(message, acts=ranking[:5])
        return messages


def _in_distress(ranking: list[tuple[str, float]], text: str) -> list[tuple[str, float]]:
    """Who takes leave of life asks for help, however it is worded ("hakkınızı helal edin" sounds like thanks)."""
    if danger_of(text) != "distress":
        return ranking
    return [(Act.EMERGENCY.value, 1.0), *((act, 0.0) for act, _ in ranking if act != Act.EMERGENCY)]


def in_anger(ranking: list[tuple[str, float]], text: str, placed: bool) -> list[tuple[str, float]]:
    """Who insults and tells what is broken where reports it."""
    chances = dict(ranking)
    heard = chances.get(Act.REPORT, 0.0)
    if ranking[0][0] != Act.ABUSIVE or heard < _HEARD or not placed or len(text.split()) < _LONG:
        return ranking
    others = [pair for pair in ranking if pair[0] not in (Act.REPORT, Act.ABUSIVE)]
    return [(Act.REPORT.value, chances[Act.ABUSIVE]), (Act.ABUSIVE.value, heard), *others]
