"""A citizen's wish about their data (KVKK art. 11): a copy, or erasure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class WishKind(StrEnum):
    EXPORT = "export"
    ERASE = "erase"


class WishState(StrEnum):
    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


@dataclass(eq=False)
class PrivacyWish:
    """Recorded when confirmed; to be done by `due_at`. `kept` names what legal retention keeps."""

    citizen_id: int
    kind: str
    asked_at: datetime
    due_at: datetime
    conversation_id: int | None = None
    state: str = WishState.OPEN
    done_at: datetime | None = None
    done_by: str | None = None
    kept: str | None = None
    id: int | None = None
