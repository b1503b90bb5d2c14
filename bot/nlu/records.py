"""Reading labelled JSONL files: what a line says, and which lines are broken."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from bot.config import ROOT
from bot.errors import ConfigError

MAP_NAME = "department_map.yml"
SHARED = ROOT.parent / "shared" / "data"
"""Where the map lies that serves files without one beside them."""
ENTITIES = ("neighbourhood", "street", "door_no", "landmark", "tracking_no", "phone")


@dataclass(frozen=True)
class Labelled:
    """One labelled text; what the file does not tell is None, and not in `entities`. `alternatives` are services that
    are as right as the first of `services`."""

    text: str
    act: str | None = None
    services: tuple[str, ...] = ()
    alternatives: tuple[str, ...] = ()
    kind: str | None = None
    department: str | None = None
    entities: Mapping[str, str | None] = field(default_factory=dict)
    urgent: bool | None = None
    sensitive: bool | None = None
    noise: str | None = None
    line: int = 0


@dataclass(frozen=True)
class Broken:
    """A line that cannot be used, and why."""

    line: int
    reason: str


def read_labelled(path: Path) -> tuple[list[Labelled], list[Broken]]:
    """The lines of a JSONL file; broken ones are told by number, the rest goes on. Raises ConfigError."""
    good: list[Labelled] = []
    broken: list[Broken] = []
    for number, line in _lines(path):
        try:
            good.append(_labelled(line, number))
        except ValueError as error:
            broken.append(Broken(number, str(error)))
    return good, broken


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            for number, line in enumerate(file, 1):
                if line.strip():
                    yield number, line
    except OSError as error:
        raise ConfigError(f"cannot be read: {error.strerror}", str(path)) from error


def _labelled(line: str, number: int) -> Labelled:
    row = json.loads(line)
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise ValueError("expected an object with a 'text'")
    for name in ("act", "service", "department", "kind"):
        if row.get(name) is not None and not isinstance(row[name], str):
            raise ValueError(f"'{name}' is not a text")
    services = row.get("services") or ([row["service"]] if row.get("service") else [])
    alternatives = row.get("service_alt") or []
    for name, codes in (("services", services), ("service_alt", alternatives)):
        if not isinstance(codes, list) or not all(isinstance(code, str) for code in codes):
            raise ValueError(f"'{name}' is not a list of codes")
    return Labelled(
        text=row["text"],
        act=row.get("act"),
        services=tuple(services),
        alternatives=tuple(alternatives),
        kind=row.get("kind"),
        department=row.get("department"),
        entities={name: _text(row[name]) for name in ENTITIES if name in row},
        urgent=_flag(row, "urgent"),
        sensitive=_flag(row, "sensitive"),
        noise=row.get("noise"),
        line=number,
    )


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _flag(row: Mapping[str, Any], name: str) -> bool | None:
    return None if row.get(name) is None else bool(row[name])


def read_departments(beside: Path) -> dict[str, str]:
    """Service code to department: from the map `beside` (a YAML file), the one in the folder of a labelled file, or the
    shared one; empty where there is none. Raises ConfigError for a map that cannot be used."""
    named = beside.suffix in (".yml", ".yaml")
    places = [beside] if named else [folder / MAP_NAME for folder in (beside.parent, SHARED)]
    path = next((place for place in places if place.exists()), None)
    if path is None:
        if named:
            raise ConfigError("cannot be read: no such file", str(beside))
        return {}
    listed: Mapping[str, list[str]] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {service: department for department, services in listed.items() for service in services}
