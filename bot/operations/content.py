"""The doctor's checks of what is not code: the municipality's file, its holidays, the trained model."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import yaml

from bot.errors import ConfigError
from bot.municipality import Municipality, load_municipality
from bot.operations.findings import Finding, fail, ok, warn

HOLIDAYS_AHEAD = timedelta(days=60)
_TRAIN = "train anew: hizmet train"


def check_municipality(path: Path) -> tuple[Finding, Municipality | None]:
    """The finding, and what was read."""
    try:
        municipality = load_municipality(path)
    except ConfigError as error:
        return fail("municipality", str(error), "mend the file at that line, or set HIZMET_MUNICIPALITY"), None
    found = (
        f"{municipality.name}: {len(municipality.services)} services, {len(municipality.neighbourhoods)} neighbourhoods"
    )
    return ok("municipality", found), municipality


def check_holidays(municipality: Municipality, today: date) -> Finding:
    """Warn before the list of holidays ends: after it, due times and 'when you will be answered' are wrong."""
    last = municipality.holidays_end()
    mend = "add the next year's official holidays to `holidays` in the municipality's file"
    if last is None:
        return warn("holidays", "none are listed", mend)
    if last < today:
        return fail("holidays", f"the list ended on {last}", mend)
    if last - today < HOLIDAYS_AHEAD:
        return warn("holidays", f"the list ends on {last}", mend)
    return ok("holidays", f"listed until {last}")


def check_model(find: Callable[[], Path], domain: Path) -> Finding:
    """A model is there, can be read, and was trained for the domain of today. `find` raises ConfigError for none."""
    try:
        model = find()
        trained = _trained_domain(model)
        written = yaml.safe_load(domain.read_text(encoding="utf-8"))
    except ConfigError as error:
        return fail("model", str(error), _TRAIN)
    except (OSError, KeyError, ValueError, tarfile.TarError, yaml.YAMLError) as error:
        return fail(
            "model", f"cannot be read: {type(error).__name__}", f"{_TRAIN}, or choose another: hizmet models use"
        )
    missing = {part: sorted(_names(written, part) ^ _names(trained, part)) for part in ("intents", "actions")}
    differing = [name for names in missing.values() for name in names]
    if differing:
        listed = ", ".join(differing[:5]) + (" …" if len(differing) > 5 else "")
        return fail("model", f"{model.name} was trained for another domain ({listed})", _TRAIN)
    return ok("model", model.name)


def _trained_domain(model: Path) -> Mapping[str, Any]:
    with tarfile.open(model) as archive:
        member = archive.extractfile("metadata.json")
        assert member is not None, "metadata.json is a file"
        domain: Mapping[str, Any] = json.load(member)["domain"]
        return domain


def _names(domain: Mapping[str, Any], part: str) -> set[str]:
    """Intents and actions may carry settings: then they are mappings with one key."""
    return {next(iter(item)) if isinstance(item, dict) else str(item) for item in domain.get(part) or ()}
