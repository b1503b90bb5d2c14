"""The transition table of a request: the only place that says which status may follow which.

received ─▶ assigned ─▶ in_progress ─▶ resolved ─▶ reopened ─▶ (as received)
    │           │             │            forwarded, rejected, cancelled, duplicate end it; a citizen may reopen
    └───────────┴─────────────┘            what was resolved or rejected
"""

from __future__ import annotations

from bot.domain.requests import Status
from bot.errors import TransitionRefused

_ENDINGS = frozenset({Status.RESOLVED, Status.REJECTED, Status.FORWARDED, Status.CANCELLED, Status.DUPLICATE})

TRANSITIONS: dict[Status, frozenset[Status]] = {
    Status.RECEIVED: _ENDINGS | {Status.ASSIGNED, Status.IN_PROGRESS},
    Status.ASSIGNED: _ENDINGS | {Status.ASSIGNED, Status.IN_PROGRESS},
    Status.IN_PROGRESS: _ENDINGS | {Status.ASSIGNED},
    Status.REOPENED: _ENDINGS | {Status.ASSIGNED, Status.IN_PROGRESS},
    Status.RESOLVED: frozenset({Status.REOPENED}),
    Status.REJECTED: frozenset({Status.REOPENED}),
    Status.FORWARDED: frozenset({Status.ASSIGNED, Status.RESOLVED, Status.CANCELLED}),
    Status.CANCELLED: frozenset(),
    Status.DUPLICATE: frozenset({Status.RECEIVED}),
}

OPEN = frozenset({Status.RECEIVED, Status.ASSIGNED, Status.IN_PROGRESS, Status.REOPENED})


def check_transition(before: str, after: str) -> None:
    """Raise TransitionRefused unless the table allows the step."""
    if Status(after) not in TRANSITIONS[Status(before)]:
        raise TransitionRefused(before, after)
