"""What a municipality's own requests would teach: `python -m bot.nlu.measure_lessons FILE.jsonl [--folds 5]`.

Each fold is asked of a model that learnt the project's messages and the other folds, and of one that learnt the
project's alone; a minute a fold. FILE is what `hizmet train --with` takes.
"""

from __future__ import annotations

import argparse
from operator import eq
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bot.nlu.catalogue import families_of
from bot.nlu.folds import fold_of
from bot.nlu.importer import read_data
from bot.nlu.records import read_departments
from bot.nlu.teaching import as_training_data, read_lesson, taught_pairs
from bot.nlu.training import answers, as_labelled, right_labels, trial


def measure(path: Path, folds: int) -> list[tuple[int, int, int]]:
    """(messages, right without, right with the lesson) of each fold."""
    lesson = read_lesson(path, families_of({}))
    departments = read_departments(path)
    rows = [*lesson.by_service, *lesson.by_department]
    taught = taught_pairs(lesson, departments)
    own = read_data()
    alone = trial(own, quiet=True)
    found: list[tuple[int, int, int]] = []
    for fold in range(folds):
        asked = [row for row in rows if fold_of(row.text, folds) == fold]
        taught_here = [pair for pair in taught if fold_of(pair[0], folds) != fold]
        model = trial(own.merge(as_training_data(taught_here)), quiet=True)
        right, texts = right_labels(asked), [row.text for row in asked]
        without, with_it = (
            sum(map(eq, right, as_labelled(answers(one, texts), asked, departments))) for one in (alone, model)
        )
        found.append((len(asked), without, with_it))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", type=Path)
    parser.add_argument("--folds", type=int, default=5)
    options = parser.parse_args()
    found = measure(options.path, options.folds)
    table = Table("fold", "messages", "right without", "right with the lesson")
    for number, (count, without, with_it) in enumerate(found, 1):
        table.add_row(str(number), str(count), f"{without / count:.1%}", f"{with_it / count:.1%}")
    count, without, with_it = (sum(column) for column in zip(*found, strict=True))
    table.add_row("all", str(count), f"{without / count:.1%}", f"{with_it / count:.1%}")
    Console().print(table)


if __name__ == "__main__":
    main()
