"""Fitting linear models: the only place that needs scikit-learn and scipy, loaded when training begins."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from bot.nlu.linear import LinearModel, single, softmax
from bot.nlu.vectors import Floats, SparseVector

FOLDS = 4
EVEN = 0.5
Fit = Callable[[Any, NDArray[np.int64], int], tuple[Floats, Floats]]
"""(matrix, target, classes) to weights (columns, classes) and bias (classes,)."""


@dataclass(frozen=True)
class Sample:
    """One training text: its vectors, its label and the group (a message and its noisy copies) it belongs to."""

    sparse: SparseVector
    dense: Floats | None
    label: str
    group: str
    noisy: bool = False


@dataclass(frozen=True)
class Fitted:
    """A model, and what it said of the written samples while they were held out.

    `probabilities` (written samples, labels), `target` (written samples,) indices of labels; both empty where the data
    are too few for folds.
    """

    model: LinearModel
    probabilities: Floats
    target: NDArray[np.int64]


def fit_linear(
    samples: Sequence[Sample], strength: float = 0.3, dense_strength: float = 0.003, calibrated: bool = True
) -> Fitted:
    """A support vector machine over the sparse vectors (noisy copies too), logistic regression over the dense ones
    (written texts), fused and calibrated on held-out folds by minimal log loss (temperature scaling, Guo et al. 2017).
    """
    labels = tuple(sorted({sample.label for sample in samples}))
    nothing = np.zeros((0, len(labels)), dtype=np.float32), np.zeros(0, dtype=np.int64)
    if len(labels) < 2:
        return Fitted(single(labels), *nothing)
    place = {label: index for index, label in enumerate(labels)}
    target = np.array([place[sample.label] for sample in samples])
    written = np.array([not sample.noisy for sample in samples])
    matrix = stacked([sample.sparse for sample in samples])
    dense = _dense([sample for sample in samples if not sample.noisy])
    fits = (_svm(strength), _logistic(dense_strength))

    weights, bias = fits[0](matrix, target, len(labels))
    dense_weights, dense_bias = weights[:0], np.zeros(len(labels), dtype=np.float32)
    if dense is not None:
        dense_weights, dense_bias = fits[1](dense, target[written], len(labels))
    model = LinearModel(labels, weights, bias, dense_weights, dense_bias)

    if not calibrated:
        return Fitted(model, *nothing)
    folds = folds_of([sample for sample in samples if not sample.noisy])
    parts = [held_out(fits[0], matrix[written], target[written], folds, len(labels))]
    if dense is not None:
        parts.append(held_out(fits[1], dense, target[written], folds, len(labels)))
    if any(part is None for part in parts):
        return Fitted(model, *nothing)
    known = [part for part in parts if part is not None]
    model.alone_scale = float(scales_of(known[:1], target[written])[0])
    scales = scales_of(known, target[written])
    model.sparse_scale, model.dense_scale = float(scales[0]), float(scales[-1])
    scores = sum((scale * part for scale, part in zip(scales, known, strict=True)), np.float32(0))
    return Fitted(model, softmax(np.asarray(scores, dtype=np.float32)), target[written])


def stacked(vectors: Sequence[SparseVector]) -> Any:
    """The vectors (at least one) as rows of one CSR matrix, shape (n, columns)."""
    pointers = np.zeros(len(vectors) + 1, dtype=np.int64)
    np.cumsum([len(vector.indices) for vector in vectors], out=pointers[1:])
    indices = np.concatenate([vector.indices for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors]).astype(np.float64)
    return csr_matrix((values, indices, pointers), shape=(len(vectors), vectors[0].columns))


def _dense(samples: Sequence[Sample]) -> Floats | None:
    """The dense vectors, or None where one is missing (no encoder)."""
    vectors = [sample.dense for sample in samples if sample.dense is not None]
    return np.stack(vectors) if vectors and len(vectors) == len(samples) else None


def _svm(strength: float) -> Fit:
    def fit(matrix: Any, target: NDArray[np.int64], classes: int) -> tuple[Floats, Floats]:
        machine = LinearSVC(C=strength, class_weight=_balance(target, classes), random_state=0, tol=1e-2, max_iter=300)
        machine.fit(matrix, target)
        return _of_all(machine.coef_, machine.intercept_)

    return fit


def _logistic(strength: float) -> Fit:
    def fit(matrix: Any, target: NDArray[np.int64], classes: int) -> tuple[Floats, Floats]:
        machine = LogisticRegression(
            C=strength, class_weight=_balance(target, classes), max_iter=60, tol=1e-3, multi_class="auto"
        )
        machine.fit(matrix, target)
        return _of_all(machine.coef_, machine.intercept_)

    return fit


def _balance(target: NDArray[np.int64], classes: int) -> dict[int, float]:
    """Rare classes weigh more, by the power `EVEN` of how much rarer they are (1: all classes weigh the same)."""
    counts = np.bincount(target, minlength=classes)
    return {label: float((counts.mean() / count) ** EVEN) for label, count in enumerate(counts) if count}


def _of_all(coefficients: Any, intercept: Any) -> tuple[Floats, Floats]:
    """Columns for every class also where scikit-learn gives one for two."""
    weights, bias = coefficients.T, intercept
    if len(bias) == 1:
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return weights.astype(np.float32), bias.astype(np.float32)


def folds_of(samples: Sequence[Sample], folds: int = FOLDS) -> NDArray[np.int64]:
    """The fold of every sample, by its group's text: stable from run to run."""
    return np.array([zlib.crc32(sample.group.encode()) % folds for sample in samples])


def held_out(fit: Fit, matrix: Any, target: NDArray[np.int64], folds: NDArray[np.int64], classes: int) -> Floats | None:
    """Scores (n, classes) of every row by a model that did not see its fold; None where a fold lacks a class."""
    scores = np.zeros((len(target), classes), dtype=np.float32)
    for number in range(FOLDS):
        inside, outside = folds != number, folds == number
        if len(set(target[inside])) < classes:
            return None
        if outside.any():
            weights, bias = fit(matrix[inside], target[inside], classes)
            scores[outside] = matrix[outside] @ weights + bias
    return scores


def scales_of(parts: Sequence[Floats], target: NDArray[np.int64]) -> NDArray[np.float64]:
    """The factor for each part with which softmax of the sum has the least log loss."""
    rows = np.arange(len(target))
    exact = [part.astype(np.float64) for part in parts]  # the optimiser's differences need the digits

    def loss(logarithms: NDArray[np.float64]) -> float:
        scores = sum(np.exp(value) * part for value, part in zip(logarithms, exact, strict=True))
        scores = scores - scores.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scores).sum(axis=1)) - scores[rows, target]).mean())

    start = np.log([6.0, 0.7][: len(parts)])
    found = minimize(loss, start, method="L-BFGS-B", options={"maxiter": 40})
    return np.asarray(np.exp(found.x), dtype=np.float64)
