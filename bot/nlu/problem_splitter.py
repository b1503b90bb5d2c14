"""ProblemSplitter: the problems of a message that holds several; one for all others."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.shared.nlu.training_data.message import Message

from bot.domain.understanding import Act
from bot.nlu.clauses import STOP, STRONG, clauses_of
from bot.nlu.component import Learner
from bot.nlu.keys import CLEAN, NOISE, NORMAL, UNDERSTANDING, labels_of, put
from bot.nlu.linear import LinearModel, softmax
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.vectors import Floats

Ranking = list[tuple[str, float]]
SIGNATURE_WORDS, SURE = 3, 0.9
_NAME = "[A-ZÇĞİÖŞÜ][a-zçğıöşü]+"
_SIGNATURE = re.compile(rf"[.!?,]\s+(?P<name>(?:(?:[Bb]en|[Aa]dım|[İi]smim)\s+)?{_NAME}(?:\s+{_NAME}){{1,2}})[.!]?\s*$")


@dataclass(frozen=True)
class Split:
    """The best cut of a text: both parts, their probabilities (services,), and what speaks for the cut (features,)."""

    parts: tuple[str, str]
    probabilities: tuple[Floats, Floats]
    features: Floats


class ProblemSplitter(Learner):
    """Puts `problems`: `{text, services, kind}` for each, the whole message where there is one problem.

    Every gap between two clauses is tried; a service model says what each side is about, and a logistic regression
    over nine figures decides whether the best cut is real. It learns from the messages with several `services`.
    """

    defaults: ClassVar[dict[str, Any]] = {"threshold": 0.6, "max_chars": 600}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._features = SparseFeaturizer({})
        self._services: LinearModel | None = None
        self._decision: list[float] = []

    def fit(self, examples: Sequence[Any]) -> None:
        from bot.nlu.splitting import fit_splitter  # noqa: PLC0415  (scikit-learn only where one trains)

        written = [example for example in examples if not example.get(NOISE)]
        texts = [(example.get(NORMAL) or "", labels_of(example)) for example in written]
        reports = [(text, labels.services) for text, labels in texts if labels.act == Act.REPORT and labels.services]
        if any(len(services) > 1 for _, services in reports):
            self._services, self._decision = fit_splitter(self._features, reports, best_split)

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            known = message.get(UNDERSTANDING) or {}
            services: Ranking = known.get("services") or []
            acts = known.get("acts") or [(Act.REPORT, 1.0)]
            text = unsigned(message.get(NORMAL) or "", message.get(CLEAN) or "")
            found = self._split(text, 2) if acts[0][0] == Act.REPORT else []
            problems = [{"text": text, "services": ranking, "kind": known.get("kind")} for text, ranking in found]
            whole = {"text": message.get(CLEAN) or "", "services": services, "kind": known.get("kind")}
            put(message, problems=problems if len(problems) > 1 else [whole] if services else [])
        return messages

    def _split(self, text: str, depth: int) -> list[tuple[str, Ranking]]:
        """The parts with their services; empty where the text is one problem."""
        if self._services is None or not self._decision or len(text) > self.config["max_chars"] or not depth:
            return []
        split = best_split(self._features, self._services, text)
        if split is None or self.probability(split) < self.config["threshold"]:
            return []
        found: list[tuple[str, Ranking]] = []
        for part, probabilities in zip(split.parts, split.probabilities, strict=True):
            deeper = self._split(part, depth - 1)
            own = [(part.strip(" ,.;"), ranking_of(self._services.labels, probabilities))]
            for text_, ranking in deeper or own:
                if ranking[0][0] not in [other[0][0] for _, other in found]:
                    found.append((text_, ranking))
        return found

    def probability(self, split: Split) -> float:
        """How probably the cut separates two problems."""
        weights, bias = np.array(self._decision[:-1], dtype=np.float32), self._decision[-1]
        return float(1 / (1 + np.exp(-(float(split.features @ weights) + bias))))

    def write(self, directory: Path) -> None:
        if self._services is None:
            return
        self._services.write(directory)
        self._features.write(directory)
        (directory / "decision.json").write_text(json.dumps(self._decision), encoding="ascii")

    def read(self, directory: Path) -> None:
        if (directory / "decision.json").exists():
            self._services = LinearModel.read(directory)
            self._features.read(directory)
            self._decision = json.loads((directory / "decision.json").read_text(encoding="ascii"))


def ranking_of(labels: Sequence[str], probabilities: Floats, most: int = 5) -> Ranking:
    """The best labels, most probable first."""
    order = np.argsort(-probabilities, kind="stable")[:most]
    return [(labels[index], float(probabilities[index])) for index in order]


def unsigned(normal: str, written: str) -> str:
    """The normal form without the name that stands under the message ("… kırık. Ayşe Kaya", "Ben Ali Can")."""
    signature = _SIGNATURE.search(written)
    if signature is None:
        return normal
    words = normal.split(" ")
    return " ".join(words[: len(words) - len(signature["name"].split())]) or normal


def _too_little(clauses: Sequence[str], probabilities: Floats) -> bool:
    """Two words (often a name under the message) are a problem only where nearly nothing else is possible."""
    return len("".join(clauses).split()) <= SIGNATURE_WORDS and float(probabilities.max()) < SURE


def best_split(features: SparseFeaturizer, services: LinearModel, text: str) -> Split | None:
    """The gap whose sides are most probably about two different services; None without gaps.

    Scores are linear, so the sides' scores are sums over clauses: one pass over the text, not one for each gap.
    """
    clauses, gaps = clauses_of(text)
    if not gaps:
        return None
    vectors = [features.vector(clause, unit=False) for clause in clauses]
    parts = np.stack([vector.values @ services.weights[vector.indices] for vector in vectors])
    squares = np.array([float(vector.values @ vector.values) for vector in vectors])

    def about(selected: slice) -> Floats:
        norm = max(float(np.sqrt(squares[selected].sum())) / features.norm, 1e-6)
        return softmax(
            (parts[selected].sum(axis=0) / np.float32(norm) + services.bias) * np.float32(services.alone_scale)
        )

    whole = about(slice(None))
    best: Split | None = None
    for gap, strength in enumerate(gaps, 1):
        left, right = about(slice(gap)), about(slice(gap, None))
        first, second = int(left.argmax()), int(right.argmax())
        if first == second or _too_little(clauses[:gap], left) or _too_little(clauses[gap:], right):
            continue
        split = Split(
            ("".join(clauses[:gap]), "".join(clauses[gap:])),
            (left, right),
            _evidence(left, right, whole, strength, len(gaps), len(text)),
        )
        if best is None or split.features[0] > best.features[0]:
            best = split
    return best


def _evidence(left: Floats, right: Floats, whole: Floats, strength: int, gaps: int, length: int) -> Floats:
    """Nine figures about a cut; the first orders the cuts of a text."""
    first, second = int(left.argmax()), int(right.argmax())
    apart = float(np.log(left[first] * right[second] + 1e-6))
    together = float(np.log((left * right).max() + 1e-6))
    return np.array(
        [
            apart + (0.7 if strength == STRONG else 0.2 if strength == STOP else 0.0),
            together,
            float(min(left[first], right[second])),
            float(np.log(whole[first] * whole[second] + 1e-6)),
            float(whole.max()),
            float(strength == STRONG),
            float(strength == STOP),
            np.log(gaps),
            length / 100,
        ],
        dtype=np.float32,
    )
