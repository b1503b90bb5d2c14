"""Training of the ProblemSplitter (scikit-learn is loaded with it)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from bot.nlu.fitting import FOLDS, Fitted, Sample, bayes_model, fit_linear
from bot.nlu.folds import fold_of
from bot.nlu.linear import LinearModel
from bot.nlu.normalisation import masked, normal
from bot.nlu.pairs import ONE, SEVERAL, best_pair, cut_between, told
from bot.nlu.parallel import in_parts, in_processes
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.vectors import Floats, SparseVector

SCALES = (4.4, 1.2, 1.5)
"""The factors of the three linear views, as the service classifier finds them on held-out folds."""
PARTS = 8
ENOUGH = 3
"""So many of the eight parts of the single problems teach the decision; the rest would only take time."""
WRONG = 0.04
"""This share of single problems may be taken for several. Ours are made to look alike; ordinary ones are cut less."""


@dataclass(frozen=True)
class Learnt:
    """`services` says what a side is about, `several` how messages with several problems sound; `decision` holds the
    weights of the evidence with the bias last, a cut is real above zero; empty where the data are too few."""

    services: LinearModel
    several: LinearModel
    decision: tuple[float, ...]


@dataclass(frozen=True)
class Report:
    """A training message: the text as written, its places, its services."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    services: tuple[str, ...]

    @property
    def held(self) -> int:
        """The fold in which it is held out."""
        return fold_of(self.text, PARTS)

    @property
    def sort(self) -> str:
        return SEVERAL if len(self.services) > 1 else ONE

    def spans_within(self, begin: int, end: int) -> list[tuple[int, int, str]]:
        """The places of a part of the text, counted from its beginning."""
        return [(a - begin, b - begin, entity) for a, b, entity in self.spans if begin <= a and b <= end]

    @cached_property
    def normal(self) -> str:
        return normal(masked(self.text, self.spans))


Side = tuple[str, SparseVector]
"""A service and the vector of the words about it."""


@dataclass(frozen=True)
class Heard:
    """A message and its vector; where two services are told of that can be cut apart, its `sides`."""

    report: Report
    vector: SparseVector
    sides: tuple[Side, ...]


def fit_splitter(features: SparseFeaturizer, reports: Sequence[Report], families: Mapping[str, str]) -> Learnt:
    """Learns the services of texts and their sides, how messages with several problems sound, and which pairs are real.

    The decision learns from pairs by service models that did not see the message. Its threshold is such that of the
    held-out messages with one problem `WRONG` are taken for two.
    """
    texts = [report.normal for report in reports]
    features.fit_texts(texts)
    vectors = in_parts(lambda some: [features.vector(text) for text in some], texts)
    heard = [
        Heard(report, vector, sides)
        for report, vector, sides in zip(reports, vectors, _sides(features, reports, vectors), strict=True)
    ]
    parts = [heard, *([one for one in heard if one.report.held % 2 != half] for half in (0, 1))]

    def fit(number: int) -> Fitted:
        if number < len(parts):
            return _services(parts[number], families)
        return fit_linear([Sample(one.vector, None, one.report.sort, one.report.text) for one in heard])

    whole, first, second, several = in_processes(fit, len(parts) + 1)
    services, halves = whole.model, (first.model, second.model)
    column = several.model.labels.index(SEVERAL)
    asked = [
        (one.report, one.vector, float(sounds))
        for one, sounds in zip(heard, several.probabilities[:, column], strict=False)
        if one.report.sort == SEVERAL or one.report.held < ENOUGH
    ]

    def evidence(part: Sequence[tuple[Report, SparseVector, float]]) -> list[Floats | None]:
        found = []
        for report, vector, sounds in part:
            model = halves[report.held % 2]
            said = told(report.text, report.spans, features, model)
            pair = best_pair(said, model.probabilities(vector, None), sounds)
            found.append(pair.evidence if pair else None)
        return found

    found = [
        (figures, report.sort == SEVERAL)
        for figures, (report, *_) in zip(in_parts(evidence, asked), asked, strict=True)
        if figures is not None
    ]
    if min(sum(real is kind for _, real in found) for kind in (True, False)) < FOLDS:
        return Learnt(services, several.model, ())
    singles = sum(report.sort == ONE for report, *_ in asked)
    decision = _decision(np.stack([figures for figures, _ in found]), np.array([real for _, real in found]), singles)
    return Learnt(services, several.model, decision)


def _decision(figures: Floats, real: NDArray[np.bool_], singles: int) -> tuple[float, ...]:
    """The weights, and last the bias with which `WRONG` of the single ones lie above zero."""
    spread = figures.std(axis=0) + 1e-6
    machine = LogisticRegression(max_iter=1000)
    scores = cross_val_predict(machine, figures / spread, real, cv=FOLDS, method="decision_function")
    machine.fit(figures / spread, real)
    allowed = int(WRONG * singles)
    above = np.sort(scores[~real])[::-1]
    threshold = float(above[min(allowed, len(above) - 1)])
    return (*map(float, machine.coef_[0] / spread), float(machine.intercept_[0]) - threshold)


def _sides(
    features: SparseFeaturizer, reports: Sequence[Report], vectors: Sequence[SparseVector]
) -> list[tuple[Side, ...]]:
    """The sides of each message; none of those with one problem. Naive Bayes is enough to say which side is whose."""
    model = bayes_model(
        [
            Sample(vector, None, service, report.text, weight=1 / len(report.services))
            for report, vector in zip(reports, vectors, strict=True)
            for service in report.services
        ]
    )

    def cut(some: Sequence[Report]) -> list[tuple[Side, ...]]:
        return [_sides_of(report, features, model) if len(report.services) == 2 else () for report in some]

    return in_parts(cut, reports)


def _sides_of(report: Report, features: SparseFeaturizer, model: LinearModel) -> tuple[Side, ...]:
    found = cut_between(told(report.text, report.spans, features, model), *report.services)
    if found is None:
        return ()
    cut, services = found
    middle = len(cut.sides[0].text)
    bounds = ((0, middle), (middle, middle + len(cut.sides[1].text)))
    return tuple(
        (service, features.vector(normal(masked(report.text[begin:end], report.spans_within(begin, end)))))
        for service, (begin, end) in zip(services, bounds, strict=True)
    )


def _services(heard: Sequence[Heard], families: Mapping[str, str]) -> Fitted:
    """A service model. A message with several problems teaches each of its services, with a share of its weight, and
    where it could be cut each side teaches its own."""
    samples = [
        Sample(one.vector, None, service, one.report.text, weight=1 / len(one.report.services))
        for one in heard
        for service in one.report.services
    ]
    samples += [Sample(vector, None, service, one.report.text) for one in heard for service, vector in one.sides]
    return fit_linear(samples, families=families, scales=SCALES)
