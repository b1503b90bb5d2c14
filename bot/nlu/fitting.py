"""Fitting linear models: the only place that needs scikit-learn and scipy, loaded when training begins."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB
from sklearn.svm import LinearSVC

from bot.nlu.folds import fold_of
from bot.nlu.linear import LinearModel, single, softmax
from bot.nlu.parallel import in_processes
from bot.nlu.vectors import Floats, SparseVector

FOLDS = 3
LARGE = 2000
"""From so many texts on the work is shared among the cores."""
EVEN = 0.5
SMOOTHING = 0.3
LEAST = 1e-9
"""No probability is taken for less where its logarithm is needed."""
UNMEASURED = (4.0, 1.0, 1.0)
"""The factors of the views where the data are too few to measure them on held-out folds."""
Fit = Callable[[Any, NDArray[np.int64], Floats, int], tuple[Floats, Floats]]
"""(matrix, target, weights of the rows, classes) to weights (columns, classes) and bias (classes,)."""


@dataclass(frozen=True)
class Sample:
    """One training text: its vectors, its label and the group (a message and its noisy copies) it belongs to."""

    sparse: SparseVector
    dense: Floats | None
    label: str
    group: str
    noisy: bool = False
    weight: float = 1.0


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
    samples: Sequence[Sample],
    strength: float = 0.3,
    dense_strength: float = 0.003,
    families: Mapping[str, str] | None = None,
    scales: Sequence[float] | None = None,
    bayes: bool = True,
) -> Fitted:
    """Linear views of the sparse vectors (noisy copies too): a support vector machine over the labels, complement naive
    Bayes (Rennie et al. 2003; unless `bayes` is off), and, where `families` groups the labels, a machine over the
    families. With dense vectors (written texts alone) logistic regression.

    All are fused and calibrated on held-out folds by minimal log loss (temperature scaling, Guo et al. 2017), unless
    `scales`, the factors of the views, are known.
    """
    labels = tuple(sorted({sample.label for sample in samples}))
    if len(labels) < 2:
        return _unknown(single(labels))
    place = {label: index for index, label in enumerate(labels)}
    target = np.array([place[sample.label] for sample in samples])
    matrix = stacked([sample.sparse for sample in samples])
    counts = np.array([sample.weight for sample in samples], dtype=np.float32)
    fits = [svm(strength), *([_bayes] if bayes else [])]
    if families:
        fits.append(_over_families(strength, [families.get(label, label) for label in labels]))
    views = _all_fitted(fits, matrix, target, counts, len(labels))
    rows = np.flatnonzero([not sample.noisy for sample in samples])
    written, right = [samples[row] for row in rows], target[rows]
    folds = folds_of(written)
    said = held_out(fits, matrix[rows], right, counts[rows], folds, len(labels)) if scales is None else None
    factors = scales_of(said, right, [6.0] + [1.0] * (len(fits) - 1)) if said else scales or UNMEASURED
    none = np.zeros((0, len(labels)), dtype=np.float32)
    weights, bias = (_weighted(parts, factors) for parts in zip(*views, strict=True))
    model = LinearModel(labels, weights, bias, none, np.zeros(len(labels), dtype=np.float32))
    if not said:
        return _unknown(model)
    scores = _weighted(said, factors)
    dense = _dense(written)
    if dense is not None:
        logistic = _logistic(dense_strength)
        model.dense_weights, model.dense_bias = logistic(dense, right, counts[rows], len(labels))
        both = [scores, *(held_out([logistic], dense, right, counts[rows], folds, len(labels)) or [])]
        fused = scales_of(both, right, [1.0, 0.7])
        model.sparse_scale, model.dense_scale = fused
        scores = _weighted(both, fused)
    return Fitted(model, softmax(scores), right)


def sharpened(fitted: Fitted, factor: float) -> Fitted:
    """All scores times `factor`: confidences nearer to 0 and 1, for data that are harder than what will be asked."""
    model = replace(
        fitted.model,
        sparse_scale=fitted.model.sparse_scale * factor,
        dense_scale=fitted.model.dense_scale * factor,
        alone_scale=fitted.model.alone_scale * factor,
    )
    scores = np.log(np.maximum(fitted.probabilities, LEAST)) * np.float32(factor)
    return Fitted(model, softmax(scores), fitted.target)


def bayes_model(samples: Sequence[Sample]) -> LinearModel:
    """Complement naive Bayes alone, of the sparse vectors: fitted in a second, its probabilities not calibrated."""
    labels = tuple(sorted({sample.label for sample in samples}))
    if len(labels) < 2:
        return single(labels)
    target = np.array([labels.index(sample.label) for sample in samples])
    counts = np.array([sample.weight for sample in samples], dtype=np.float32)
    weights, bias = _bayes(stacked([sample.sparse for sample in samples]), target, counts, len(labels))
    none, zero = np.zeros((0, len(labels)), dtype=np.float32), np.zeros(len(labels), dtype=np.float32)
    return LinearModel(labels, weights, bias, none, zero)


def _all_fitted(
    fits: Sequence[Fit], matrix: Any, target: NDArray[np.int64], counts: Floats, classes: int
) -> list[tuple[Floats, Floats]]:
    def learn(number: int) -> tuple[Floats, Floats]:
        return fits[number](matrix, target, counts, classes)

    return in_processes(learn, len(fits)) if len(target) >= LARGE else [learn(number) for number in range(len(fits))]


def _unknown(model: LinearModel) -> Fitted:
    """A model of which nothing is known on held-out texts."""
    return Fitted(model, np.zeros((0, len(model.labels)), dtype=np.float32), np.zeros(0, dtype=np.int64))


def _weighted(parts: Sequence[Floats], factors: Sequence[float]) -> Floats:
    return np.asarray(sum(np.float32(factor) * part for factor, part in zip(factors, parts, strict=False)), np.float32)


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


def svm(strength: float) -> Fit:
    """One linear support vector machine against the rest for each class; rare classes weigh more."""

    def fit(matrix: Any, target: NDArray[np.int64], counts: Floats, classes: int) -> tuple[Floats, Floats]:
        machine = LinearSVC(C=strength, class_weight=_balance(target, classes), random_state=0, tol=0.3, max_iter=300)
        machine.fit(matrix, target, counts)
        return _of_all(machine.coef_, machine.intercept_)

    return fit


def _bayes(matrix: Any, target: NDArray[np.int64], counts: Floats, classes: int) -> tuple[Floats, Floats]:
    machine = ComplementNB(alpha=SMOOTHING).fit(matrix, target, counts)
    weights = machine.feature_log_prob_.T
    weights = weights - weights.mean(axis=1, keepdims=True)  # what all classes share would cost digits when stored
    return weights.astype(np.float32), np.zeros(classes, dtype=np.float32)


def _over_families(strength: float, family_of: Sequence[str]) -> Fit:
    """Which family a text belongs to; every label gets its family's score."""
    families = sorted(set(family_of))
    member = np.array([families.index(family) for family in family_of])

    def fit(matrix: Any, target: NDArray[np.int64], counts: Floats, classes: int) -> tuple[Floats, Floats]:
        if len(families) < 2:
            return np.zeros((matrix.shape[1], classes), dtype=np.float32), np.zeros(classes, dtype=np.float32)
        weights, bias = svm(strength)(matrix, member[target], counts, len(families))
        return weights[:, member], bias[member]

    return fit


def _logistic(strength: float) -> Fit:
    def fit(matrix: Any, target: NDArray[np.int64], counts: Floats, classes: int) -> tuple[Floats, Floats]:
        machine = LogisticRegression(
            C=strength, class_weight=_balance(target, classes), max_iter=60, tol=1e-3, multi_class="auto"
        )
        machine.fit(matrix, target, counts)
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
    """The fold of every sample, by its group's text."""
    return np.array([fold_of(sample.group, folds) for sample in samples])


def held_out(
    fits: Sequence[Fit],
    matrix: Any,
    target: NDArray[np.int64],
    counts: Floats,
    folds: NDArray[np.int64],
    classes: int,
) -> list[Floats] | None:
    """Scores (n, classes) by each fit of every row, by models that did not see its fold; None where a fold lacks a
    class."""
    if any(len(set(target[folds != number])) < classes for number in range(FOLDS)):
        return None
    jobs = [(number, fit) for number in range(FOLDS) for fit in fits]

    def score(job: int) -> Floats:
        number, fit = jobs[job]
        inside, outside = folds != number, folds == number
        weights, bias = fit(matrix[inside], target[inside], counts[inside], classes)
        return np.asarray(matrix[outside] @ weights + bias, dtype=np.float32)

    scores = [np.zeros((len(target), classes), dtype=np.float32) for _ in fits]
    found = in_processes(score, len(jobs)) if len(target) >= LARGE else [score(job) for job in range(len(jobs))]
    for (number, fit), part in zip(jobs, found, strict=True):
        scores[fits.index(fit)][folds == number] = part
    return scores


def scales_of(parts: Sequence[Floats], target: NDArray[np.int64], start: Sequence[float]) -> list[float]:
    """The factor for each part with which softmax of the sum has the least log loss; the search begins at `start`."""
    rows = np.arange(len(target))
    exact = [part.astype(np.float64) for part in parts]  # the optimiser's differences need the digits

    def loss(logarithms: NDArray[np.float64]) -> float:
        scores = sum(np.exp(value) * part for value, part in zip(logarithms, exact, strict=True))
        scores = scores - scores.max(axis=1, keepdims=True)
        return float((np.log(np.exp(scores).sum(axis=1)) - scores[rows, target]).mean())

    found = minimize(loss, np.log(start), method="L-BFGS-B", options={"maxiter": 40})
    return [float(value) for value in np.exp(found.x)]
