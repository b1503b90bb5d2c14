"""The figures of `evaluate` as text tables in the terminal."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table


def print_result(result: dict[str, Any], console: Console) -> None:
    """All tables; parts without labels in the file are left out."""
    console.print(_summary(result))
    if result["entities"]:
        console.print(_entities(result["entities"]))
    console.print(_noise(result))
    for name in ("act", "service", "department"):
        if name in result:
            console.print(_classes(name, result[name]))
            if result[name]["confusions"]:
                console.print(_confusions(name, result[name]["confusions"]))
    for line in result.get("broken", ()):
        console.print(f"line {line['line']}: {line['reason']}", style="red", markup=False)


def _percent(value: float | None) -> str:
    return "–" if value is None else f"{100 * value:.1f} %"


def _summary(result: dict[str, Any]) -> Table:
    table = Table("measure", "value", "of", title=f"{result['count']} texts")
    for name in ("act", "service", "kind", "department"):
        if name in result:
            table.add_row(f"{name} accuracy", _percent(result[name]["accuracy"]), str(result[name]["count"]))
            table.add_row(f"{name} macro F1", _percent(result[name]["macro_f1"]), "")
    if "service" in result:
        service = result["service"]
        table.add_row("service among the first three", _percent(service["listed"]), "")
        table.add_row("service calibration error", f"{service['calibration_error']:.3f}", "")
        table.add_row("service precision at 85 % coverage", _percent(service["precision_at_coverage"]), "")
    for name, flag in result["flags"].items():
        if flag["support"]:
            table.add_row(f"{name} recall", _percent(flag["recall"]), str(flag["support"]))
            table.add_row(f"{name} precision", _percent(flag["precision"]), "")
    several = result["several"]
    if several["count"]:
        table.add_row("all problems found", _percent(several["found"]), str(several["count"]))
    if several["split_wrongly"] is not None:
        table.add_row("single ones split", _percent(several["split_wrongly"]), "")
    times = result["milliseconds"]
    table.add_row("parse p50 / p95 / max", f"{times['p50']:.1f} / {times['p95']:.1f} / {times['max']:.1f} ms", "")
    return table


def _entities(entities: dict[str, Any]) -> Table:
    table = Table("entity", "precision", "recall", "F1", "of", title="entities")
    for name, score in entities.items():
        table.add_row(name, *(_percent(score[key]) for key in ("precision", "recall", "f1")), str(score["support"]))
    return table


def _noise(result: dict[str, Any]) -> Table:
    table = Table("noise", "texts", "act", "service", title="by noise (made: the same texts spoilt by the command)")
    for name, figures in result["noise"].items():
        table.add_row(name, str(figures["count"]), _percent(figures["act"]), _percent(figures["service"]))
    for name, figures in result["made_noise"].items():
        table.add_row(f"made: {name}", str(result["count"]), _percent(figures["act"]), _percent(figures["service"]))
    return table


def _classes(name: str, figures: dict[str, Any]) -> Table:
    table = Table(name, "precision", "recall", "F1", "of", title=f"{name} by class")
    for score in figures["classes"]:
        table.add_row(
            score["label"], *(_percent(score[key]) for key in ("precision", "recall", "f1")), str(score["support"])
        )
    return table


def _confusions(name: str, confusions: list[tuple[str, str, int]]) -> Table:
    table = Table("right", "said", "times", title=f"{name}: commonest confusions")
    for right, said, times in confusions:
        table.add_row(right, said, str(times))
    return table
