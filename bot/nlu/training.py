"""Training a model with Rasa, with a municipality's own requests too, and taking it only where it is no worse."""

from __future__ import annotations

import importlib
import json
import os
import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from operator import eq
from pathlib import Path
from typing import Any

from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.config import ROOT
from bot.errors import ConfigError
from bot.nlu.importer import read_data
from bot.nlu.keys import labels_of
from bot.nlu.models import MARGIN, OWN_MARGIN, Fall, falls, use_model, write_figures
from bot.nlu.pipeline import Pipeline, read_config
from bot.nlu.records import Broken, Labelled, read_departments
from bot.nlu.service_classifier import ServiceClassifier
from bot.nlu.teaching import TaughtTexts, as_training_data, is_held, read_lesson, taught, taught_pairs

Pairs = list[tuple[str, str]]
"""Texts with their service."""
_TRIAL = ("PlaceExtractor", "Normaliser", "SparseFeaturizer", "DenseFeaturizer", "ServiceClassifier")


@dataclass(frozen=True)
class Outcome:
    """`archive` is None where the new model was refused; `falls` says which classes know less, by how much.

    `accuracy` are the shares right of the held-out part without and with the lesson ("before", "after"), and of the
    project's own messages ("own before", "own after"); empty where nothing was taught.
    """

    archive: Path | None
    falls: tuple[Fall, ...] = ()
    broken: tuple[Broken, ...] = ()
    taught: int = 0
    accuracy: Mapping[str, float] = field(default_factory=dict)


def train_model(
    models: Path,
    services: Collection[str],
    lesson_file: Path | None = None,
    map_file: Path | None = None,
    margin: float = MARGIN,
    quiet: bool = False,
) -> Outcome:
    """Train, store under `models` and take into use.

    With a lesson two trial models, one without and one with four fifths of it, answer the held-out rest, judged by the
    labels that the file gives (services or departments), and a fifth of the project's own messages. Where a class falls
    by more than `margin` in F1, or a service by more than OWN_MARGIN on our own, nothing is stored and the old model
    stays. Raises ConfigError.
    """
    if lesson_file is None:
        return Outcome(_trained(models, []))
    lesson = read_lesson(lesson_file, services, map_file)
    own, held_own = _own_parts()
    departments = read_departments(map_file or lesson_file)
    lessons = taught_pairs(lesson, departments)
    before = trial(own, quiet)
    held = [row for row in (*lesson.by_service, *lesson.by_department) if is_held(row.text)]
    after = trial(own.merge(as_training_data([one for one in lessons if not is_held(one[0])])), quiet)
    right = right_labels(held)
    said = [as_labelled(answers(one, [row.text for row in held]), held, departments) for one in (before, after)]
    own_right = [service for _, service in held_own]
    own_said = [answers(one, [text for text, _ in held_own]) for one in (before, after)]
    accuracy = {
        name: sum(map(eq, labels, said_of)) / max(1, len(labels))
        for name, labels, said_of in (
            ("before", right, said[0]),
            ("after", right, said[1]),
            ("own before", own_right, own_said[0]),
            ("own after", own_right, own_said[1]),
        )
    }
    fallen = (*falls(right, said[0], said[1], margin), *falls(own_right, own_said[0], own_said[1], OWN_MARGIN))
    archive = None if fallen else _trained(models, lessons, accuracy)
    return Outcome(archive, fallen, lesson.broken, len(lessons), accuracy)


def _own_parts() -> tuple[TrainingData, Pairs]:
    """The project's messages, and one in five with a service held out of them."""
    examples = read_data().intent_examples
    pairs = [(example.get("text"), labels_of(example).service or "") for example in examples]
    held = [pair for pair in pairs if pair[1] and is_held(pair[0])]
    out = {text for text, _ in held}
    return TrainingData(training_examples=[one for one in examples if one.get("text") not in out]), held


def trial(data: TrainingData, quiet: bool) -> Pipeline:
    """A pipeline of the service classifier and what it needs."""
    config = [entry for entry in read_config() if entry["name"].rpartition(".")[2] in _TRIAL]
    with tempfile.TemporaryDirectory(prefix="hizmet-trial-") as directory:
        return Pipeline.train(config, data, Path(directory), quiet)


def right_labels(rows: Sequence[Labelled]) -> list[str]:
    """The service of each row, or its department where no service is told."""
    return [row.services[0] if row.services else row.department or "" for row in rows]


def as_labelled(
    said: Sequence[str | None], rows: Sequence[Labelled], departments: Mapping[str, str]
) -> list[str | None]:
    """The services that were answered; their departments where the row is labelled with one."""
    return [answer if row.services else departments.get(answer or "") for answer, row in zip(said, rows, strict=True)]


def answers(pipeline: Pipeline, texts: Sequence[str]) -> list[str | None]:
    """The service that a trial model says first of each text."""
    classifier = next(component for component in pipeline.components if isinstance(component, ServiceClassifier))
    rankings = [classifier.ranked(pipeline.process(text)) for text in texts]
    return [ranking[0][0] if ranking else None for ranking in rankings]


def _trained(models: Path, lessons: TaughtTexts, figures: Mapping[str, float] | None = None) -> Path:
    """Rasa's own training over config, domain, data and the taught messages (in a file that is removed again)."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("LOG_LEVEL", "WARNING")  # Rasa's bars for the few rules would bury what the components tell
    models.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="hizmet-taught-") as directory:
        files = [str(ROOT / "nlu_data")]
        if lessons:
            file = Path(directory) / "taught.yml"
            file.write_text(json.dumps(_as_rasa(lessons), ensure_ascii=False), encoding="utf-8")
            files.append(str(file))
        constants: Any = importlib.import_module("rasa.constants")
        constants.GLOBAL_USER_CONFIG_PATH = str(models / ".rasa" / "global.yml")  # not in the user's folder
        training: Any = importlib.import_module("rasa.model_training")  # brings TensorFlow
        result = training.train(
            domain=str(ROOT / "domain.yml"),
            config=str(ROOT / "config.yml"),
            training_files=files,
            output=str(models),
            force_training=True,
        )
    if result.code or not result.model:
        raise ConfigError("Rasa could not train a model; see its messages above", str(ROOT / "config.yml"))
    archive = Path(result.model)
    write_figures(archive, figures or {})
    return use_model(models, archive.name)


def _as_rasa(lessons: TaughtTexts) -> dict[str, Any]:
    """Rasa's training format (JSON is YAML); brackets would be read as annotations."""
    marks = str.maketrans("[]", "()")
    return {
        "version": "3.1",
        "nlu": [
            {
                "intent": "report",
                "examples": [
                    {"text": " ".join(text.translate(marks).split()) + "\n", "metadata": taught(among)}
                    for text, among in lessons
                ],
            }
        ],
    }
