"""Where a text may be cut into two problems, and what speaks for each cut."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.clauses import STOP, STRONG, clauses_of, letter_by_letter
from bot.nlu.linear import LinearModel, softmax
from bot.nlu.normalisation import masked, normal
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.telling import telling
from bot.nlu.vectors import Floats

SHORT, SURE = 3, 0.9
"""So few words (often a name under the message) are a problem only where nearly nothing else is possible."""

TELLING = 2
"""So many words that say more than where a side must have."""

ONE, SEVERAL = "one", "several"
_ALSO = re.compile(r"\b(?:da|de)\b")
_CAUSE = re.compile(r"^\W*(?:cunku|zira|yuzunden|diye|bu yuzden|bu nedenle|o yuzden)\b")
_BOTH = re.compile(r"\b(?:hem|ne)\b.*\b(?:hem|ne)\b", re.DOTALL)
_TWO = re.compile(r"\b(?:iki|2|ikinci|2\.) (?:ayri |farkli )?(?:sorun|konu|sikayet|dert|mesele|talep|istek)")
_LINES = re.compile(r"\n")


@dataclass(frozen=True)
class Told:
    """Clauses that stand beside each other. Scores are linear, so those of several are sums over clauses.

    `gaps` lie between the clauses; `scores` (clauses, labels) are before bias and unit length, `squares` (clauses,) the
    squared lengths of their vectors, `telling` how many words of each tell more than a place.
    """

    clauses: tuple[str, ...]
    gaps: tuple[int, ...]
    scores: Floats
    squares: Floats
    telling: tuple[int, ...]
    norm: float
    model: LinearModel

    @property
    def text(self) -> str:
        return "".join(self.clauses)

    @property
    def labels(self) -> tuple[str, ...]:
        return self.model.labels

    def part(self, first: int, last: int) -> Told:
        """The clauses from `first` up to `last`."""
        chosen = slice(first, last)
        inner = self.gaps[first : last - 1]
        return Told(
            self.clauses[chosen],
            inner,
            self.scores[chosen],
            self.squares[chosen],
            self.telling[chosen],
            self.norm,
            self.model,
        )

    def about(self) -> Floats:
        """Probabilities of the services of the whole, shape (labels,)."""
        length = max(float(np.sqrt(self.squares.sum())) / self.norm, 1e-6)
        scores = self.scores.sum(axis=0) / np.float32(length) + self.model.bias
        return softmax(scores * np.float32(self.model.alone_scale))


@dataclass(frozen=True)
class Cut:
    """One gap: both sides, the probabilities (labels,) of their services, and what speaks for the cut (features,)."""

    sides: tuple[Told, Told]
    probabilities: tuple[Floats, Floats]
    features: Floats


def told(
    written: str, spans: Iterable[tuple[int, int, str]], features: SparseFeaturizer, services: LinearModel
) -> Told:
    """The clauses of a text as written, whose places lie at `spans`."""
    bounds, gaps = clauses_of(letter_by_letter(written))
    spans = [span for span in spans if span[1] <= len(written)]
    scores, squares, tells = [], [], []
    for start, end in bounds:
        own = [(a - start, b - start, entity) for a, b, entity in spans if start <= a and b <= end]
        spoken = normal(masked(written[start:end], own))
        tells.append(telling(spoken))
        vector = features.vector(spoken, unit=False)
        scores.append(vector.values @ services.weights[vector.indices])
        squares.append(float(vector.values @ vector.values))
    clauses = tuple(written[start:end] for start, end in bounds)
    lengths = np.array(squares, dtype=np.float32)
    return Told(clauses, tuple(gaps), np.stack(scores), lengths, tuple(tells), features.norm, services)


def cuts_of(said: Told) -> list[Cut]:
    """Every gap whose sides are about two different services."""
    whole, words = said.about(), letter_by_letter(said.text)
    found = []
    for gap, strength in enumerate(said.gaps, 1):
        sides = said.part(0, gap), said.part(gap, len(said.clauses))
        left, right = sides[0].about(), sides[1].about()
        if left.argmax() != right.argmax() and not any(map(_too_little, sides, (left, right))):
            evidence = [*_of_meaning(left, right, whole, strength), *_of_words(sides, words, strength)]
            found.append(Cut(sides, (left, right), np.array(evidence, dtype=np.float32)))
    return found


def best_cut(said: Told) -> Cut | None:
    """The gap whose sides are most probably about two different services; None where there is none."""
    return max(cuts_of(said), key=lambda cut: float(cut.features[0]), default=None)


def evidence(cut: Cut, several: float) -> Floats:
    """All that speaks for a cut, with the probability that the whole text sounds like several problems."""
    odds = np.log((several + 1e-4) / (1 - several + 1e-4))
    return np.array([*cut.features, odds], dtype=np.float32)


def _too_little(side: Told, probabilities: Floats) -> bool:
    if sum(side.telling) < TELLING:
        return True
    return len(side.text.split()) <= SHORT and float(probabilities.max()) < SURE


def _of_meaning(left: Floats, right: Floats, whole: Floats, strength: int) -> list[float]:
    """What the sides are about, apart and together. The first figure orders the cuts of a text."""
    first, second = int(left.argmax()), int(right.argmax())
    connected = 0.7 if strength == STRONG else 0.2 if strength == STOP else 0.0
    return [
        _log(left[first] * right[second]) + connected,
        _log((left * right).max()),
        float(min(left[first], right[second])),
        float(whole.max()),
        *(_log(value) for value in (left[first], right[second], left[second], right[first])),
        *(_log(value) for value in (whole[first], whole[second])),
    ]


def _of_words(sides: Sequence[Told], whole: str, strength: int) -> list[float]:
    """How the sides are joined and how long they are."""
    first, second = (len(side.text.split()) for side in sides)
    after = letter_by_letter(sides[1].text)
    return [
        float(strength == STRONG),
        float(strength == STOP),
        float(np.log(sum(len(side.gaps) for side in sides) + 2)),
        (first + second) / 15,
        min(first, second) / 10,
        *(float(np.log(count + 1)) for count in (first, second)),
        *(float(bool(pattern.search(text))) for pattern, text in ((_ALSO, after[:60]), (_CAUSE, after))),
        *(float(bool(pattern.search(whole))) for pattern in (_BOTH, _TWO, _LINES)),
    ]


def _log(value: float) -> float:
    return float(np.log(value + 1e-4))
