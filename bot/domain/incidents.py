"""Known incidents: what staff announce for a service and an area until a time, and who reported it meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(eq=False)
class Incident:
    """`neighbourhoods` empty: everywhere. In force from `starts_at` until `until` or `ended_at`."""

    service: str
    neighbourhoods: list[str]
    text: str
    starts_at: datetime
    until: datetime
    created_by: str
    created_at: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    reports: int = 0
    id: int | None = None

    def covers(self, neighbourhood: str | None) -> bool:
        return not self.neighbourhoods or neighbourhood in self.neighbourhoods


@dataclass(eq=False)
class IncidentReport:
    """A citizen who reported what is announced already: counted once."""

    incident_id: int
    citizen_id: int
    conversation_id: int
    at: datetime
    id: int | None = None
