"""Training of the ProblemSplitter (scikit-learn is loaded with it)."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from bot.nlu.fitting import FOLDS, Sample, fit_linear
from bot.nlu.linear import LinearModel
from bot.nlu.sparse_featurizer import SparseFeaturizer

_SCALE = 8.0
"""The factor with which the service classifier's scores are calibrated (measured; see docs/nlu.md)."""
Report = tuple[str, tuple[str, ...]]
"""(normal form, services)"""


def fit_splitter(
    features: SparseFeaturizer,
    reports: Sequence[Report],
    best_split: Callable[[SparseFeaturizer, LinearModel, str], object],
) -> tuple[LinearModel, list[float]]:
    """The service model of single problems, and the decision's weights with the bias last.

    The decision learns from cuts by a service model that did not see the message: single ones of one fold against all
    messages with several problems. A cut of these counts as real where both sides name their services.
    """
    features.fit_texts([text for text, _ in reports])
    single = [(text, services[0]) for text, services in reports if len(services) == 1]
    held = [zlib.crc32(text.encode()) % FOLDS == 0 for text, _ in single]
    seen = [pair for pair, out in zip(single, held, strict=True) if not out]
    unseen = [(text, (service,)) for (text, service), out in zip(single, held, strict=True) if out]
    trial = _model(features, seen)
    figures, real = [], []
    for text, services in [*unseen, *(report for report in reports if len(report[1]) > 1)]:
        split = best_split(features, trial, text)
        if split is not None:
            figures.append(split.features)  # type: ignore[attr-defined]  # Split lies in the module that calls us
            real.append(len(services) > 1)
    decision = LogisticRegression(C=1.0, class_weight={False: 1.0, True: 1.0}, max_iter=500)
    if len(set(real)) < 2:
        return trial, []
    decision.fit(np.stack(figures), real)
    return _model(features, single), [*map(float, decision.coef_[0]), float(decision.intercept_[0])]


def _model(features: SparseFeaturizer, pairs: Sequence[tuple[str, str]]) -> LinearModel:
    samples = [Sample(features.vector(text), None, service, text) for text, service in pairs]
    model = fit_linear(samples, calibrated=False).model
    model.alone_scale = _SCALE
    return model
