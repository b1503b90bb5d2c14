"""Training of the ProblemSplitter (scikit-learn is loaded with it)."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from bot.nlu.cuts import ONE, SEVERAL, Cut, best_cut, cuts_of, evidence, told
from bot.nlu.fitting import FOLDS, Sample, fit_linear
from bot.nlu.linear import LinearModel
from bot.nlu.normalisation import masked, normal
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.vectors import Floats

SCALES = (4.4, 1.2, 1.5)
"""The factors of the three linear views, as the service classifier finds them on held-out folds."""
CLEAR = 0.2
"""A cut whose sides name the two services with this product of probabilities teaches what each side is about."""


PARTS = 8
WRONG = 0.015
"""This share of single problems may be taken for several."""


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
        return zlib.crc32(self.text.encode()) % PARTS

    @property
    def sort(self) -> str:
        return SEVERAL if len(self.services) > 1 else ONE

    @property
    def normal(self) -> str:
        return normal(masked(self.text, self.spans))


def fit_splitter(features: SparseFeaturizer, reports: Sequence[Report], families: Mapping[str, str]) -> Learnt:
    """Learns the services of sides, how messages with several problems sound, and which cuts are real.

    The decision learns from cuts by service models that did not see the message. Its threshold is such that of the
    held-out messages with one problem `WRONG` are cut.
    """
    features.fit_texts([report.normal for report in reports])
    samples = [Sample(features.vector(report.normal), None, report.sort, report.text) for report in reports]
    several = fit_linear(samples)
    trials = [_trial(features, [report for report in reports if report.held % 2 != half], families) for half in (0, 1)]
    services = _with_sides(features, reports, families, trials[0])
    column = several.model.labels.index(SEVERAL)
    figures, real, singles = [], [], 0
    for report, probabilities in zip(reports, several.probabilities, strict=False):
        if report.sort == ONE and report.held > 1:
            continue  # enough of them are left
        singles += report.sort == ONE
        cut = best_cut(told(report.text, report.spans, features, trials[report.held % 2]))
        if cut is not None:
            figures.append(evidence(cut, float(probabilities[column])))
            real.append(report.sort == SEVERAL)
    if len(set(real)) < 2:
        return Learnt(services, several.model, ())
    return Learnt(services, several.model, _decision(np.stack(figures), np.array(real), singles))


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


def _trial(features: SparseFeaturizer, reports: Sequence[Report], families: Mapping[str, str]) -> LinearModel:
    """A service model of single problems alone."""
    return _fitted(features, _singles(reports), families)


def _with_sides(
    features: SparseFeaturizer, reports: Sequence[Report], families: Mapping[str, str], model: LinearModel
) -> LinearModel:
    """A service model of single problems and of the sides of clear cuts (by `model`) of messages with two."""
    sides = [pair for report in reports if len(report.services) == 2 for pair in _sides(report, features, model)]
    return _fitted(features, [*_singles(reports), *sides], families)


def _singles(reports: Sequence[Report]) -> list[tuple[str, str]]:
    return [(report.normal, report.services[0]) for report in reports if len(report.services) == 1]


def _sides(report: Report, features: SparseFeaturizer, model: LinearModel) -> Iterator[tuple[str, str]]:
    """(text, service) of both sides of the cut that agrees best with the two services, if it agrees clearly."""
    if not set(report.services) <= set(model.labels):
        return
    columns = [model.labels.index(service) for service in report.services]

    def agreement(cut: Cut, order: Sequence[int]) -> float:
        return float(cut.probabilities[0][order[0]] * cut.probabilities[1][order[1]])

    cuts = cuts_of(told(report.text, report.spans, features, model))
    choices = [
        (agreement(cut, order), number, order) for number, cut in enumerate(cuts) for order in (columns, columns[::-1])
    ]
    if choices and max(choices)[0] >= CLEAR:
        _, number, order = max(choices)
        for side, column in zip(cuts[number].sides, order, strict=True):
            yield normal(side.text), model.labels[column]


def _fitted(features: SparseFeaturizer, pairs: Sequence[tuple[str, str]], families: Mapping[str, str]) -> LinearModel:
    samples = [Sample(features.vector(text), None, service, text) for text, service in pairs]
    return fit_linear(samples, families=families, scales=SCALES).model
