"""What a municipality's own requests teach: one more linear view, added to what the project's messages taught.

Its messages are long, few beside the project's and labelled by other eyes, often with a department only. Learnt
together with ours they change next to nothing; by themselves they say what they know (docs/nlu.md has the figures).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar

from bot.nlu.fitting import FOLDS, LEAST, Fitted, Sample, stacked, svm
from bot.nlu.folds import fold_of
from bot.nlu.linear import softmax
from bot.nlu.vectors import Floats, SparseVector

PRIOR = 50
"""How many taught messages weigh as much as all of the project's when the view's factor is chosen."""
HIGHEST = 20.0
"""The largest factor of the view that is tried."""


@dataclass(frozen=True)
class Taught:
    """One of the municipality's requests: it is about one of the services `among`."""

    sparse: SparseVector
    dense: Floats | None
    among: tuple[str, ...]
    group: str


def refine(fitted: Fitted, taught: Sequence[Taught], samples: Sequence[Sample], strength: float = 0.3) -> Fitted:
    """`fitted` with what was taught: a machine over the sets of services that the messages allow, each service getting
    its set's score. Services of no set share a class whose messages are the project's own (`samples`).

    The view's factor is that with the least log loss, on folds that it did not learn, of the taught messages and, worth
    `PRIOR` of them, of the project's. Unchanged where fewer than two sets are taught.
    """
    labels = fitted.model.labels
    known = [(one, tuple(label for label in labels if label in one.among)) for one in taught]
    known = [(one, among) for one, among in known if among]
    sets = sorted({among for _, among in known})
    if len(sets) < 2 or not len(fitted.target):
        return fitted
    written = [sample for sample in samples if not sample.noisy]
    rest = tuple(label for label in labels if not any(label in among for among in sets))
    others = [number for number, sample in enumerate(written) if sample.label in rest]
    classes = [*sets, rest] if rest else sets
    members = np.array([[label in among for label in labels] for among in classes])
    shares = members / members.sum(axis=0)

    matrix = stacked([*(one.sparse for one, _ in known), *(written[number].sparse for number in others)])
    target = np.array([*(sets.index(among) for _, among in known), *(len(sets) for _ in others)])
    groups = [*(one.group for one, _ in known), *(written[number].group for number in others)]
    folds = np.array([fold_of(group, FOLDS) for group in groups])
    held = np.zeros((len(target), len(labels)))
    for fold in range(FOLDS):
        inside, outside = folds != fold, folds == fold
        weights, bias = _machine(matrix[inside], target[inside], len(classes), strength)
        held[outside] = (matrix[outside] @ weights + bias) @ shares
    weights, bias = _machine(matrix, target, len(classes), strength)
    own_view = (stacked([sample.sparse for sample in written]) @ weights + bias) @ shares
    own_view[others] = held[len(known) :]

    own = np.log(fitted.probabilities + LEAST)
    base = np.log(np.stack([fitted.model.probabilities(one.sparse, one.dense) for one, _ in known]) + LEAST)
    allowed = members[target[: len(known)]]

    def loss(factor: float) -> float:
        lesson = np.log((softmax(base + factor * held[: len(known)]) * allowed).sum(axis=1) + LEAST)
        ours = np.log(softmax(own + factor * own_view)[np.arange(len(own)), fitted.target] + LEAST)
        return float(-lesson.sum() - PRIOR * ours.mean())

    factor = float(minimize_scalar(loss, bounds=(0, HIGHEST), method="bounded", options={"xatol": 0.05}).x)
    scale = factor / (fitted.model.sparse_scale if len(fitted.model.dense_weights) else fitted.model.alone_scale)
    model = replace(
        fitted.model,
        weights=fitted.model.weights + np.asarray(scale * weights @ shares, dtype=np.float32),
        bias=fitted.model.bias + np.asarray(scale * bias @ shares, dtype=np.float32),
    )
    return Fitted(model, softmax(own + factor * own_view), fitted.target)


def _machine(matrix: Any, target: NDArray[np.int64], classes: int, strength: float) -> tuple[Floats, Floats]:
    """Weights (columns, classes) and bias; a class that these rows lack is never said."""
    present = np.unique(target)
    weights = np.zeros((matrix.shape[1], classes), dtype=np.float32)
    bias = np.full(classes, -1, dtype=np.float32)
    if len(present) > 1:
        counts = np.ones(len(target), dtype=np.float32)
        weights[:, present], bias[present] = svm(strength)(
            matrix, np.searchsorted(present, target), counts, len(present)
        )
    return weights, bias
