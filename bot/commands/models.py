"""`hizmet train` and `hizmet models …`."""

from __future__ import annotations

import logging
from pathlib import Path

from rich.console import Console
from rich.logging import RichHandler
from rich.table import Table

from bot.bootstrap.wiring import municipality_of
from bot.config import Settings
from bot.errors import UserError
from bot.nlu.models import list_models, use_model
from bot.nlu.training import train_model

out = Console()


def train(settings: Settings, lesson: Path | None) -> None:
    """Train and take into use. Raises UserError where the new model knows a class less well; the old one stays."""
    municipality = municipality_of(settings.municipality)
    _tell_steps()
    outcome = train_model(settings.models, municipality.services.keys(), lesson)
    for broken in outcome.broken:
        out.print(f"line {broken.line}: {broken.reason}; left out", style="yellow", markup=False)
    if outcome.archive is None:
        table = Table(
            "service", "F1 before", "F1 after", "held out", title="Refused: the new model knows these less well"
        )
        for fall in outcome.falls:
            table.add_row(fall.label, f"{fall.before:.2f}", f"{fall.after:.2f}", str(fall.support))
        out.print(table)
        raise UserError("model_refused", classes=", ".join(fall.label for fall in outcome.falls))
    for name, share in outcome.accuracy.items():
        out.print(f"held-out accuracy {name}: {share:.1%}", highlight=False)
    out.print(f"trained: {outcome.archive.name}", highlight=False)


def _tell_steps() -> None:
    """Show what the components say while they learn."""
    steps = logging.getLogger("bot.nlu.component")
    steps.setLevel(logging.INFO)
    steps.addHandler(RichHandler(console=Console(stderr=True), show_path=False, show_level=False))
    steps.propagate = False


def show_list(settings: Settings) -> None:
    """All models, newest first."""
    table = Table("", "model", "made", "MB")
    for model in list_models(settings.models):
        made = f"{model.made_at.astimezone():%Y-%m-%d %H:%M}"
        table.add_row("*" if model.in_use else "", model.name, made, f"{model.size / 1e6:.1f}")
    out.print(table)


def use(settings: Settings, name: str) -> None:
    out.print(f"in use from the next start on: {use_model(settings.models, name).name}", highlight=False)
