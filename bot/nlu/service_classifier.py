"""ServiceClassifier: which service of the catalogue a message is about."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.catalogue import families_of
from bot.nlu.classifier import Classifier
from bot.nlu.keys import DENSE, NOISE, NORMAL, SPARSE, Labels, labels_of, put
from bot.nlu.telling import is_mash, telling
from bot.nlu.vectors import Floats

UNMEASURED = 0.5
"""From here on a service is sure where too few messages were there to measure it."""

NEW = 10
"""With so many messages taught a service is known that the project has none of."""


class ServiceClassifier(Classifier):
    """Puts `services`: ranked codes with calibrated confidence, and `sure`: whether the first needs no question.

    Learns from every message that names one service. The confidence from which a service is sure is its own: the least
    with which the answers on held-out messages reach `precision`, drawn towards that of all services together as
    strongly as `prior` messages would. A municipality's own requests add a view of their own (bot/nlu/lessons.py).

    Our messages are made to differ and to look alike, so what is measured on them is too modest for what people write:
    `sharpness` makes up for it (docs/nlu.md has the measurement).
    """

    defaults: ClassVar[dict[str, Any]] = {
        **Classifier.defaults,
        "municipality": None,
        "precision": 0.9,
        "prior": 40,
        "sharpness": 1.3,
    }

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self.thresholds: dict[str, float] = {}

    def label(self, labels: Labels) -> str | None:
        return labels.service

    def families(self) -> Mapping[str, str]:
        return families_of(self.config)

    def samples(self, examples: Iterable[Any]) -> list[Any]:
        """As of every classifier, and the municipality's requests about a service of which the project has none."""
        from bot.nlu.fitting import Sample  # noqa: PLC0415  (scikit-learn and scipy only where one trains)

        found = super().samples(examples)
        known = {sample.label for sample in found}
        new = [(example, *among) for example, among in _taught(examples) if len(among) == 1 and among[0] not in known]
        counts = Counter(service for _, service in new)
        for example, service in new:
            if counts[service] >= NEW:
                found.append(Sample(example.get(SPARSE), example.get(DENSE), service, example.get("text")))
        return found

    def refined(self, fitted: Any, samples: Sequence[Any], examples: Sequence[Any]) -> Any:
        from bot.nlu.fitting import sharpened  # noqa: PLC0415  (as above)
        from bot.nlu.lessons import Taught, refine  # noqa: PLC0415

        taught = [
            Taught(example.get(SPARSE), example.get(DENSE), among, example.get("text"))
            for example, among in _taught(examples)
        ]
        return refine(sharpened(fitted, self.config["sharpness"]), taught, samples, self.config["strength"])

    def learn_more(self, fitted: Any) -> None:
        if not len(fitted.target):
            return
        said = fitted.probabilities.argmax(axis=1)
        confidence, right = fitted.probabilities.max(axis=1), said == fitted.target
        common = least_confidence(confidence, right, self.config["precision"])
        for column, label in enumerate(fitted.model.labels):
            own = said == column
            threshold = least_confidence(confidence[own], right[own], self.config["precision"])
            count, prior = int(own.sum()), self.config["prior"]
            self.thresholds[label] = (count * threshold + prior * common) / (count + prior)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            text = message.get(NORMAL)
            ranking = self.ranked(message)[:5] if text is None or (telling(text) and not is_mash(text)) else []
            put(message, services=ranking, sure=bool(ranking) and self.is_sure(*ranking[0]))
        return messages

    def is_sure(self, service: str, confidence: float) -> bool:
        """Whether this confidence is enough for this service."""
        return confidence >= self.thresholds.get(service, UNMEASURED)

    def write(self, directory: Path) -> None:
        super().write(directory)
        (directory / "thresholds.json").write_text(json.dumps(self.thresholds), encoding="utf-8")

    def read(self, directory: Path) -> None:
        super().read(directory)
        if (directory / "thresholds.json").exists():
            self.thresholds = json.loads((directory / "thresholds.json").read_text(encoding="utf-8"))


def _taught(examples: Iterable[Any]) -> list[tuple[Any, tuple[str, ...]]]:
    """The municipality's own requests as written, and the services that each may be about."""
    found = [(example, labels_of(example).among) for example in examples if not example.get(NOISE)]
    return [(example, among) for example, among in found if among]


def least_confidence(confidence: Floats, right: NDArray[np.bool_], precision: float) -> float:
    """The least confidence such that the answers from there on are right in the share `precision`; 1 if none is."""
    order = np.argsort(-confidence, kind="stable")
    reached = np.cumsum(right[order]) / np.arange(1, len(order) + 1) >= precision
    return float(confidence[order[np.flatnonzero(reached)[-1]]]) if reached.any() else 1.0
