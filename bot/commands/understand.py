"""`hizmet parse` and `hizmet evaluate`: the understanding alone, without the dialogue."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rich.console import Console

from bot.bootstrap.wiring import municipality_of
from bot.config import Settings
from bot.evaluation.evaluate import evaluate as measure
from bot.evaluation.tables import print_result
from bot.nlu.chosen import model_in_use
from bot.nlu.loading import Interpreter
from bot.nlu.parse_json import parse_object


def parse(settings: Settings) -> None:
    """Read stdin line by line; a broken JSON line is taken as plain text."""
    interpreter = Interpreter.load(model_in_use(settings.models))
    municipality = municipality_of(settings.municipality)
    for line in sys.stdin:
        text = _text(line.rstrip("\n"))
        print(json.dumps(parse_object(interpreter.parse(text), municipality), ensure_ascii=False), flush=True)


def _text(line: str) -> str:
    if line.lstrip().startswith("{"):
        try:
            return str(json.loads(line)["text"])
        except (ValueError, KeyError, TypeError):
            return line
    return line


def evaluate(settings: Settings, file: Path, html: Path | None) -> None:
    """Tables on the terminal, and a page with plots where `html` is given."""
    print_result(measure(file, model_in_use(settings.models), html), Console())
    if html is not None:
        print(f"the page: {html}")
