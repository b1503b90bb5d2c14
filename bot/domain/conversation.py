"""A citizen, the conversation with them, the draft in it, and what is awaited."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from bot.domain.requests import Kind, Place


@dataclass(eq=False)
class Citizen:
    created_at: datetime
    display_name: str | None = None
    phone: str | None = None
    erased_at: datetime | None = None
    id: int | None = None


@dataclass(eq=False)
class Identity:
    """An account of a citizen on a channel."""

    citizen_id: int
    channel: str
    external_id: str
    created_at: datetime
    reachable: bool = True
    id: int | None = None


class Mode(StrEnum):
    BOT = "bot"
    PERSON = "person"


class Step(StrEnum):
    """What the bot awaits for the active draft; KNOWN: nothing, it was told that the matter is known already."""

    SERVICE = "service"
    DESCRIPTION = "description"
    PLACE = "place"
    DETAIL = "detail"
    CONFIRM = "confirm"
    CORRECTION = "correction"
    SAME = "same"
    KNOWN = "known"


class AwaitedKind(StrEnum):
    """What the bot awaits beyond the draft: rows of their own, read by every turn. WHICH: of several requests."""

    RATING = "rating"
    REASON = "reason"
    CANCEL = "cancel"
    WHICH = "which"
    INTENTION = "intention"
    ERASE = "erase"
    TRANSCRIPT = "transcript"
    PRIVATE = "private"


QUESTIONS = (AwaitedKind.CANCEL, AwaitedKind.WHICH, AwaitedKind.INTENTION, AwaitedKind.ERASE)
"""Questions of which the last one asked counts: another question lets them go."""


@dataclass(frozen=True)
class Draft:
    """A request in the making. `key` is unique for ever: it is the request's filing key.

    `parked`: set aside, and the talk went on to other matters; only its button or "yine de kaydet" brings it back.
    """

    key: str
    description: str = ""
    service: str | None = None
    confidence: float = 0.0
    alternatives: tuple[str, ...] = ()
    kind: Kind = Kind.COMPLAINT
    place: Place = field(default_factory=Place)
    candidates: tuple[str, ...] = ()
    step: Step | None = None
    asked: tuple[str, ...] = ()
    urgent: bool = False
    danger: str | None = None
    sensitive: bool = False
    contact: str | None = None
    attachment_ids: tuple[int, ...] = ()
    same_as: int | None = None
    linked_to: int | None = None
    touched_at: datetime | None = None
    parked: bool = False

    @property
    def set_aside(self) -> bool:
        """Nothing is asked about it; it is there for a citizen who insists."""
        return self.step is Step.KNOWN


@dataclass(eq=False)
class Conversation:
    """A thread on a channel. `drafts[0]` is the active one, the rest wait their turn; parked ones stand at the end.

    `continues_id` names the public thread whose matter a private conversation goes on with.
    """

    channel: str
    thread: str
    identity_id: int
    citizen_id: int
    created_at: datetime
    address: dict[str, Any] = field(default_factory=dict)
    public: bool = False
    mode: str = Mode.BOT
    handover_until: datetime | None = None
    handover_confirmed: bool = False
    drafts: tuple[Draft, ...] = ()
    misunderstandings: int = 0
    insults: int = 0
    notice_version: str | None = None
    notice_at: datetime | None = None
    last_request_id: int | None = None
    last_in_at: datetime | None = None
    continues_id: int | None = None
    tracker: str | None = None
    turns: int = 0
    id: int | None = None

    @property
    def draft(self) -> Draft | None:
        """The active one; None where all are parked."""
        return next((draft for draft in self.drafts if not draft.parked), None)


@dataclass(eq=False)
class Awaited:
    """Something the bot awaits from the citizen, such as a rating, until `expires_at`."""

    conversation_id: int
    what: str
    created_at: datetime
    expires_at: datetime
    request_id: int | None = None
    id: int | None = None


class ReviewReason(StrEnum):
    """Why a person should look."""

    ASKED_FOR_PERSON = "asked_for_person"
    NOT_UNDERSTOOD = "not_understood"
    SENSITIVE = "sensitive"
    URGENT = "urgent"
    ABUSE = "abuse"
    LANGUAGE = "language"
    ALWAYS_REVIEWED = "always_reviewed"
    LOW_CONFIDENCE = "low_confidence"
    REOPENED_TWICE = "reopened_twice"
    DELIVERY_FAILED = "delivery_failed"
    VOICE = "voice"
    TURN_FAILED = "turn_failed"
    PRIVACY = "privacy"
    DISTRESS = "distress"
    OVERDUE = "overdue"
    PUBLIC_ANSWER = "public_answer"
    PUBLIC_POST = "public_post"
    BY_STAFF = "by_staff"


@dataclass(eq=False)
class ReviewItem:
    """A matter for a person; `handover` means that the bot is silent in the conversation until it is handed back.

    `outbox_id` names a drafted answer that waits for approval; `matter` groups posts on one event, `count` counts them;
    by `due_at` somebody should have looked.
    """

    reason: str
    created_at: datetime
    conversation_id: int | None = None
    request_id: int | None = None
    handover: bool = False
    urgent: bool = False
    state: str = "open"
    summary: str = ""
    confidence: float | None = None
    suggested_unit: str | None = None
    suggested_reply: str | None = None
    outbox_id: int | None = None
    matter: str | None = None
    count: int = 1
    due_at: datetime | None = None
    taken_by: str | None = None
    taken_until: datetime | None = None
    closed_at: datetime | None = None
    closed_reason: str | None = None
    version: int = 1
    id: int | None = None
