"""`hizmet doctor` and `hizmet db …`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from bot.config import Settings
from bot.db.migrate import upgrade as migrate
from bot.nlu.chosen import model_in_use
from bot.operations.backup import backup as write_backup
from bot.operations.backup import restore as read_backup
from bot.operations.doctor import examine, healthy, show

out = Console()


def doctor(settings: Settings) -> bool:
    """Check everything; False where something must be mended."""
    findings = list(examine(settings, lambda: model_in_use(settings.models)))
    show(findings, out)
    return healthy(findings)


def upgrade(settings: Settings) -> None:
    out.print(f"the database is at revision {migrate(settings.database)}")


def backup(settings: Settings, target: Path) -> None:
    out.print(f"{write_backup(settings, target)} → {target}", highlight=False)


def restore(settings: Settings, source: Path, force: bool) -> None:
    out.print(f"{read_backup(settings, source, force)} ← {source}", highlight=False)
