"""The municipality's people at the desk: who they are, how they are logged in, what they keep for themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What somebody may do follows from the role (bot/service/policy.py)."""

    REVIEWER = "reviewer"
    UNIT_STAFF = "unit_staff"
    SUPERVISOR = "supervisor"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


@dataclass(eq=False)
class StaffUser:
    """A person of the staff; `unit` binds unit staff to their directorate. `totp_secret` is sealed."""

    username: str
    name: str
    role: str
    created_at: datetime
    unit: str | None = None
    email: str | None = None
    password_hash: str | None = None
    totp_secret: str | None = None
    totp_last: int | None = None
    oidc_subject: str | None = None
    language: str = "tr"
    active: bool = True
    failed_logins: int = 0
    locked_until: datetime | None = None
    id: int | None = None

    @property
    def actor(self) -> str:
        """The name that history and audit keep."""
        return f"staff:{self.username}"


@dataclass(eq=False)
class StaffSession:
    """One browser in which somebody is logged in; only the token's hash is kept. `csrf` guards its forms."""

    token_hash: str
    staff_id: int
    csrf: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    agent: str = ""
    address: str = ""
    revoked_at: datetime | None = None
    id: int | None = None


class LinkPurpose(StrEnum):
    SETUP = "setup"
    INVITATION = "invitation"
    RESET = "reset"


@dataclass(eq=False)
class OneTimeLink:
    """A link that works once: the first set-up, an invitation (`role`, `unit`), a new password (`staff_id`)."""

    token_hash: str
    purpose: str
    created_at: datetime
    expires_at: datetime
    created_by: str
    staff_id: int | None = None
    role: str | None = None
    unit: str | None = None
    email: str | None = None
    used_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class ApiToken:
    """A program's key to the JSON API; `unit` binds it to one directorate, `writes` lets it change things."""

    token_hash: str
    name: str
    created_at: datetime
    created_by: str
    unit: str | None = None
    writes: bool = False
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class SavedView:
    """A query of a page that somebody wants back by a name; `staff_id` None: for everybody."""

    page: str
    name: str
    query: str
    created_at: datetime
    staff_id: int | None = None
    id: int | None = None


@dataclass(eq=False)
class CannedReply:
    """A reply that the team uses again; {placeholders} are filled when it is chosen."""

    title: str
    text: str
    created_at: datetime
    created_by: str
    service: str | None = None
    status: str | None = None
    archived_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class InternalNote:
    """What the team tells itself about a conversation; the citizen never sees it. `text` is None after erasure."""

    conversation_id: int
    author: str
    text: str | None
    at: datetime
    id: int | None = None
