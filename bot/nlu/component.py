"""What all our graph components share: creation, loading and storing as Rasa's engine wants them.

Nothing here imports TensorFlow: `bot/nlu/registered.py` alone touches Rasa's recipe, so that a process that only
parses starts in a second. A component that learns overrides `fit`, `write` and `read`; every component overrides
`process`. Intermediate results lie in the message under the keys of `bot/nlu/keys.py`.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, TypeVar

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.nlu.keys import is_payload

Self = TypeVar("Self", bound="Component")
log = logging.getLogger(__name__)
"""Tells at INFO what has been learnt: training takes minutes."""


class Component(GraphComponent):  # type: ignore[misc]  # Rasa ships no types
    """A step of the pipeline without anything learnt. `defaults` is its configuration, `config` what holds."""

    defaults: ClassVar[dict[str, Any]] = {}
    prepares: ClassVar[bool] = False
    """Whether later steps need what this one sets on the training messages (Rasa's tokenizers and featurizers)."""

    def __init__(self, config: dict[str, Any], storage: Any = None, resource: Any = None) -> None:
        self.config: dict[str, Any] = {**self.defaults, **config}
        self._storage = storage
        self._resource = resource

    @classmethod
    def get_default_config(cls) -> dict[str, Any]:
        return dict(cls.defaults)

    @classmethod
    def create(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Self:
        """A new, untrained component."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        """The component as stored in a model. Raises ValueError where nothing of it is stored."""
        return cls(config, model_storage, resource)

    def process(self, messages: list[Message]) -> list[Message]:
        """Read and set what this step knows of each message. Must accept empty text and unknown labels."""
        raise NotImplementedError

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Prepare the training messages for the steps that follow."""
        self.process(training_data.training_examples)
        return training_data


class Learner(Component):
    """A step that learns from the training messages and stores what it learnt in one directory."""

    def train(self, training_data: TrainingData) -> Resource:
        """Fit and store. Returns the resource under which the result lies."""
        begin = time.monotonic()
        self.fit([example for example in training_data.intent_examples if not is_payload(example)])
        self.persist()
        log.info("%s learnt in %.1f s", type(self).__name__, time.monotonic() - begin)
        return self._resource

    def persist(self) -> None:
        with self._storage.write_to(self._resource) as directory:
            self.write(Path(directory))

    @classmethod
    def load(
        cls: type[Self],
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Self:
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as directory:
            component.read(Path(directory))
        return component

    def fit(self, examples: Sequence[Any]) -> None:
        """Learn from training messages (`text`, `intent`, `metadata`, noisy copies marked)."""
        raise NotImplementedError

    def write(self, directory: Path) -> None:
        """Store what was learnt as data (JSON, npz), never as pickled code."""
        raise NotImplementedError

    def read(self, directory: Path) -> None:
        """Read what `write` stored."""
        raise NotImplementedError
