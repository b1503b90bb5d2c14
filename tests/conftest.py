"""Fixtures for everyone: both databases with all tables, and the unit of work over them.

`engine` and `uows` run a test twice, on SQLite and on PostgreSQL; `database_url` is the same database as an address,
for tests that start processes. `postgres` is the server: one per pytest worker, started by the first test that asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.db.unit_of_work import SqlUnitOfWork
from bot.ports import UnitOfWorkFactory
from bot.rehearsal.postgres import PostgresServer, running_server


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    """Tests marked `anyio` run on asyncio."""
    return "asyncio"


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    with running_server() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """A new SQLite database with all tables."""
    url = f"sqlite:///{tmp_path / 'hizmet.db'}"
    engine = make_engine(url)
    metadata.create_all(engine)
    engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """A new PostgreSQL database with all tables."""
    url = postgres.database()
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The test runs on both databases."""
    url: str = request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    return url


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = make_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def uows(engine: Engine) -> UnitOfWorkFactory:
    """Makes units of work: `with uows() as uow: … uow.commit()`."""
    return partial(SqlUnitOfWork, engine)
