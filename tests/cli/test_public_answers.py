"""`hizmet review approve|reject`: public answers without a browser."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bot.bootstrap.wiring import open_database
from bot.clock import SystemClock
from bot.commands import review
from bot.config import Settings, load_settings
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind, OutboxState, Reply
from bot.domain.publicity import Category
from bot.errors import UserError
from bot.service.publicity import About, PublicDesk
from tests.support import selcuklu


@pytest.fixture
def settings(sqlite_url: str, tmp_path: Path) -> Settings:
    return replace(load_settings({"HIZMET_HOME": str(tmp_path)}, tmp_path), database=sqlite_url)


@pytest.fixture
def draft(settings: Settings) -> int:
    """A drafted answer; its row's id (its item is the first)."""
    now = SystemClock().now()
    event = IncomingEvent("x_mention", "1", "77", "1:77", EventKind.TEXT, now, public=True)
    with open_database(settings).writes() as uow:
        conversation = uow.conversations.of_event(event, now)
        desk = PublicDesk(uow, selcuklu(), now)
        about = About(Category.REPORT, "çöp")
        row = desk.answer(conversation, Reply("Merhaba.", public=True), "k", OutboxKind.REPLY, about)
        uow.commit()
    assert row is not None and row.id is not None
    return row.id


def state(settings: Settings, row_id: int) -> tuple[str, str]:
    with open_database(settings).reads() as uow:
        row = uow.outbox.get(row_id)
    assert row is not None
    return row.state, row.body["text"]


def test_the_draft_is_shown_and_approved(settings: Settings, draft: int, capsys: pytest.CaptureFixture[str]) -> None:
    review.show(settings, 1)
    assert "→ Merhaba." in capsys.readouterr().out
    review.approve(settings, 1, "Merhaba, yoldayız.", "ece")
    assert state(settings, draft) == (OutboxState.PENDING, "Merhaba, yoldayız.")
    with pytest.raises(UserError):
        review.approve(settings, 1, None, "ece")


def test_a_rejected_draft_stays_unsent(settings: Settings, draft: int) -> None:
    review.reject(settings, 1, "gerek yok", "ece")
    assert state(settings, draft)[0] == OutboxState.WITHDRAWN
