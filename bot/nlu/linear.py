"""LinearModel: labels from a sparse and a dense vector by linear scores, with probabilities that are calibrated."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.nlu.vectors import Floats, SparseVector


@dataclass
class LinearModel:
    """Two linear parts, one over each vector, fused: softmax(sparse_scale * sparse part + dense_scale * dense part).

    Without a dense vector it is softmax(alone_scale * sparse part). The scales are set on held-out folds, so they
    weigh the parts and calibrate the probabilities at once. Shapes: weights (sparse columns, labels), dense_weights
    (dense columns, labels; no rows where none is used), biases (labels,). A model of one label always says it.
    """

    labels: tuple[str, ...]
    weights: Floats
    bias: Floats
    dense_weights: Floats
    dense_bias: Floats
    sparse_scale: float = 1.0
    dense_scale: float = 1.0
    alone_scale: float = 1.0

    def scores(self, sparse: SparseVector | None, dense: Floats | None) -> Floats:
        """Scaled scores, shape (labels,)."""
        part = self.bias.copy()
        if sparse is not None and len(sparse.indices) and len(self.weights):
            part += sparse.values @ self.weights[sparse.indices]
        if dense is None or not len(self.dense_weights):
            return part * np.float32(self.alone_scale)
        other = dense @ self.dense_weights + self.dense_bias
        return part * np.float32(self.sparse_scale) + other * np.float32(self.dense_scale)

    def probabilities(self, sparse: SparseVector | None, dense: Floats | None) -> Floats:
        """Calibrated probabilities, shape (labels,), sum 1."""
        return softmax(self.scores(sparse, dense))

    def ranked(self, sparse: SparseVector | None, dense: Floats | None) -> list[tuple[str, float]]:
        """All labels with their probabilities, most probable first."""
        values = self.probabilities(sparse, dense)
        order: NDArray[np.intp] = np.argsort(-values, kind="stable")
        return [(self.labels[index], float(values[index])) for index in order]

    def write(self, directory: Path) -> None:
        """Store as data; the weights with half precision (the loss is far below what a threshold can tell)."""
        np.savez(
            directory / "linear.npz",
            weights=self.weights.astype(np.float16),
            bias=self.bias,
            dense_weights=self.dense_weights.astype(np.float16),
            dense_bias=self.dense_bias,
        )
        about = {
            "labels": list(self.labels),
            "scales": [self.sparse_scale, self.dense_scale, self.alone_scale],
        }
        (directory / "linear.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> LinearModel:
        about = json.loads((directory / "linear.json").read_text(encoding="utf-8"))
        with np.load(directory / "linear.npz", allow_pickle=False) as stored:
            arrays = {name: stored[name].astype(np.float32) for name in stored.files}
        return cls(
            tuple(about["labels"]),
            arrays["weights"],
            arrays["bias"],
            arrays["dense_weights"],
            arrays["dense_bias"],
            *about["scales"],
        )


def softmax(scores: Floats) -> Floats:
    """Probabilities of scores along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def single(labels: Sequence[str]) -> LinearModel:
    """The model for data of one label (or none): it knows no features."""
    known = tuple(sorted(set(labels)))[:1] or ("none",)
    empty, zero = np.zeros((0, 1), dtype=np.float32), np.zeros(1, dtype=np.float32)
    return LinearModel(known, empty, zero, empty, zero)
