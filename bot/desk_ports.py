"""What staff, privacy and the channels' keys need of the database, as Protocols; `bot.ports.UnitOfWork` holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from bot.domain.incidents import Incident, IncidentReport
from bot.domain.privacy import PrivacyWish
from bot.domain.requests import Request
from bot.domain.staff import ApiToken, CannedReply, InternalNote, OneTimeLink, SavedView, StaffSession, StaffUser


class Staff(Protocol):
    def add(
        self, entity: StaffUser | StaffSession | OneTimeLink | ApiToken | SavedView | CannedReply | InternalNote
    ) -> None: ...

    def remove(self, entity: SavedView) -> None: ...

    def get(self, staff_id: int, lock: bool = False) -> StaffUser | None: ...

    def by_username(self, username: str, lock: bool = False) -> StaffUser | None: ...

    def by_oidc_subject(self, subject: str) -> StaffUser | None: ...

    def all(self) -> Sequence[StaffUser]: ...

    def administrators(self) -> Sequence[StaffUser]:
        """Those who are active, locked until the transaction ends."""
        ...

    def any(self) -> bool: ...

    def session_of(self, token_hash: str) -> tuple[StaffSession, StaffUser] | None: ...

    def sessions_of(self, staff_id: int, now: datetime) -> Sequence[StaffSession]:
        """Those that are not over, newest first."""
        ...

    def revoke_sessions(self, staff_id: int, now: datetime, but: int | None = None) -> None:
        """End all sessions of somebody, except the one with the id `but`."""
        ...

    def link(self, token_hash: str, lock: bool = False) -> OneTimeLink | None: ...

    def open_links(self, now: datetime) -> Sequence[OneTimeLink]: ...

    def token(self, token_hash: str) -> ApiToken | None: ...

    def tokens(self) -> Sequence[ApiToken]: ...

    def views(self, staff_id: int, page: str) -> Sequence[SavedView]: ...

    def canned(self) -> Sequence[CannedReply]: ...


class Incidents(Protocol):
    def add(self, incident: Incident) -> None: ...

    def get(self, incident_id: int, lock: bool = False) -> Incident | None: ...

    def in_force(self, now: datetime, service: str | None = None) -> Sequence[Incident]:
        """Begun, not over and not ended, newest first."""
        ...

    def newest(self, limit: int = 50) -> Sequence[Incident]: ...

    def count(self, report: IncidentReport) -> bool:
        """Add a citizen's report to its incident; False where the citizen was counted before."""
        ...


class Switches(Protocol):
    """What staff switch while the system runs."""

    def get(self, name: str) -> str | None: ...

    def set(self, name: str, value: str, now: datetime, actor: str) -> None: ...


class Credentials(Protocol):
    """A channel's keys, sealed: nothing readable reaches the database."""

    def get(self, name: str) -> str | None: ...

    def put(self, name: str, sealed: str, now: datetime) -> None: ...


class Privacy(Protocol):
    def add(self, wish: PrivacyWish) -> None: ...

    def open_wishes(self) -> Sequence[PrivacyWish]:
        """The most urgent first."""
        ...

    def open_of(self, citizen_id: int) -> Sequence[PrivacyWish]: ...

    def requests_of(self, citizen_id: int) -> Sequence[Request]:
        """The citizen's requests that still have words, oldest first, without a limit."""
        ...

    def words_of(self, request_id: int, citizen_id: int) -> str | None:
        """What the citizen wrote when joining the request."""
        ...

    def busy(self, conversation_ids: Sequence[int]) -> bool:
        """Whether a message of theirs waits for its turn or is being sent."""
        ...

    def told(self, key: str) -> Sequence[tuple[str, datetime]]:
        """State and time of each outbox row whose key begins with `key`."""
        ...

    def in_use(self, hashes: Sequence[str]) -> frozenset[str]:
        """Those of the files that an attachment still names."""
        ...

    def requests_over(
        self, before: datetime, services: Sequence[str] | None = None, but: Sequence[str] = (), limit: int = 500
    ) -> Sequence[Request]:
        """Ended before then, of these services (None: of all but `but`), still with words."""
        ...

    def conversations_over(self, before: datetime, limit: int = 500) -> Sequence[int]:
        """Nothing said since then nor waiting, no open request (followed neither), not forgotten yet; locked."""
        ...

    def requests_with_files_of(self, conversation_ids: Sequence[int]) -> Sequence[int]:
        """Requests that still have words and hold files of these conversations."""
        ...

    def everything(self, citizen_id: int) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        """The citizen's rows by kind, for a copy."""
        ...


class Forgetting(Protocol):
    """Takes personal data out of rows. What is returned are hashes of files that lost their row."""

    def requests(self, gone: Sequence[Request], now: datetime) -> Sequence[str]: ...

    def conversations(self, ids: Sequence[int], kept_requests: Sequence[int], now: datetime) -> Sequence[str]:
        """The files of `kept_requests` stay."""
        ...

    def notes_of(self, citizen_id: int, kept_requests: Sequence[int]) -> None:
        """What the citizen added to any request but these."""
        ...

    def lonely_accounts(self, now: datetime) -> None:
        """Accounts without a conversation, then citizens without an account."""
        ...


class Links(Protocol):
    """Codes by which accounts are proved to be one person's."""

    def add(self, code_hash: str, identity_id: int, now: datetime, until: datetime) -> None: ...

    def use(self, code_hash: str, now: datetime) -> int | None:
        """The account whose good code it is, used up with this; None where there is none."""
        ...

    def void(self, identity_id: int) -> None: ...

    def join(self, kept: int, gone: int) -> None:
        """All that the citizen `gone` has becomes that of `kept`."""
        ...
