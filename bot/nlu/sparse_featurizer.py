"""SparseFeaturizer: TF-IDF of character n-grams and of word stems over the normal form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.shared.nlu.training_data.message import Message

from bot.nlu.component import Learner
from bot.nlu.keys import NORMAL, SPARSE
from bot.nlu.vectors import SparseVector, TfIdf, character_ngrams, stem_ngrams


class SparseFeaturizer(Learner):
    """Sets `sparse_vector`: both parts beside each other, each of unit length, words times `word_weight`."""

    prepares = True

    defaults: ClassVar[dict[str, Any]] = {
        "char_from": 2,
        "char_to": 4,
        "min_count": 2,
        "word_weight": 0.7,
    }

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._characters = TfIdf(character_ngrams, self.config["char_from"], self.config["char_to"])
        self._words = TfIdf(stem_ngrams, 1, 2)

    def fit(self, examples: Sequence[Any]) -> None:
        self.fit_texts([example.get(NORMAL) or "" for example in examples])

    def fit_texts(self, texts: Sequence[str]) -> None:
        """Learn the n-grams of normal forms."""
        self._characters.fit(texts, self.config["min_count"])
        self._words.fit(texts, self.config["min_count"])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(SPARSE, self.vector(message.get(NORMAL) or ""))
        return messages

    def vector(self, text: str, unit: bool = True) -> SparseVector:
        """The vector of a normal form; empty where nothing of it is known. `unit`: each part has length 1."""
        characters, words = self._characters.transform(text, unit), self._words.transform(text, unit)
        return SparseVector(
            np.concatenate([characters.indices, words.indices + self._characters.size]).astype(np.int32),
            np.concatenate([characters.values, words.values * np.float32(self.config["word_weight"])]),
            self._characters.size + self._words.size,
        )

    def write(self, directory: Path) -> None:
        self._characters.write(directory / "characters.json")
        self._words.write(directory / "words.json")

    def read(self, directory: Path) -> None:
        self._characters.read(directory / "characters.json")
        self._words.read(directory / "words.json")
