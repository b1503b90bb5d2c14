"""Looking for work costs the same after a year: the queues are read through the indexes over what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from bot.db.chat_queries import thread_lines
from bot.db.conversation_queries import thread_of
from bot.db.engine import make_engine
from bot.db.pulse_queries import pulse
from bot.db.unit_of_work import SqlUnitOfWork

NOW = datetime(2026, 6, 8, tzinfo=UTC)
LOOKS: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "the next turn": lambda uow: uow.inbox.next(NOW),
    "the messages of a conversation": lambda uow: uow.inbox.pending_of(1),
    "files to fetch": lambda uow: uow.inbox.to_fetch(NOW),
    "replies to send": lambda uow: uow.outbox.claim(NOW, 40, 30, ["telegram"]),
    "claims of killed processes": lambda uow: uow.outbox.abandoned(NOW),
    "messages never fetched": lambda uow: uow.outbox.unfetched(NOW),
}
SHOWN: dict[str, Callable[[SqlUnitOfWork], object]] = {
    "what the desk's pages ask each second": lambda uow: pulse(uow.session, [1]),
    "a conversation at the desk": lambda uow: thread_of(uow.session, 1),
    "the chat of the web page": lambda uow: thread_lines(uow.session, "t", 0, NOW),
    "whether an erasure may begin": lambda uow: uow.privacy.busy([1]),
    "what is old enough to be forgotten": lambda uow: uow.privacy.conversations_over(NOW),
}


@pytest.mark.parametrize("look", LOOKS)
def test_no_look_for_work_reads_the_whole_table(sqlite_url: str, look: str) -> None:
    reads = reads_of(sqlite_url, LOOKS[look])
    assert reads
    assert all(" USING " in read for read in reads), reads


@pytest.mark.parametrize("look", SHOWN)
def test_what_waits_is_shown_without_reading_the_whole_inbox(sqlite_url: str, look: str) -> None:
    reads = [read for read in reads_of(sqlite_url, SHOWN[look]) if " inbox" in read]
    assert reads
    assert all(" USING " in read for read in reads) and any("ix_inbox_" in read for read in reads), reads


def reads_of(url: str, look: Callable[[SqlUnitOfWork], object]) -> list[str]:
    """How SQLite reads the tables for each query of the look."""
    engine = make_engine(url)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _remember(connection: object, cursor: object, statement: str, parameters: Any, *more: object) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as uow:
        look(uow)
    queries = [(statement, parameters) for statement, parameters in asked if "SELECT" in statement]
    reads: list[str] = []
    with engine.connect() as connection:
        for statement, parameters in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            reads += [line.detail for line in plan if line.detail.startswith(("SCAN", "SEARCH"))]
    engine.dispose()
    return reads
