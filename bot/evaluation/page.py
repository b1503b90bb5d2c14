"""The figures of `evaluate` as one HTML page that needs nothing else: tables, and plots as SVG inside."""

from __future__ import annotations

import html as markup
import importlib
import io
from pathlib import Path
from typing import Any

from rich.console import Console

from bot.evaluation.tables import print_result

_STYLE = "body{font:15px system-ui;margin:2rem auto;max-width:70rem;padding:0 1rem}pre{line-height:1.2;overflow:auto}"


def write_page(result: dict[str, Any], path: Path) -> None:
    """Write the page."""
    console = Console(record=True, file=io.StringIO(), width=110)
    print_result(result, console)
    tables = console.export_text()
    plots = [_plot(kind, result) for kind in (_draw_reliability, _draw_coverage) if "service" in result]
    plots += [_plot(_confusion_of(name), result) for name in ("act", "service", "department") if name in result]
    title = markup.escape(f"{result.get('model')}: {result.get('file')}")
    body = "\n".join(f"<figure>{plot}</figure>" for plot in plots)
    page = f"<!doctype html><meta charset=utf-8><title>{title}</title><style>{_STYLE}</style><h1>{title}</h1>"
    path.write_text(f"{page}\n{body}\n<pre>{markup.escape(tables)}</pre>\n", encoding="utf-8")


def _plot(draw: Any, result: dict[str, Any]) -> str:
    """The SVG of one plot; matplotlib is loaded only here, it costs a second."""
    figures = importlib.import_module("matplotlib.figure")
    figure = figures.Figure(figsize=(7, 5), layout="tight")
    draw(figure, result)
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", metadata={"Date": None})
    text = buffer.getvalue()
    return text[text.index("<svg") :]


def _draw_reliability(figure: Any, result: dict[str, Any]) -> None:
    service = result["service"]
    axes = figure.subplots()
    axes.plot([0, 1], [0, 1], color="grey", linestyle=":")
    axes.plot(
        [point[0] for point in service["reliability"]], [point[1] for point in service["reliability"]], marker="o"
    )
    axes.set(
        title=f"service: reliability (calibration error {service['calibration_error']:.3f})",
        xlabel="confidence",
        ylabel="share right",
        xlim=(0, 1),
        ylim=(0, 1.02),
    )


def _draw_coverage(figure: Any, result: dict[str, Any]) -> None:
    curve = result["service"]["coverage"]
    axes = figure.subplots()
    axes.plot([point[0] for point in curve], [point[1] for point in curve])
    axes.set(title="service: precision of the surest answers", xlabel="coverage", ylabel="precision", xlim=(0, 1))


def _confusion_of(name: str) -> Any:
    def draw(figure: Any, result: dict[str, Any]) -> None:
        wrong = result[name]["confusions"][:12][::-1]
        axes = figure.subplots()
        axes.barh([f"{right} → {said}" for right, said, _ in wrong], [times for _, _, times in wrong])
        axes.set(title=f"{name}: right → said", xlabel="times")

    return draw
