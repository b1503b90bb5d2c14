"""The transition table, and what the database says of it."""

from __future__ import annotations

import pytest
from sqlalchemy import CheckConstraint

from bot.db.tables import requests
from bot.domain.requests import Status
from bot.domain.workflow import OPEN, TRANSITIONS, check_transition
from bot.errors import TransitionRefused


def test_every_status_has_its_row_in_the_table() -> None:
    assert set(TRANSITIONS) == set(Status)


def test_the_database_knows_the_same_statuses() -> None:
    checks = [c for c in requests.constraints if isinstance(c, CheckConstraint) and "status" in str(c.sqltext)]
    assert checks
    assert all(f"'{status}'" in str(checks[0].sqltext) for status in Status)


def test_what_is_cancelled_stays_cancelled() -> None:
    for after in Status:
        with pytest.raises(TransitionRefused):
            check_transition(Status.CANCELLED, after)


@pytest.mark.parametrize("before", sorted(OPEN))
def test_every_open_request_can_be_resolved(before: Status) -> None:
    check_transition(before, Status.RESOLVED)


def test_only_what_ended_can_be_reopened() -> None:
    assert {before for before, after in TRANSITIONS.items() if Status.REOPENED in after} == {
        Status.RESOLVED,
        Status.REJECTED,
    }
