"""A request (başvuru): what a citizen wants done, where, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Status(StrEnum):
    """Where a request stands; bot/domain/workflow.py says which step may follow which."""

    RECEIVED = "received"
    ASSIGNED = "assigned"
    IN_PROGRESS = "in_progress"
    RESOLVED = "resolved"
    REJECTED = "rejected"
    FORWARDED = "forwarded"
    CANCELLED = "cancelled"
    DUPLICATE = "duplicate"
    REOPENED = "reopened"


class Kind(StrEnum):
    """What the citizen means by it."""

    COMPLAINT = "complaint"
    REQUEST = "request"
    SUGGESTION = "suggestion"
    THANKS = "thanks"
    INFORMATION = "information"


class Priority(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


@dataclass(frozen=True)
class Place:
    """Where: official neighbourhood name, normal forms of street and door, position in degrees (WGS 84)."""

    neighbourhood: str | None = None
    district: str | None = None
    street: str | None = None
    door_no: str | None = None
    landmark: str | None = None
    latitude: float | None = None
    longitude: float | None = None

    @property
    def known(self) -> bool:
        """True where a neighbourhood or a position is there: enough to file."""
        return self.neighbourhood is not None or self.latitude is not None

    @property
    def detailed(self) -> bool:
        """True where nothing more needs to be asked."""
        return self.street is not None or self.landmark is not None or self.latitude is not None

    @property
    def position(self) -> tuple[float, float] | None:
        """(latitude, longitude)."""
        return None if self.latitude is None or self.longitude is None else (self.latitude, self.longitude)

    def merged(self, newer: Place) -> Place:
        """This place with every part that `newer` knows taken from it."""
        values = {name: getattr(newer, name) or getattr(self, name) for name in self.__dataclass_fields__}
        if newer.neighbourhood and newer.neighbourhood != self.neighbourhood:
            values["district"] = newer.district
        return Place(**values)


@dataclass(eq=False)
class Request:
    """One row of the request database. Changed only through bot/service/requests.py."""

    tracking_no: str
    year: int
    number: int
    filing_key: str
    citizen_id: int | None
    conversation_id: int | None
    service: str
    kind: str
    unit: str | None
    body: str | None
    description: str
    channel: str
    created_at: datetime
    updated_at: datetime
    due_at: datetime | None = None
    neighbourhood: str | None = None
    district: str | None = None
    street: str | None = None
    door_no: str | None = None
    landmark: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    contact: str | None = None
    priority: str = Priority.NORMAL
    status: str = Status.RECEIVED
    sensitive: bool = False
    confidence: float | None = None
    rating: int | None = None
    reopened_count: int = 0
    linked_to: int | None = None
    duplicate_of: int | None = None
    access_code: str = ""
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    version: int = 1
    id: int | None = None

    @property
    def place(self) -> Place:
        return Place(**{name: getattr(self, name) for name in Place.__dataclass_fields__})


@dataclass(eq=False)
class HistoryEntry:
    """Append-only: who did what to a request, and why. The words of `why` lie in a Note that can be erased."""

    request_id: int
    at: datetime
    actor: str
    action: str
    from_status: str | None = None
    to_status: str | None = None
    reason: str | None = None
    note_id: int | None = None
    note_hash: str | None = None
    id: int | None = None


@dataclass(eq=False)
class Note:
    """Free text of staff or citizen beside a request; `text` is None after erasure."""

    request_id: int
    kind: str
    text: str | None
    at: datetime
    id: int | None = None


@dataclass(eq=False)
class Follower:
    """Another citizen who reported the same thing and is told when it is solved."""

    request_id: int
    citizen_id: int
    conversation_id: int
    at: datetime
    rating: int | None = None
    id: int | None = None


@dataclass(eq=False)
class Attachment:
    """A file that a citizen or the staff added; the bytes lie on disk under `sha256`."""

    sha256: str
    mime: str
    size: int
    name: str
    kind: str
    at: datetime
    conversation_id: int | None = None
    request_id: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    id: int | None = None


@dataclass(frozen=True)
class Filing:
    """All that is needed to file a request; `key` makes filing the same draft twice impossible."""

    key: str
    service: str
    kind: Kind
    description: str
    place: Place = field(default_factory=Place)
    urgent: bool = False
    sensitive: bool = False
    confidence: float | None = None
    contact: str | None = None
    attachment_ids: tuple[int, ...] = ()
    linked_to: int | None = None


MOST_PROBLEMS = 16
"""So many problems of one message are told apart at most."""


def keys_beside(filing_key: str) -> tuple[str, ...]:
    """The filing keys that other problems of the same message have: '12.1' beside '12.0'."""
    message, dot, index = filing_key.partition(".")
    if not (dot and message.isdecimal() and index.isdecimal()):
        return ()
    keys = (f"{message}.{other}" for other in range(MOST_PROBLEMS))
    return tuple(key for key in keys if key != filing_key)
