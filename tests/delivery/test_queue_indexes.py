"""Looking for work costs the same after a year: the queues are read through the indexes over what waits."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import event

from bot.db.engine import make_engine
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


@pytest.mark.parametrize("look", LOOKS)
def test_no_look_for_work_reads_the_whole_table(sqlite_url: str, look: str) -> None:
    engine = make_engine(sqlite_url)
    asked: list[tuple[str, Any]] = []

    @event.listens_for(engine, "before_cursor_execute")
    def _remember(connection: object, cursor: object, statement: str, parameters: Any, *more: object) -> None:
        asked.append((statement, parameters))

    with SqlUnitOfWork(engine) as uow:
        LOOKS[look](uow)
    queries = [(statement, parameters) for statement, parameters in asked if "SELECT" in statement]
    assert queries
    with engine.connect() as connection:
        for statement, parameters in queries:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            reads = [line.detail for line in plan if line.detail.startswith(("SCAN", "SEARCH"))]
            assert reads
            assert all(" USING " in read for read in reads), reads
    engine.dispose()
