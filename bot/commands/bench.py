"""`hizmet bench`."""

from __future__ import annotations

import json

from rich.console import Console
from rich.table import Table

from bot.bootstrap.dialogue import load_engine
from bot.config import Settings
from bot.rehearsal.bench import Bench

WHAT = {
    "sqlite_1": "durable turns a second, SQLite, one dialogue process",
    "postgres_1": "durable turns a second, PostgreSQL, one dialogue process",
    "postgres_2": "durable turns a second, PostgreSQL, two dialogue processes",
    "p50_ms": "may begin → commit at 20 turns a second, median (ms)",
    "p95_ms": "may begin → commit at 20 turns a second, 95 % (ms)",
    "turn_200_over_5": "cost of turn 200 of a conversation over turn 5",
    "rss_mb": "memory of a dialogue process (MB)",
    "ready_seconds": "start until the dialogue is ready (s)",
}


def run(settings: Settings, as_json: bool) -> None:
    """All figures, with what is under way on stderr; `as_json` prints one object last."""
    progress = Console(stderr=True)
    engine = load_engine(settings)
    figures = Bench(settings, engine, lambda text: progress.print(f"… {text}")).run()
    if as_json:
        print(json.dumps(figures))
        return
    table = Table("figure", "", "what")
    for name, value in figures.items():
        table.add_row(name, f"{value:g}", WHAT[name])
    Console().print(table)
