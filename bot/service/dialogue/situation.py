"""What decides a move: the message's understanding, and where the conversation stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.domain.conversation import Draft, Step
from bot.domain.messages import EventKind
from bot.domain.requests import Place
from bot.domain.understanding import Understanding


class Move(StrEnum):
    REPORT = "report"
    GIVE_DETAILS = "give_details"
    DESCRIBE = "describe"
    SKIP = "skip"
    CONFIRM = "confirm"
    REJECT = "reject"
    DROP = "drop"
    CHOOSE = "choose"
    CORRECT = "correct"
    SAME = "same"
    DIFFERENT = "different"
    ASK_STATUS = "ask_status"
    ASK_INFORMATION = "ask_information"
    ADD_INFORMATION = "add_information"
    CANCEL_REQUEST = "cancel_request"
    CONFIRM_CANCEL = "confirm_cancel"
    KEEP_REQUEST = "keep_request"
    NOT_RESOLVED = "not_resolved"
    GIVE_REASON = "give_reason"
    RATE = "rate"
    AFFIRM = "affirm"
    DENY = "deny"
    PRAISE = "praise"
    THANK = "thank"
    GREET = "greet"
    GOODBYE = "goodbye"
    ASK_HUMAN = "ask_human"
    COMPLAIN_ABOUT_BOT = "complain_about_bot"
    ABUSIVE = "abusive"
    EMERGENCY = "emergency"
    LANGUAGE_OTHER = "language_other"
    OUT_OF_SCOPE = "out_of_scope"
    NOT_UNDERSTOOD = "not_understood"
    SHARE_FILE = "share_file"
    SHARE_VOICE = "share_voice"
    WORDLESS = "wordless"
    HELP = "help"
    ROBOT = "robot"
    ERASE_DATA = "erase_data"
    EXPORT_DATA = "export_data"
    CONFIRM_ERASE = "confirm_erase"
    KEEP_DATA = "keep_data"
    STALE_BUTTON = "stale_button"
    TO_PERSON = "to_person"
    IN_PUBLIC = "in_public"
    EDITED = "edited"


@dataclass(frozen=True)
class Matter:
    """What a filed request is about."""

    service: str
    place: Place


@dataclass(frozen=True)
class Edited:
    """An earlier message of the conversation whose words changed; `old` is empty where it isn't known any more."""

    old: str
    new: str
    inbox_id: int
    at: datetime


@dataclass(frozen=True)
class Situation:
    """All that decides a move. `button` is the payload of a pressed one; `awaited` what the bot waits for; `reopened`
    the request whose reason is awaited; `edited`: an earlier message about what is drafted or filed was changed."""

    understanding: Understanding
    kind: EventKind = EventKind.TEXT
    text: str = ""
    button: str | None = None
    has_files: bool = False
    draft: Draft | None = None
    awaited: frozenset[str] = frozenset()
    reopened: Matter | None = None
    with_person: bool = False
    public: bool = False
    edited: bool = False
    has_open_request: bool = False
    has_closed_request: bool = False

    @property
    def step(self) -> Step | None:
        return self.draft.step if self.draft else None
