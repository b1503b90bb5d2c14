"""DenseFeaturizer: the meaning of the whole text as a vector of a pretrained sentence encoder."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rich.progress import track

from bot.config import load_settings
from bot.nlu.component import Learner
from bot.nlu.encoder import BATCH, VectorCache, encoder_name, loaded_encoder
from bot.nlu.keys import CLEAN, DENSE, NOISE
from bot.nlu.normalisation import cut
from bot.nlu.restorer import Restorer
from bot.nlu.vectors import Floats


class DenseFeaturizer(Learner):
    """Sets `dense_vector`, shape (columns,), standardised with the training texts' mean and spread.

    The encoder knows written Turkish, so it gets lower-case text with its Turkish letters restored. Noisy copies get no
    vector: encoding them would triple the training time. A model that learnt with an encoder also answers without.
    """

    prepares = True
    defaults: ClassVar[dict[str, Any]] = {"encoder": "e5", "max_chars": 600}

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        super().__init__(config, storage, resource)
        self._encoder = encoder_name(self.config["encoder"])
        self._learnt: str | None = None
        self._restorer = Restorer()
        self._mean: Floats = np.zeros(1, dtype=np.float32)
        self._spread = 1.0
        self._vectors: dict[str, Floats] = {}

    def fit(self, examples: Sequence[Any]) -> None:
        self._learnt = self._encoder
        if self._encoder is None or not examples:
            return
        written = [example for example in examples if not example.get(NOISE)]
        self._restorer.fit(example.get(CLEAN) or "" for example in written)
        texts = [self._input(example) for example in written]
        self._vectors = self._encoded(self._encoder, texts)
        stacked = np.stack([self._vectors[text] for text in texts])
        self._mean = stacked.mean(axis=0)
        self._spread = float((stacked - self._mean).std()) or 1.0

    def _encoded(self, name: str, texts: Sequence[str]) -> dict[str, Floats]:
        cache = VectorCache(load_settings().home / f"vectors-{name}.npz")
        missing = cache.missing(texts)
        batches = [missing[start : start + BATCH] for start in range(0, len(missing), BATCH)]
        for batch in track(batches, description=f"{name}: new texts", disable=not batches):
            cache.add(batch, loaded_encoder(name).encode(batch))
        if missing:
            cache.keep(texts)
        return {text: cache[text].astype(np.float32) for text in texts}

    def _input(self, message: Any) -> str:
        return self._restorer.restore(cut(message.get(CLEAN) or "", self.config["max_chars"]))

    def process(self, messages: list[Message]) -> list[Message]:
        if self._encoder is not None and self._encoder == self._learnt:
            for message in messages:
                text = self._input(message)
                if text:
                    vector = loaded_encoder(self._encoder).encode([text])[0]
                    message.set(DENSE, (vector - self._mean) / np.float32(self._spread))
        return messages

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        for message in training_data.intent_examples:
            vector = None if message.get(NOISE) else self._vectors.get(self._input(message))
            if vector is not None:
                message.set(DENSE, (vector - self._mean) / np.float32(self._spread))
        return training_data

    def write(self, directory: Path) -> None:
        (directory / "dense.json").write_text(json.dumps({"encoder": self._learnt, "spread": self._spread}))
        np.save(directory / "mean.npy", self._mean)
        self._restorer.write(directory / "restorer.json")

    def read(self, directory: Path) -> None:
        about = json.loads((directory / "dense.json").read_text())
        self._learnt, self._spread = about["encoder"], about["spread"]
        self._mean = np.load(directory / "mean.npy")
        self._restorer = Restorer.read(directory / "restorer.json")
