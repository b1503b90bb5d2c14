"""Training of the ProblemSplitter (scikit-learn is loaded with it)."""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_predict

from bot.nlu.fitting import FOLDS, Fitted, Sample, fit_linear
from bot.nlu.linear import LinearModel
from bot.nlu.normalisation import masked, normal
from bot.nlu.pairs import ONE, SEVERAL, Pair, best_pair, told
from bot.nlu.parallel import in_parts, in_processes
from bot.nlu.sparse_featurizer import SparseFeaturizer
from bot.nlu.vectors import Floats

SCALES = (4.4, 1.2, 1.5)
"""The factors of the three linear views, as the service classifier finds them on held-out folds."""
PARTS = 8
ENOUGH = 4
"""So many of the eight parts of the single problems teach the decision; the rest would only take time."""
WRONG = 0.025
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
        return zlib.crc32(self.text.encode()) % PARTS

    @property
    def sort(self) -> str:
        return SEVERAL if len(self.services) > 1 else ONE

    @property
    def normal(self) -> str:
        return normal(masked(self.text, self.spans))


def fit_splitter(features: SparseFeaturizer, reports: Sequence[Report], families: Mapping[str, str]) -> Learnt:
    """Learns the services of texts and their sides, how messages with several problems sound, and which pairs are real.

    The decision learns from pairs by service models that did not see the message. Its threshold is such that of the
    held-out messages with one problem `WRONG` are taken for two.
    """
    features.fit_texts([report.normal for report in reports])
    parts = [reports, *([report for report in reports if report.held % 2 != half] for half in (0, 1))]

    def fit(number: int) -> Fitted:
        if number < len(parts):
            return _services(parts[number], features, families)
        return fit_linear(
            [Sample(features.vector(report.normal), None, report.sort, report.text) for report in reports]
        )

    whole, first, second, several = in_processes(fit, len(parts) + 1)
    services, halves = whole.model, (first.model, second.model)
    column = several.model.labels.index(SEVERAL)
    asked = [
        (report, float(sounds))
        for report, sounds in zip(reports, several.probabilities[:, column], strict=False)
        if report.sort == SEVERAL or report.held < ENOUGH
    ]

    def evidence(part: Sequence[tuple[Report, float]]) -> list[Floats | None]:
        pairs = [pair_of(one.text, one.spans, features, halves[one.held % 2], sounds) for one, sounds in part]
        return [pair.evidence if pair else None for pair in pairs]

    found = [
        (figures, report.sort == SEVERAL)
        for figures, (report, _) in zip(in_parts(evidence, asked), asked, strict=True)
        if figures is not None
    ]
    if len({real for _, real in found}) < 2:
        return Learnt(services, several.model, ())
    singles = sum(report.sort == ONE for report, _ in asked)
    decision = _decision(np.stack([figures for figures, _ in found]), np.array([real for _, real in found]), singles)
    return Learnt(services, several.model, decision)


def pair_of(
    written: str,
    spans: Sequence[tuple[int, int, str]],
    features: SparseFeaturizer,
    services: LinearModel,
    several: float,
) -> Pair | None:
    """The pair of services of a text as written; None where there is nothing to cut."""
    whole = services.probabilities(features.vector(normal(masked(written, spans))), None)
    return best_pair(told(written, spans, features, services), whole, several)


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


def _services(reports: Sequence[Report], features: SparseFeaturizer, families: Mapping[str, str]) -> Fitted:
    """A service model; a message with several problems teaches each of its services, with a share of its weight."""
    samples = [
        Sample(features.vector(report.normal), None, service, report.text, weight=1 / len(report.services))
        for report in reports
        for service in report.services
    ]
    return fit_linear(samples, families=families, scales=SCALES)
