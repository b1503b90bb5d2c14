"""The pipeline without Rasa's runner: trains and runs our components one after the other, in one process.

Rasa's own `rasa train` runs the same classes from the same `config.yml`; this way needs no TensorFlow, which serves
`hizmet parse`, `hizmet evaluate`, cross-validation and tests.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import yaml
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from rich.progress import track

from bot.config import ROOT
from bot.errors import ConfigError
from bot.nlu.component import Component, Learner

REGISTERED = "bot.nlu.registered."


class Pipeline:
    """Components in the order in which they run."""

    def __init__(self, components: Sequence[Component]) -> None:
        self.components = tuple(components)

    def process(self, text: str) -> Message:
        """The message with what every component set."""
        messages = [Message(data={"text": text})]
        for component in self.components:
            messages = component.process(messages)
        return messages[0]

    @classmethod
    def load(cls, nodes: Iterable[tuple[str, dict[str, Any], str | None]], directory: Path) -> Pipeline:
        """Components of a stored model, each (class path, configuration, resource name), from `directory`."""
        storage = LocalModelStorage(directory)
        components = []
        for path, config, resource in nodes:
            components.append(class_at(path).load(config, storage, Resource(resource or ""), None))
        return cls(components)

    @classmethod
    def train(
        cls, config: Sequence[dict[str, Any]], data: TrainingData, directory: Path, quiet: bool = False
    ) -> Pipeline:
        """Train every component of `config` (the list under `pipeline:`) on `data`; results lie under `directory`."""
        directory.mkdir(parents=True, exist_ok=True)
        storage = LocalModelStorage(directory)
        components = []
        for number, entry in enumerate(track(config, description="training", disable=quiet)):
            settings = {key: value for key, value in entry.items() if key != "name"}
            kind = class_named(entry["name"])
            component = kind.create(settings, storage, Resource(f"{kind.__name__}{number}"), None)
            if isinstance(component, Learner):
                component.train(data)
            data = component.process_training_data(data) if component.prepares else data
            components.append(component)
        return cls(components)


def class_at(path: str) -> type[Component]:
    """The component class with this module path."""
    module, _, name = path.rpartition(".")
    found: type[Component] = getattr(importlib.import_module(module), name)
    return found


def class_named(name: str) -> type[Component]:
    """The component class of a name in config.yml: `bot.nlu.registered.X` lies in the module named after X."""
    if not name.startswith(REGISTERED):
        raise ConfigError(f"pipeline: expected a component of {REGISTERED}…, not '{name}'", "config.yml")
    short = name.removeprefix(REGISTERED)
    module = "".join("_" + char.lower() if char.isupper() else char for char in short).lstrip("_")
    return class_at(f"bot.nlu.{module}.{short}")


def read_config(path: Path = ROOT / "config.yml") -> list[dict[str, Any]]:
    """The pipeline of a Rasa configuration file."""
    pipeline: list[dict[str, Any]] = yaml.safe_load(path.read_text(encoding="utf-8"))["pipeline"]
    return pipeline
