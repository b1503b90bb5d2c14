"""`hizmet bench --desk`."""

from __future__ import annotations

import json
import os
from dataclasses import asdict

from rich.console import Console
from rich.table import Table

from bot.config import Settings
from bot.rehearsal.desk_load import TARGET_MS, Answered, DeskLoad


def run(settings: Settings, as_json: bool) -> None:
    """The times of every page on both databases; `as_json` prints one object."""
    progress = Console(stderr=True)
    before = os.getloadavg()[0]
    answered = DeskLoad(settings, said=lambda text: progress.print(f"… {text}")).run()
    if as_json:
        print(json.dumps({name: {page: asdict(row) for page, row in rows.items()} for name, rows in answered.items()}))
        return
    for name, rows in answered.items():
        Console().print(_table(name, rows))
    Console().print(f"{os.cpu_count()} cores; load average {before:.1f} before, {os.getloadavg()[0]:.1f} after")


def _table(name: str, rows: dict[str, Answered]) -> Table:
    table = Table("page", "answers", "p50 (ms)", "p95 (ms)", "worst (ms)", f"p95 < {TARGET_MS:.0f}", title=name)
    for page, row in rows.items():
        told = "yes" if row.good else f"no ({row.failed} of {row.number} failed)" if row.failed else "no"
        table.add_row(page, str(row.number), f"{row.median:.0f}", f"{row.p95:.0f}", f"{row.worst:.0f}", told)
    return table
