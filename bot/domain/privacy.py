"""A citizen's wish about their data (KVKK art. 11): a copy, or erasure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

ACCOUNTS_JOINED = "accounts_joined"
"""In the audit: the object became one citizen with the actor."""


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


@dataclass(frozen=True)
class CitizenCopy:
    """All that is kept of a citizen: rows by kind, and the hashes of the files."""

    citizen_id: int
    records: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def files(self) -> Mapping[str, str]:
        """Names of the files by hash."""
        return {file["sha256"]: file["name"] for file in self.records["files"]}
