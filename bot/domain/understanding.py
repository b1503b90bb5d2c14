"""What the assistant understood of one text: a pure function's result, no state."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from bot.domain.requests import Kind, Place


class Act(StrEnum):
    """What the citizen does by writing. The first nineteen are the stable interface of `hizmet parse`."""

    REPORT = "report"
    ASK_STATUS = "ask_status"
    ASK_INFORMATION = "ask_information"
    ADD_INFORMATION = "add_information"
    CORRECT = "correct"
    CANCEL_REQUEST = "cancel_request"
    NOT_RESOLVED = "not_resolved"
    RATE = "rate"
    AFFIRM = "affirm"
    DENY = "deny"
    THANK = "thank"
    GREET = "greet"
    GOODBYE = "goodbye"
    ASK_HUMAN = "ask_human"
    COMPLAIN_ABOUT_BOT = "complain_about_bot"
    ABUSIVE = "abusive"
    EMERGENCY = "emergency"
    LANGUAGE_OTHER = "language_other"
    OUT_OF_SCOPE = "out_of_scope"
    SKIP = "skip"


@dataclass(frozen=True)
class Scored:
    """A label with the calibrated probability that it is right."""

    label: str
    confidence: float


@dataclass(frozen=True)
class Problem:
    """One problem of a message: `text` is its part of the message, `services` are ranked, best first; `sure` where the
    first needs no question."""

    text: str
    services: tuple[Scored, ...]
    kind: Kind = Kind.COMPLAINT
    sure: bool = True


@dataclass(frozen=True)
class Understanding:
    """`problems` holds one entry for each problem of a report (usually one). `negated` are places that were denied.

    `outside` names the district, province, other municipality or private firm where the text speaks of one.
    """

    text: str
    act: Act
    act_confidence: float
    acts: tuple[Scored, ...] = ()
    problems: tuple[Problem, ...] = ()
    place: Place = field(default_factory=Place)
    negated: tuple[str, ...] = ()
    candidates: tuple[str, ...] = ()
    outside: str | None = None
    tracking_no: str | None = None
    phone: str | None = None
    rating: int | None = None
    urgent: bool = False
    danger: str | None = None
    sensitive: bool = False
    language: str = "tr"

    @property
    def service(self) -> str | None:
        return self.problems[0].services[0].label if self.problems and self.problems[0].services else None

    @property
    def service_confidence(self) -> float:
        return self.problems[0].services[0].confidence if self.service else 0.0
