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
    """Scores are `sparse @ weights + dense @ dense_weights + bias`; probabilities softmax(score / temperature).

    Shapes: weights (sparse columns, labels), dense_weights (dense columns, labels; no rows where no dense vector is
    used), bias (labels,). A model of a single label always says that label.
    """

    labels: tuple[str, ...]
    weights: Floats
    dense_weights: Floats
    bias: Floats
    temperature: float = 1.0

    def scores(self, sparse: SparseVector | None, dense: Floats | None) -> Floats:
        """Linear scores, shape (labels,). Columns that the model does not know are left out."""
        scores = self.bias.copy()
        if sparse is not None and len(sparse.indices):
            scores += sparse.values @ self.weights[sparse.indices]
        if dense is not None and len(self.dense_weights):
            scores += dense @ self.dense_weights
        return scores

    def probabilities(self, sparse: SparseVector | None, dense: Floats | None) -> Floats:
        """Calibrated probabilities, shape (labels,), sum 1."""
        return softmax(self.scores(sparse, dense) / np.float32(self.temperature))

    def ranked(self, sparse: SparseVector | None, dense: Floats | None) -> list[tuple[str, float]]:
        """All labels with their probabilities, most probable first."""
        values = self.probabilities(sparse, dense)
        order: NDArray[np.intp] = np.argsort(-values, kind="stable")
        return [(self.labels[index], float(values[index])) for index in order]

    def write(self, directory: Path) -> None:
        """Store as data; the weights with half precision (the loss is below any threshold's width)."""
        np.savez(
            directory / "linear.npz",
            weights=self.weights.astype(np.float16),
            dense_weights=self.dense_weights.astype(np.float16),
            bias=self.bias,
        )
        about = {"labels": list(self.labels), "temperature": self.temperature}
        (directory / "linear.json").write_text(json.dumps(about, ensure_ascii=False), encoding="utf-8")

    @classmethod
    def read(cls, directory: Path) -> LinearModel:
        about = json.loads((directory / "linear.json").read_text(encoding="utf-8"))
        with np.load(directory / "linear.npz", allow_pickle=False) as stored:
            return cls(
                labels=tuple(about["labels"]),
                weights=stored["weights"].astype(np.float32),
                dense_weights=stored["dense_weights"].astype(np.float32),
                bias=stored["bias"],
                temperature=about["temperature"],
            )


def softmax(scores: Floats) -> Floats:
    """Probabilities of scores along the last axis."""
    shifted = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), dtype=np.float32)


def single(labels: Sequence[str]) -> LinearModel:
    """The model for data of one label (or none): it knows no features."""
    known = tuple(sorted(set(labels)))[:1] or ("none",)
    empty = np.zeros((0, 1), dtype=np.float32)
    return LinearModel(known, empty, empty, np.zeros(1, dtype=np.float32))
