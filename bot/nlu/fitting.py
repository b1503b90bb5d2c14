"""Fitting linear models: the only place that needs scikit-learn and scipy, loaded when training begins."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.sparse import csr_matrix, hstack
from sklearn.svm import LinearSVC

from bot.nlu.linear import LinearModel, single, softmax
from bot.nlu.vectors import Floats, SparseVector

FOLDS = 3


@dataclass(frozen=True)
class Sample:
    """One training text: its vectors, its label and the group (a message and its noisy copies) it belongs to."""

    sparse: SparseVector
    dense: Floats | None
    label: str
    group: str
    noisy: bool = False


def stacked(vectors: Sequence[SparseVector]) -> Any:
    """The vectors (at least one) as rows of one CSR matrix, shape (n, columns)."""
    pointers = np.zeros(len(vectors) + 1, dtype=np.int64)
    np.cumsum([len(vector.indices) for vector in vectors], out=pointers[1:])
    indices = np.concatenate([vector.indices for vector in vectors])
    values = np.concatenate([vector.values for vector in vectors]).astype(np.float64)
    return csr_matrix((values, indices, pointers), shape=(len(vectors), vectors[0].columns))


def fit_linear(samples: Sequence[Sample], strength: float = 1.0, dense_weight: float = 1.0) -> LinearModel:
    """A linear support vector machine (one against the rest, balanced a little), its temperature set on held-out folds.

    Temperature scaling after Guo et al. 2017, "On Calibration of Modern Neural Networks".
    """
    labels = sorted({sample.label for sample in samples})
    if len(labels) < 2:
        return single(labels)
    columns = samples[0].sparse.columns
    matrix = stacked([sample.sparse for sample in samples])
    dense_columns = 0
    if samples[0].dense is not None:
        dense = np.stack([sample.dense for sample in samples if sample.dense is not None]) * dense_weight
        dense_columns = dense.shape[1]
        matrix = hstack([matrix, csr_matrix(dense)], format="csr")
    target = np.array([labels.index(sample.label) for sample in samples])
    temperature = _temperature(matrix, target, samples, strength)
    weights, bias = _svm(matrix, target, len(labels), strength)
    return LinearModel(
        labels=tuple(labels),
        weights=weights[:columns].copy(),
        dense_weights=weights[columns:] * np.float32(dense_weight) if dense_columns else weights[:0],
        bias=bias,
        temperature=temperature,
    )


def _svm(matrix: Any, target: NDArray[np.int64], classes: int, strength: float) -> tuple[Floats, Floats]:
    """Weights (columns, classes) and bias (classes,)."""
    counts = np.bincount(target, minlength=classes)
    balance = {label: float((counts.mean() / count) ** 0.5) for label, count in enumerate(counts) if count}
    machine = LinearSVC(C=strength, class_weight=balance, random_state=0, tol=1e-2, max_iter=300)
    machine.fit(matrix, target)
    weights, bias = machine.coef_.T, machine.intercept_
    if classes == 2:
        weights, bias = np.hstack([-weights, weights]) / 2, np.array([-bias[0], bias[0]]) / 2
    return weights.astype(np.float32), bias.astype(np.float32)


def folds_of(samples: Sequence[Sample], folds: int = FOLDS) -> NDArray[np.int64]:
    """The fold of every sample; a message and its noisy copies share one. Stable from run to run."""
    return np.array([zlib.crc32(sample.group.encode()) % folds for sample in samples])


def held_out_scores(
    matrix: Any, target: NDArray[np.int64], samples: Sequence[Sample], strength: float
) -> tuple[Floats, NDArray[np.bool_]]:
    """Scores of every sample by a model that did not see its group, and which rows have one."""
    classes = int(target.max()) + 1
    fold = folds_of(samples)
    scores = np.zeros((len(samples), classes), dtype=np.float32)
    done = np.zeros(len(samples), dtype=bool)
    for number in range(FOLDS):
        inside, outside = fold != number, fold == number
        if len(set(target[inside])) < classes or not outside.any():
            continue
        weights, bias = _svm(matrix[inside], target[inside], classes, strength)
        scores[outside] = matrix[outside] @ weights + bias
        done |= outside
    return scores, done


def _temperature(matrix: Any, target: NDArray[np.int64], samples: Sequence[Sample], strength: float) -> float:
    scores, done = held_out_scores(matrix, target, samples, strength)
    if not done.any():
        return 1.0
    scores, target = scores[done], target[done]
    rows = np.arange(len(target))

    def loss(logarithm: float) -> float:
        return float(-np.log(softmax(scores / np.float32(np.exp(logarithm)))[rows, target] + 1e-9).mean())

    return float(np.exp(minimize_scalar(loss, bounds=(-4, 2), method="bounded").x))
