"""What comes in from a channel and what goes out to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any


class EventKind(StrEnum):
    TEXT = "text"
    COMMAND = "command"
    BUTTON = "button"
    LOCATION = "location"
    PHOTO = "photo"
    DOCUMENT = "document"
    VOICE = "voice"
    VIDEO = "video"
    STICKER = "sticker"
    UNREADABLE = "unreadable"
    TIMER = "timer"


@dataclass(frozen=True)
class FileRef:
    """A file of a message. `remote` is the provider's handle until it is fetched; then `sha256` names the bytes."""

    kind: str
    name: str
    mime: str
    remote: str | None = None
    size: int | None = None
    sha256: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    problem: str | None = None


@dataclass(frozen=True)
class IncomingEvent:
    """One event of a channel, as its adapter parsed it.

    `event_id` is unique within the channel; `sequence` orders events of one conversation; `thread` names the
    conversation within the channel; `address` is what the adapter needs to answer.
    """

    channel: str
    event_id: str
    sender: str
    thread: str
    kind: EventKind
    occurred_at: datetime
    sequence: int = 0
    text: str = ""
    button: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    files: tuple[FileRef, ...] = ()
    edits: str | None = None
    album: str | None = None
    message_ref: str | None = None
    display_name: str | None = None
    address: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    for_us: bool = True

    @property
    def takes_back(self) -> bool:
        """An edit that leaves nothing: the message was deleted by its author."""
        return bool(self.edits) and not self.text.strip() and not self.files and self.latitude is None


@dataclass(frozen=True)
class Button:
    """`label` is what the citizen reads; `payload` (at most 60 bytes) comes back when it is pressed."""

    label: str
    payload: str


@dataclass(frozen=True)
class Reply:
    """A message to a citizen; `asks` says that an answer is awaited, `invites` that it should come in private."""

    text: str
    buttons: tuple[Button, ...] = ()
    asks: bool = False
    wants_location: bool = False
    public: bool = False
    invites: bool = False


class InboxState(StrEnum):
    FETCHING = "fetching"
    READY = "ready"
    HANDLED = "handled"
    IGNORED = "ignored"
    FAILED = "failed"


class OutboxState(StrEnum):
    HELD = "held"
    PENDING = "pending"
    SENDING = "sending"
    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    WITHDRAWN = "withdrawn"


class OutboxKind(StrEnum):
    """What a row is decides what happens when its outcome is unknown (docs/adr/0006)."""

    REPLY = "reply"
    NOTIFICATION = "notification"
    STAFF_REPLY = "staff_reply"
    ALERT = "alert"
    WEBHOOK = "webhook"


@dataclass(eq=False)
class InboxRow:
    channel: str
    event_id: str
    conversation_id: int
    sequence: int
    kind: str
    payload: dict[str, Any]
    state: str
    received_at: datetime
    ready_at: datetime
    attempts: int = 0
    handled_at: datetime | None = None
    error: str | None = None
    id: int | None = None


@dataclass(eq=False)
class OutboxRow:
    key: str
    kind: str
    channel: str
    body: dict[str, Any]
    state: str
    created_at: datetime
    not_before: datetime
    conversation_id: int | None = None
    attempts: int = 0
    retry_at: datetime | None = None
    claimed_until: datetime | None = None
    provider_id: str | None = None
    error: str | None = None
    sent_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class Message:
    """One line of a conversation as people read it; `author` is citizen, bot, staff:<name> or system."""

    conversation_id: int
    direction: str
    author: str
    text: str | None
    at: datetime
    kind: str = "text"
    extra: dict[str, Any] = field(default_factory=dict)
    inbox_id: int | None = None
    outbox_id: int | None = None
    id: int | None = None
