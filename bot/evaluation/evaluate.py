"""Measuring a model on a labelled file: one dictionary of figures, from which table and page are made."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Protocol

from rich.progress import track

from bot.config import load_settings
from bot.domain.understanding import Act, Understanding
from bot.evaluation.page import write_page
from bot.nlu import measures
from bot.nlu.loading import Interpreter
from bot.nlu.measures import Pair
from bot.nlu.noise import spoil
from bot.nlu.records import ENTITIES, Labelled, read_departments, read_labelled

MADE_NOISES = ("ascii", "caps", "typos")
ASK_BELOW = 0.85  # the coverage at which the issue wants precision told


class Parser(Protocol):
    """Anything that understands a text."""

    def parse(self, text: str) -> Understanding: ...


def evaluate(file: Path, model: Path | None = None, html: Path | None = None, quiet: bool = False) -> dict[str, Any]:
    """All measures of the model (an archive, or a folder's model in use) on a JSONL file; `html` is a page to write.

    Raises ConfigError where the file or the model is missing.
    """
    labelled, broken = read_labelled(file)
    interpreter = Interpreter.load(model or load_settings().models)
    result = measure(interpreter, labelled, read_departments(file), quiet=quiet)
    result["file"], result["broken"] = str(file), [asdict(line) for line in broken]
    result["model"] = interpreter.archive.name if interpreter.archive else None
    if html:
        write_page(result, html)
    return result


def measure(
    parser: Parser, labelled: Sequence[Labelled], departments: dict[str, str], quiet: bool = True
) -> dict[str, Any]:
    """The figures; a part is missing where the file has no such labels."""
    said, times = [], []
    for row in track(labelled, description="parsing", disable=quiet):
        begin = time.perf_counter()
        said.append(parser.parse(row.text))
        times.append(time.perf_counter() - begin)
    result: dict[str, Any] = {"count": len(labelled), "milliseconds": _times(times)}
    result.update(_classes(labelled, said, departments))
    result["entities"] = _entities(labelled, said)
    result["flags"] = {name: _flag(labelled, said, name) for name in ("urgent", "sensitive")}
    result["several"] = _several(labelled, said)
    result["noise"] = _by_noise(labelled, said)
    result["made_noise"] = {
        noise: _short(labelled, [parser.parse(spoil(row.text, noise, seed)) for seed, row in enumerate(labelled)])
        for noise in MADE_NOISES
    }
    return result


def _classes(
    labelled: Sequence[Labelled], said: Sequence[Understanding], departments: dict[str, str]
) -> dict[str, Any]:
    acts: list[Pair] = [(row.act, one.act.value) for row, one in zip(labelled, said, strict=True) if row.act]
    kinds: list[Pair] = [
        (row.kind, one.problems[0].kind.value if one.problems else None)
        for row, one in zip(labelled, said, strict=True)
        if row.kind and row.act == Act.REPORT
    ]
    result = {"act": _label_figures(acts), "kind": _label_figures(kinds)}
    result["service"] = _service_figures([pair for pair in zip(labelled, said, strict=True) if pair[0].services])
    if departments:
        pairs: list[Pair] = [
            (row.department, departments.get(one.service or ""))
            for row, one in zip(labelled, said, strict=True)
            if row.department
        ]
        result["department"] = _label_figures(pairs)
    return {name: figures for name, figures in result.items() if figures}


def _label_figures(pairs: Sequence[Pair]) -> dict[str, Any]:
    if not pairs:
        return {}
    return {
        "count": len(pairs),
        "accuracy": measures.accuracy(pairs),
        "macro_f1": measures.macro_f1(pairs),
        "classes": [asdict(score) for score in measures.class_scores(pairs)],
        "confusions": measures.confusions(pairs),
    }


def _service_figures(rows: Sequence[tuple[Labelled, Understanding]]) -> dict[str, Any]:
    """`accuracy` counts the first service, right where it is the label or one that the file lists beside it; `listed`
    also counts the three that would be offered as buttons."""
    pairs = [(right_service(row, said), said.service) for row, said in rows]
    figures = _label_figures(pairs)
    if not figures:
        return {}
    answers = [
        (said.service_confidence, right == said.service) for (right, _), (_, said) in zip(pairs, rows, strict=True)
    ]
    listed = [not listed_services(said).isdisjoint((row.services[0], *row.alternatives)) for row, said in rows]
    figures["listed"] = sum(listed) / len(listed)
    figures["calibration_error"] = measures.calibration_error(answers)
    figures["reliability"] = measures.reliability(answers)
    figures["coverage"] = measures.coverage_curve(answers)
    figures["precision_at_coverage"] = measures.precision_at(answers, ASK_BELOW)
    return figures


def right_service(row: Labelled, said: Understanding) -> str:
    """The label; where the answer is listed as just as right, the answer."""
    return said.service if said.service in row.alternatives and said.service else row.services[0]


def listed_services(said: Understanding, limit: int = 3) -> set[str]:
    """The first services of every problem found."""
    return {entry.label for problem in said.problems for entry in problem.services[:limit]}


def _entities(labelled: Sequence[Labelled], said: Sequence[Understanding]) -> dict[str, Any]:
    result = {}
    for name in ENTITIES:
        pairs = [
            (row.entities[name], _value(one, name))
            for row, one in zip(labelled, said, strict=True)
            if name in row.entities
        ]
        if any(right is not None for right, _ in pairs):
            result[name] = asdict(measures.entity_score(pairs))
    return result


def _value(said: Understanding, name: str) -> str | None:
    value: str | None = getattr(said if name in ("tracking_no", "phone") else said.place, name)
    return value


def _flag(labelled: Sequence[Labelled], said: Sequence[Understanding], name: str) -> dict[str, Any]:
    pairs = [(getattr(row, name), getattr(one, name)) for row, one in zip(labelled, said, strict=True)]
    known = [(right, flag) for right, flag in pairs if right is not None]
    right = sum(wanted for wanted, _ in known)
    both, flagged = sum(wanted and flag for wanted, flag in known), sum(flag for _, flag in known)
    return {
        "support": right,
        "recall": both / right if right else None,
        "precision": both / flagged if flagged else None,
    }


def _several(labelled: Sequence[Labelled], said: Sequence[Understanding]) -> dict[str, Any]:
    """`found`: all services of messages with two or more were named; `split_wrongly`: single ones taken apart."""
    rows = [pair for pair in zip(labelled, said, strict=True) if pair[0].services and pair[0].act == Act.REPORT]
    several = [pair for pair in rows if len(pair[0].services) > 1]
    single = [pair for pair in rows if len(pair[0].services) == 1]
    found = sum(
        set(row.services) <= {problem.services[0].label for problem in one.problems if problem.services}
        for row, one in several
    )
    wrong = sum(len(one.problems) > 1 for _, one in single)
    return {
        "count": len(several),
        "found": found / len(several) if several else None,
        "split_wrongly": wrong / len(single) if single else None,
    }


def _by_noise(labelled: Sequence[Labelled], said: Sequence[Understanding]) -> dict[str, Any]:
    result = {}
    for noise in sorted({row.noise for row in labelled if row.noise}):
        chosen = [pair for pair in zip(labelled, said, strict=True) if pair[0].noise == noise]
        result[noise] = {"count": len(chosen), **_short([row for row, _ in chosen], [one for _, one in chosen])}
    return result


def _short(labelled: Sequence[Labelled], said: Sequence[Understanding]) -> dict[str, float | None]:
    """Act and service accuracy alone."""
    rows = list(zip(labelled, said, strict=True))

    def share(pairs: list[Pair]) -> float | None:
        return measures.accuracy(pairs) if pairs else None

    return {
        "act": share([(row.act, one.act.value) for row, one in rows if row.act]),
        "service": share([(right_service(row, one), one.service) for row, one in rows if row.services]),
    }


def _times(times: list[float]) -> dict[str, float]:
    ordered = sorted(times) or [0.0]
    pick: Callable[[float], float] = lambda share: 1000 * ordered[min(len(ordered) - 1, int(share * len(ordered)))]  # noqa: E731
    return {"p50": pick(0.5), "p95": pick(0.95), "max": 1000 * ordered[-1]}
