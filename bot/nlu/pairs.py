"""Which two services a text may speak of, where it may be cut between them, and what speaks for two problems.

The whole text proposes services, and so do both sides of every gap between two clauses: the pair on which they agree
best is the candidate. Whether it is real is decided elsewhere (`bot/nlu/splitting.py`), from this evidence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.nlu.clauses import MAYBE, STOP, STRONG, WEAK, clauses_of, letter_by_letter
from bot.nlu.linear import LinearModel, softmax
from bot.nlu.normalisation import masked, normal
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.telling import telling
from bot.nlu.vectors import Floats

ONE, SEVERAL = "one", "several"
MARKED = {STRONG: 0.7, STOP: 0.2, WEAK: 0.0, MAYBE: -0.5}
"""What a gap is worth by the words or signs in it, in units of log probability."""
TOLD, HINTED = 0.2, 5e-4
"""So probable a service of a pair must be in its side, and in the whole: below, the cut only tore words apart."""
SURE, SOUNDS = 0.9, 0.5
"""The whole need not hint where both sides are so sure, or the text sounds so like several problems."""
_UNLIKELY, _LEAST = 1e-3, 1e-2
"""Probabilities that a whole text and a side of it are given at least: none of them excludes a service alone."""
_ALSO = re.compile(r"\b(?:da|de)\b")
_CAUSE = re.compile(r"^\W*(?:cunku|zira|yuzunden|diye|bu yuzden|bu nedenle|o yuzden)\b")
_BOTH = re.compile(r"\b(?:hem|ne)\b.*\b(?:hem|ne)\b", re.DOTALL)
_TWO = re.compile(r"\b(?:iki|2|ikinci|2\.) (?:ayri |farkli )?(?:sorun|konu|sikayet|dert|mesele|talep|istek)")


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
    def words(self) -> int:
        return len(self.text.split())

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
    """One gap: both sides, the probabilities (labels,) of their services, and how strongly the gap is marked."""

    sides: tuple[Told, Told]
    probabilities: tuple[Floats, Floats]
    gap: int


@dataclass(frozen=True)
class Pair:
    """The two likeliest services (indices of labels, in the order told), the cut between them, and the evidence
    (features,) that the text is about both."""

    services: tuple[int, int]
    cut: Cut
    evidence: Floats


def told(
    written: str, spans: Iterable[tuple[int, int, str]], features: SparseFeaturizer, services: LinearModel
) -> Told:
    """The clauses of a text as written, whose places lie at `spans`."""
    spans = [span for span in spans if span[1] <= len(written)]
    bounds, gaps = clauses_of(_without_places(letter_by_letter(written), spans))
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


def says_two(text: str) -> bool:
    """Whether the writer says how many problems there are ('iki şikâyetim var')."""
    return bool(_TWO.search(letter_by_letter(text)))


def _without_places(folded: str, spans: Iterable[tuple[int, int, str]]) -> str:
    """The text with its places made unreadable: no word of a name ends a clause ('Büyükkayacık', 'Yeni Sok.')."""
    letters = list(folded)
    for start, end, _ in spans:
        letters[start:end] = "q" * (end - start)
    return "".join(letters)


def best_pair(said: Told, whole: Floats, several: float) -> Pair | None:
    """The pair of services that the whole (probabilities, shape (labels,)) and the sides of one cut agree on best.

    `several` is the probability that the text sounds like several problems. None where there is nothing to cut, or the
    sides tell of nothing.
    """
    cuts = _cuts_of(said)
    if not cuts or len(whole) < 2:
        return None
    joint = np.stack([_log(cut.probabilities[0])[:, None] + _log(cut.probabilities[1])[None, :] for cut in cuts])
    joint += np.array([MARKED[cut.gap] for cut in cuts], dtype=np.float32)[:, None, None]
    alone = np.log(whole + np.float32(_UNLIKELY))
    best = joint.max(axis=0)
    scores = best + alone[:, None] + alone[None, :]
    np.fill_diagonal(scores, -np.inf)
    first, second = divmod(int(scores.argmax()), len(whole))
    cut = cuts[int(joint[:, first, second].argmax())]
    left, right = cut.probabilities
    surest, hinted = min(left[first], right[second]), min(whole[first], whole[second]) >= HINTED
    if surest < TOLD or not (hinted or surest >= SURE or several > SOUNDS) or _torn(cut, first, second):
        return None
    likeliest = [float(value) for value in np.sort(whole)[::-1][:3]]
    figures = [
        *(float(alone[service]) for service in (first, second)),
        float(min(alone[first], alone[second])),
        *likeliest,
        float(scores[first, second]),
        float(np.log((several + 1e-4) / (1 - several + 1e-4))),
        *_of_meaning(cut, cuts, first, second),
        *_of_words(cut, said),
    ]
    return Pair((first, second), cut, np.array(figures, dtype=np.float32))


def _torn(cut: Cut, first: int, second: int) -> bool:
    """Whether a side is a single word that could belong to anything ('banklar | da kırık')."""
    sides = zip(cut.sides, cut.probabilities, (first, second), strict=True)
    return any(sum(side.telling) < 2 and about[service] < SURE for side, about, service in sides)


def cut_between(said: Told, one: str, other: str) -> tuple[Cut, tuple[str, str]] | None:
    """Where a text that is about two known services is cut, and the services in the order told; None where no gap has
    each of them, and not the other, on a side of its own."""
    first, second = (said.labels.index(service) for service in (one, other))
    found: list[tuple[float, Cut, tuple[str, str]]] = []
    for cut in _cuts_of(said):
        for left, right, order in ((first, second, (one, other)), (second, first, (other, one))):
            before, after = cut.probabilities
            if before[left] > before[right] and after[right] > after[left]:
                told_by = float(_log(before[left]) + _log(after[right])) + MARKED[cut.gap] / 2
                found.append((told_by, cut, order))
    if not found:
        return None
    _, cut, order = max(found, key=lambda each: each[0])
    return cut, order


def _cuts_of(said: Told) -> list[Cut]:
    """Every gap with words on both sides that tell more than where, or please."""
    found = []
    for gap, strength in enumerate(said.gaps, 1):
        sides = said.part(0, gap), said.part(gap, len(said.clauses))
        if all(sum(side.telling) for side in sides):
            found.append(Cut(sides, (sides[0].about(), sides[1].about()), strength))
    return found


def _of_meaning(cut: Cut, cuts: Sequence[Cut], first: int, second: int) -> list[float]:
    """What the sides are about, and whether one service alone would explain both."""
    left, right = cut.probabilities
    lesser = np.stack([np.minimum(*each.probabilities) for each in cuts])
    alone = float(lesser.min(axis=0).max())
    return [
        *(float(_log(value)) for value in (left[first], right[second], left[second], right[first])),
        float(min(left[first], right[second])),
        float(_log((left * right).max())),
        float(left.argmax() == first),
        float(right.argmax() == second),
        alone,
        float(_log(alone)),
    ]


def _of_words(cut: Cut, said: Told) -> list[float]:
    """How the sides are joined and how long they are."""
    whole, after = letter_by_letter(said.text), letter_by_letter(cut.sides[1].text)
    return [
        float(cut.gap == STRONG),
        float(cut.gap == STOP),
        float(cut.gap == MAYBE),
        *(float(min(sum(side.telling), 4)) for side in cut.sides),
        min(side.words for side in cut.sides) / 10,
        float(np.log(said.words + 1)),
        float(len(said.clauses)),
        *(float(bool(pattern.search(text))) for pattern, text in ((_ALSO, after[:60]), (_CAUSE, after))),
        *(float(bool(pattern.search(whole))) for pattern in (_BOTH, _TWO)),
        float("\n" in whole),
    ]


def _log(value: Floats | float) -> Floats:
    logarithms: Floats = np.log(np.asarray(value, dtype=np.float32) + np.float32(_LEAST))
    return logarithms
