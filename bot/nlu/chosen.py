"""Which model of a folder is in use."""

from __future__ import annotations

from pathlib import Path

from bot.errors import ConfigError

CHOSEN = "current"
"""A file in the models folder that holds the name of the model in use; without it the newest is."""


def model_in_use(models: Path) -> Path:
    """The archive that `hizmet models use` chose, else the newest. Raises ConfigError where there is none."""
    chosen = models / CHOSEN
    if chosen.exists():
        archive = models / chosen.read_text(encoding="utf-8").strip()
        if archive.is_file():
            return archive
    found = sorted(models.glob("*.tar.gz"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise ConfigError("no model: run `hizmet train` first", str(models))
    return found[-1]
