"""A municipality's own labelled requests: read, told where broken, and turned into training messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.domain.understanding import Act
from bot.errors import ConfigError
from bot.nlu.folds import fold_of
from bot.nlu.records import Broken, Labelled, read_departments, read_labelled

TaughtTexts = list[tuple[str, tuple[str, ...]]]
"""Texts with the services one of which they are about."""
HELD_OUT = 5
"""One message in this many is held out for the comparison of the models."""


@dataclass(frozen=True)
class Lesson:
    """What a file teaches: messages with a service, messages with a department only, and lines that are no use."""

    by_service: tuple[Labelled, ...]
    by_department: tuple[Labelled, ...]
    broken: tuple[Broken, ...]


def read_lesson(path: Path, services: Collection[str], map_file: Path | None = None) -> Lesson:
    """Read a JSONL file with `text` and `service` or `department` on each line.

    A department means one of the services that the department map gives it (`map_file`, else `department_map.yml`
    beside the file). Unknown labels are told by line number and left out. Raises ConfigError for a missing file, or
    where all lines have the same label: such a file would teach to answer always the same.
    """
    rows, broken = read_labelled(path)
    known = set(read_departments(map_file or path).values())
    by_service, by_department = [], []
    wrong = list(broken)
    for row in rows:
        if row.services and set(row.services) <= set(services):
            by_service.append(row)
        elif row.services:
            wrong.append(Broken(row.line, f"no such service: {', '.join(set(row.services) - set(services))}"))
        elif row.department in known:
            by_department.append(row)
        else:
            wrong.append(Broken(row.line, f"no service, and no such department in the map: {row.department}"))
    labels = {row.services for row in by_service} | {(row.department,) for row in by_department}
    if len(labels) == 1:
        raise ConfigError("every line has the same label: nothing can be learnt from it", str(path))
    return Lesson(tuple(by_service), tuple(by_department), tuple(wrong))


def taught_pairs(lesson: Lesson, departments: Mapping[str, str]) -> TaughtTexts:
    """All lines with the one service that is named, or those of the department."""
    pairs: TaughtTexts = [(row.text, row.services[:1]) for row in lesson.by_service]
    for row in lesson.by_department:
        of_department = (service for service, department in departments.items() if department == row.department)
        pairs.append((row.text, tuple(sorted(of_department))))
    return [(text, among) for text, among in pairs if text.strip()]


def as_training_data(pairs: TaughtTexts) -> TrainingData:
    """Training messages as the importer would read them from `taught` metadata."""
    messages = [
        Message(data={"text": text, "intent": Act.REPORT.value, "metadata": {"intent": taught(among)}})
        for text, among in pairs
    ]
    return TrainingData(training_examples=messages)


def taught(among: tuple[str, ...]) -> dict[str, object]:
    """The labels of a taught message: they tell it from the project's own."""
    return {"among": list(among)}


def is_held(text: str) -> bool:
    """Whether a message is held out for the comparison: by its text, so that it always falls on the same side."""
    return fold_of(text, HELD_OUT) == 0
