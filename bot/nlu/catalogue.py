"""What the components need of the municipality's file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bot.config import load_settings
from bot.municipality import load_municipality


def municipality_path(config: Mapping[str, Any]) -> Path:
    """The municipality's file: what the component's configuration says, else the setting."""
    return Path(config["municipality"]) if config.get("municipality") else load_settings().municipality


def families_of(config: Mapping[str, Any]) -> dict[str, str]:
    """Who is responsible for each service (unit or other body): easier to tell than which service it is."""
    municipality = load_municipality(municipality_path(config))
    return {code: municipality.responsible(code) for code in municipality.services}
