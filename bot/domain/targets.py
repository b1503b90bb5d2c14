"""How soon somebody of the team should have looked at what needs a person; the municipality's file sets it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class ReviewTargets:
    """`urgent` runs around the clock; `handover` and `other` are working time."""

    urgent: timedelta = timedelta(minutes=15)
    handover: timedelta = timedelta(hours=2)
    other: timedelta = timedelta(hours=9)
