"""What a check of the doctor answers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, what was found, and how to mend it (empty where nothing is to be done)."""

    check: str
    level: Level
    found: str
    mend: str = ""


def ok(check: str, found: str) -> Finding:
    return Finding(check, Level.OK, found)


def warn(check: str, found: str, mend: str) -> Finding:
    return Finding(check, Level.WARN, found, mend)


def fail(check: str, found: str, mend: str) -> Finding:
    return Finding(check, Level.FAIL, found, mend)
