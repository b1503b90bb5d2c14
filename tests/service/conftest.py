"""Fixtures of the dialogue's tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

import pytest

from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.understanding import Understanding
from tests.service.conversing import Converse, Conversing


@pytest.fixture
def converse(sqlite_url: str) -> Iterator[Converse]:
    """Begins a conversation whose texts are understood as told. On SQLite alone: steps ask no question of their own."""
    engine = make_engine(sqlite_url)

    def begin(known: Mapping[str, Understanding]) -> Conversing:
        return Conversing(engine, partial(SqlUnitOfWork, engine), known)

    yield begin
    engine.dispose()
