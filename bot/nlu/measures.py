"""The measures: pure functions over pairs of what is right and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[str | None, str | None]
"""(right, said)"""


@dataclass(frozen=True)
class ClassScore:
    """Precision, recall and F1 of one class; `support` is how often it is right."""

    label: str
    precision: float
    recall: float
    f1: float
    support: int


def accuracy(pairs: Sequence[Pair]) -> float:
    """The share of pairs that agree; 0 for none."""
    return sum(right == said for right, said in pairs) / len(pairs) if pairs else 0.0


def class_scores(pairs: Sequence[Pair]) -> list[ClassScore]:
    """Scores of every class that occurs among the right ones, by name."""
    right, said = Counter(pair[0] for pair in pairs), Counter(pair[1] for pair in pairs)
    agreed = Counter(pair[0] for pair in pairs if pair[0] == pair[1])
    found = []
    for label in sorted(name for name in right if name is not None):
        precision = agreed[label] / said[label] if said[label] else 0.0
        recall = agreed[label] / right[label]
        found.append(ClassScore(label, precision, recall, harmonic(precision, recall), right[label]))
    return found


def harmonic(precision: float, recall: float) -> float:
    """F1."""
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def macro_f1(pairs: Sequence[Pair]) -> float:
    """The mean F1 of the classes that occur."""
    scores = class_scores(pairs)
    return sum(score.f1 for score in scores) / len(scores) if scores else 0.0


def entity_score(pairs: Sequence[Pair]) -> ClassScore:
    """Precision and recall of values: a wrong value counts against both."""
    said = sum(pair[1] is not None for pair in pairs)
    right = sum(pair[0] is not None for pair in pairs)
    agreed = sum(pair[0] is not None and same_value(*pair) for pair in pairs)
    precision, recall = agreed / said if said else 0.0, agreed / right if right else 0.0
    return ClassScore("", precision, recall, harmonic(precision, recall), right)


def same_value(right: str | None, said: str | None) -> bool:
    """Equal but for case and outer spaces."""
    return right is not None and said is not None and right.strip().casefold() == said.strip().casefold()


def confusions(pairs: Sequence[Pair], limit: int = 15) -> list[tuple[str, str, int]]:
    """The commonest (right, said, times) that disagree."""
    wrong = Counter((str(right), str(said)) for right, said in pairs if right != said)
    return [(right, said, times) for (right, said), times in wrong.most_common(limit)]


Answer = tuple[float, bool]
"""(confidence, whether it was right)"""


def reliability(answers: Sequence[Answer], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, count) of every filled bin of equal width."""
    filled: dict[int, list[Answer]] = {}
    for answer in answers:
        filled.setdefault(min(int(answer[0] * bins), bins - 1), []).append(answer)
    return [
        (sum(score for score, _ in group) / len(group), sum(right for _, right in group) / len(group), len(group))
        for _, group in sorted(filled.items())
    ]


def calibration_error(answers: Sequence[Answer], bins: int = 10) -> float:
    """Expected calibration error (Naeini et al. 2015): the mean gap between confidence and accuracy, weighted."""
    return sum(abs(score - right) * count for score, right, count in reliability(answers, bins)) / max(1, len(answers))


def coverage_curve(answers: Sequence[Answer]) -> list[tuple[float, float]]:
    """(coverage, precision) for the k surest answers, k = 1 … n."""
    ordered = sorted(answers, key=lambda answer: -answer[0])
    curve, right = [], 0
    for count, (_, correct) in enumerate(ordered, 1):
        right += correct
        curve.append((count / len(ordered), right / count))
    return curve


def precision_at(answers: Sequence[Answer], coverage: float) -> float:
    """Precision of the surest answers that make up `coverage` of all."""
    curve = coverage_curve(answers)
    return next((precision for covered, precision in curve if covered >= coverage), 0.0)
