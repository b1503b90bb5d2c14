"""SparseFeaturizer: TF-IDF of character n-grams and of word stems of three lengths over the normal form."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.component import Learner
from bot.nlu.keys import NORMAL, SPARSE
from bot.nlu.parallel import in_parts
from bot.nlu.vectors import STEM, SparseVector, TfIdf, character_ngrams, cut_words, stem_ngrams


class SparseFeaturizer(Learner):
    """Sets `sparse_vector`: the parts beside each other, each of unit length times its weight."""

    prepares = True

    defaults: ClassVar[dict[str, Any]] = {
        "char_from": 2,
        "char_to": 4,
        "min_count": 2,
        "word_weight": 0.7,
        "short_stem": STEM - 1,
        "long_stem": STEM + 2,
        "stem_weight": 0.5,
    }

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        of = self.config
        self._parts = {
            "characters": (TfIdf(character_ngrams, of["char_from"], of["char_to"]), 1.0),
            "words": (TfIdf(stem_ngrams, 1, 2), of["word_weight"]),
            "short": (TfIdf(cut_words, of["short_stem"], of["short_stem"]), of["stem_weight"]),
            "long": (TfIdf(cut_words, of["long_stem"], of["long_stem"]), of["stem_weight"]),
        }
        self.norm = float(np.sqrt(sum(weight**2 for _, weight in self._parts.values())))
        """The length of a vector all of whose parts know something."""

    def fit(self, examples: Sequence[Any]) -> None:
        self.fit_texts([example.get(NORMAL) or "" for example in examples])

    def fit_texts(self, texts: Sequence[str]) -> None:
        """Learn the n-grams of normal forms."""
        for part, _ in self._parts.values():
            part.fit(texts, self.config["min_count"])

    def process(self, messages: list[Message]) -> list[Message]:
        for message in messages:
            message.set(SPARSE, self.vector(message.get(NORMAL) or ""))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        messages = training_data.training_examples
        for message, vector in zip(messages, in_parts(self._vectors, messages), strict=True):
            message.set(SPARSE, vector)
        return training_data

    def _vectors(self, messages: Sequence[Any]) -> list[SparseVector]:
        return [self.vector(message.get(NORMAL) or "") for message in messages]

    def vector(self, text: str, unit: bool = True) -> SparseVector:
        """The vector of a normal form; empty where nothing of it is known. `unit`: each part has length 1."""
        begin, indices, values = 0, [], []
        for part, weight in self._parts.values():
            found = part.transform(text, unit)
            indices.append(found.indices + begin)
            values.append(found.values * np.float32(weight))
            begin += part.size
        return SparseVector(np.concatenate(indices).astype(np.int32), np.concatenate(values), begin)

    def write(self, directory: Path) -> None:
        for name, (part, _) in self._parts.items():
            part.write(directory / f"{name}.json")

    def read(self, directory: Path) -> None:
        for name, (part, _) in self._parts.items():
            part.read(directory / f"{name}.json")
