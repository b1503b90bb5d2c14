"""What the services need from the outside, as Protocols. db, engine, channels and delivery implement them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, runtime_checkable

from bot.desk_ports import Credentials, Forgetting, Incidents, Links, Privacy, Staff, Switches
from bot.domain.conversation import Awaited, Citizen, Conversation, Identity, ReviewItem
from bot.domain.messages import FileRef, InboxRow, IncomingEvent, Message, OutboxRow, Reply
from bot.domain.requests import Attachment, Follower, HistoryEntry, Note, Request
from bot.domain.understanding import Understanding


class Clock(Protocol):
    """The time, as an argument."""

    def now(self) -> datetime:
        """The present moment, time-zone aware, in UTC."""
        ...


class Conversations(Protocol):
    def of_event(self, event: IncomingEvent, now: datetime) -> Conversation:
        """The conversation of the event's thread; made, with identity and citizen, where there is none."""
        ...

    def get(self, conversation_id: int) -> Conversation | None: ...

    def lock(self, conversation_id: int, wait: bool = True) -> Conversation | None:
        """The conversation, locked until the transaction ends; None where another holds it and `wait` is False."""
        ...

    def identity(self, identity_id: int) -> Identity: ...

    def citizen(self, citizen_id: int) -> Citizen: ...

    def of_citizen(self, citizen_id: int) -> Sequence[Conversation]: ...

    def public_waiting(self, channel: str, limit: int) -> Sequence[Conversation]:
        """Public threads with an answer that waits for approval, or that wait for a private message; oldest first."""
        ...

    def handovers_over(self, now: datetime) -> Sequence[int]:
        """Ids of conversations whose handover ended by time."""
        ...

    def awaited(self, conversation_id: int, now: datetime) -> Sequence[Awaited]:
        """What is awaited and not expired, newest first."""
        ...

    def expired_awaited(self, now: datetime) -> Sequence[Awaited]: ...

    def await_(self, awaited: Awaited) -> None:
        """Store; an older row of the same kind in the conversation is replaced."""
        ...

    def no_longer_await(self, conversation_id: int, what: str | None = None) -> None: ...

    def say(self, message: Message) -> None:
        """Append to the conversation's thread."""
        ...

    def line_of(self, outbox_id: int) -> Message | None:
        """The line of the thread that shows the row."""
        ...

    def unsay(self, outbox_id: int) -> None:
        """Take the row's line out of the thread."""
        ...

    def thread(self, conversation_id: int, limit: int = 100) -> Sequence[Message]: ...


@dataclass(frozen=True)
class Waiting:
    """Messages of one conversation that a turn should take, oldest first; `may_begin` is when they were due."""

    conversation_id: int
    rows: tuple[InboxRow, ...]
    may_begin: datetime


class Inbox(Protocol):
    def add(self, row: InboxRow) -> bool:
        """False where (channel, event_id) is there already; then nothing changes."""
        ...

    def next(
        self, now: datetime, skip: frozenset[int] = frozenset(), shard: tuple[int, int] = (0, 1)
    ) -> Waiting | None:
        """The conversation with the oldest due message, and its messages that are fetched.

        `skip` holds conversations to leave out; `shard` (i, n) looks only at those whose id is i modulo n.
        """
        ...

    def pending_of(self, conversation_id: int) -> Sequence[InboxRow]: ...

    def get(self, inbox_id: int) -> InboxRow | None: ...

    def by_event(self, channel: str, event_id: str) -> InboxRow | None: ...

    def to_fetch(self, now: datetime, limit: int = 10) -> Sequence[InboxRow]:
        """Rows whose files are to be brought now, locked until the transaction ends."""
        ...


class Outbox(Protocol):
    def add(self, row: OutboxRow) -> bool:
        """False where the key is there already (said once, never twice)."""
        ...

    def withdraw(self, conversation_id: int, kinds: Sequence[str], beginnings: Sequence[str] = ()) -> int:
        """Withdraw what is unsent, of it those whose keys begin so where `beginnings` are given; the number of rows."""
        ...

    def claim(
        self, now: datetime, lease_seconds: float, limit: int, channels: Sequence[str], public: bool = True
    ) -> Sequence[OutboxRow]:
        """Rows that may be sent now, marked as sending; at most one of a conversation, in the order written.

        A row waits behind an earlier one that is due (also while that one waits for its retry) and behind one that is
        being sent; what quiet hours still hold blocks nobody. `public` False leaves out what goes to public threads.
        """
        ...

    def abandoned(self, now: datetime, limit: int = 100) -> Sequence[OutboxRow]:
        """Rows in sending whose lease ran out (a killed process), locked until the transaction ends."""
        ...

    def unfetched(self, before: datetime, limit: int = 100) -> Sequence[OutboxRow]:
        """Rows in waiting that could be fetched since `before` or longer, locked until the transaction ends."""
        ...

    def get(self, outbox_id: int, lock: bool = False) -> OutboxRow | None: ...


class Requests(Protocol):
    def add(self, request: Request) -> None: ...

    def next_number(self, year: int) -> int:
        """The next number of the year; unique under concurrency, without gaps where transactions commit."""
        ...

    def by_key(self, filing_key: str) -> Request | None: ...

    def beside(self, filing_key: str) -> Sequence[Request]:
        """Requests filed from other problems of the same message, oldest first."""
        ...

    def get(self, request_id: int, lock: bool = False) -> Request | None: ...

    def by_number(self, tracking_no: str) -> Request | None: ...

    def of_citizen(self, citizen_id: int, limit: int = 20) -> Sequence[Request]:
        """Filed or followed by the citizen, newest first."""
        ...

    def open_like(self, service: str, since: datetime) -> Sequence[Request]:
        """Open (or forwarded) requests of the service filed since then, newest first."""
        ...

    def overdue(self, now: datetime) -> Sequence[Request]:
        """Open ones past their target, the latest first to be done; at most 2000."""
        ...

    def add_history(self, entry: HistoryEntry) -> None: ...

    def history(self, request_id: int) -> Sequence[HistoryEntry]: ...

    def history_entry(self, entry_id: int) -> HistoryEntry | None: ...

    def add_note(self, note: Note) -> int: ...

    def notes(self, request_id: int) -> Sequence[Note]: ...

    def add_follower(self, follower: Follower) -> bool: ...

    def remove_follower(self, request_id: int, citizen_id: int) -> None: ...

    def followers(self, request_id: int) -> Sequence[Follower]: ...

    def add_attachment(self, attachment: Attachment) -> int: ...

    def attachment_like(self, conversation_id: int, sha256: str) -> Attachment | None:
        """The same file, where it came in this conversation before."""
        ...

    def held(self, conversation_id: int, since: datetime) -> Sequence[int]:
        """Ids of files that came in the conversation since then and belong to no request yet."""
        ...

    def attachments(self, ids: Sequence[int]) -> Sequence[Attachment]: ...

    def attachments_of(self, request_id: int) -> Sequence[Attachment]: ...

    def search(self, **filters: Any) -> Sequence[Request]: ...


class Reviews(Protocol):
    def add(self, item: ReviewItem) -> None: ...

    def get(self, item_id: int, lock: bool = False) -> ReviewItem | None: ...

    def open_of(self, conversation_id: int) -> Sequence[ReviewItem]: ...

    def keep(self, item_id: int, staff: str, until: datetime) -> bool:
        """Prolong the hold of `staff` on the item and the others of its conversation; False where there is none."""
        ...

    def of_outbox(self, outbox_id: int) -> ReviewItem | None:
        """The item whose draft the row is."""
        ...

    def open_items(self, limit: int = 200) -> Sequence[ReviewItem]: ...

    def of_matter(self, matter: str, since: datetime) -> ReviewItem | None:
        """The newest item on the matter made since then, locked until the transaction ends."""
        ...

    def holds_over(self, now: datetime) -> Sequence[ReviewItem]:
        """Taken items whose time is over, locked until the transaction ends."""
        ...


class Audit(Protocol):
    def record(self, at: datetime, actor: str, action: str, object_: str, detail: str = "") -> None: ...


class Leases(Protocol):
    def take(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        """True where the lease is free, expired or already ours; then it is ours for `seconds`."""
        ...

    def hold(self, name: str, owner: str, now: datetime, seconds: float) -> None:
        """Make the lease ours whoever had it: for heartbeats."""
        ...

    def value(self, name: str) -> str | None: ...

    def set_value(self, name: str, value: str) -> None: ...


class UnitOfWork(Protocol):
    """One transaction. Leaving the `with` block without `commit()` rolls everything back."""

    @property
    def conversations(self) -> Conversations: ...

    @property
    def inbox(self) -> Inbox: ...

    @property
    def outbox(self) -> Outbox: ...

    @property
    def requests(self) -> Requests: ...

    @property
    def reviews(self) -> Reviews: ...

    @property
    def staff(self) -> Staff: ...

    @property
    def incidents(self) -> Incidents: ...

    @property
    def switches(self) -> Switches: ...

    @property
    def credentials(self) -> Credentials: ...

    @property
    def privacy(self) -> Privacy: ...

    @property
    def forgetting(self) -> Forgetting: ...

    @property
    def links(self) -> Links: ...

    @property
    def audit(self) -> Audit: ...

    @property
    def leases(self) -> Leases: ...

    def flush(self) -> None: ...

    def commit(self) -> None: ...


UnitOfWorkFactory = Callable[[], AbstractContextManager[UnitOfWork]]


class TurnSession(Protocol):
    """What the dialogue engine hands to actions while a turn is under way (service.turn.Turn implements it)."""

    conversation: Conversation
    understanding: Understanding
    text: str

    @property
    def move(self) -> str:
        """What the messages mean here: the intent that the dialogue policy sees."""
        ...

    def say_text(self, text: str) -> None:
        """Add a reply in plain words."""
        ...

    def act(self, name: str) -> None:
        """Carry out the dialogue step `name` (the name of the Rasa action without `action_`)."""
        ...


CURRENT_TURN: ContextVar[TurnSession] = ContextVar("current_turn")
"""The turn that is under way; set by the engine, read by the actions that Rasa calls."""


class DialogueEngine(Protocol):
    """Understands texts and decides which action answers them."""

    def parse(self, text: str) -> Understanding:
        """Pure: the same text gives the same understanding. Raises nothing for any text."""
        ...

    async def respond(self, turn: TurnSession) -> None:
        """Run the turn's actions and store the dialogue state on `turn.conversation`.

        Raises TurnError where an action failed or nothing was decided; nothing may be committed then.
        """
        ...


@dataclass(frozen=True)
class Delivered:
    """What the provider answered. `waiting`: it holds the message until the citizen fetches it (web chat)."""

    provider_id: str | None = None
    waiting: bool = False


class Channel(Protocol):
    """A channel's sending side. One instance per process; `send` may be called concurrently."""

    name: str

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        """Send and return only once the provider's answer is known.

        Raises RateLimited, TransientError, Unreachable, Rejected, CredentialsRefused or UncertainError; nothing else.
        """
        ...

    async def fetch(self, file: FileRef) -> FileRef:
        """Bring a file's bytes into the store; same errors as `send`."""
        ...

    async def aclose(self) -> None: ...


@runtime_checkable
class Verifying(Protocol):
    """A channel that can look whether a message of unknown outcome reached its provider."""

    async def sent_already(self, address: dict[str, Any], reply: Reply, since: datetime) -> Delivered | None:
        """What the provider answered to the earlier attempt, where it took it; same errors as `Channel.send`."""
        ...


class Mailer(Protocol):
    def __call__(self, address: str, text: str) -> object:
        """One mail to one address; the first line of the text is its subject. Blocks for some seconds at most.

        Raises TransientError, Rejected or CredentialsRefused.
        """
        ...


class FileStore(Protocol):
    """Files under their content hash."""

    def path(self, sha256: str) -> str: ...

    def put(self, chunks: Any, limit: int) -> tuple[str, int]:
        """Store chunks of bytes; (sha256, size). Raises Rejected over `limit` bytes."""
        ...

    def remove(self, sha256: str) -> None:
        """Take the file away; nothing happens where it is gone already."""
        ...
