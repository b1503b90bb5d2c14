"""Engines for SQLite and PostgreSQL, and the one lock on which SQLite's writers queue."""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry, NullPool

from bot.errors import ConfigError, DatabaseAway

_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "busy_timeout=30000",
    "secure_delete=ON",
    "mmap_size=1073741824",
)
"""secure_delete: what is erased is overwritten in the file, not only unlinked. mmap_size: each commit of another
connection empties a connection's cache; a mapped file is read anew without a system call a page.
"""
_WRITERS: dict[str, threading.RLock] = {}


def make_engine(url: str, pooled: bool = True, ping: bool = True) -> Engine:
    """An engine for `sqlite:///path` or `postgresql://…`. Raises ConfigError for other or unreadable addresses.

    `ping` looks at each connection before it is used; a worker that tries again by itself does without.
    """
    try:
        parsed = make_url(url)
    except Exception as error:
        raise ConfigError(f"HIZMET_DATABASE is not a database address: {error}") from error
    if parsed.get_backend_name() == "sqlite":
        return _sqlite(parsed)
    if parsed.get_backend_name() == "postgresql":
        pool = {} if pooled else {"poolclass": NullPool}
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=ping,
            connect_args={"connect_timeout": 5, "application_name": "hizmet"},
            **pool,
        )
    raise ConfigError(f"HIZMET_DATABASE: {parsed.get_backend_name()} is not supported (sqlite or postgresql)")


def writer_lock(engine: Engine) -> AbstractContextManager[object]:
    """Where this process's write transactions on the database queue; nothing to wait for on PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return nullcontext()
    return _WRITERS.setdefault(str(engine.url.database), threading.RLock())


def as_ours(error: DBAPIError) -> Exception:
    """DatabaseAway where the database cannot be reached or cannot write now; the error itself otherwise.

    Missing tables are a ConfigError: the database was never migrated.
    """
    if "no such table" in str(error.orig) or getattr(error.orig, "sqlstate", None) == "42P01":
        return ConfigError("the database has no tables yet; run: hizmet db upgrade")
    if isinstance(error, OperationalError) or error.connection_invalidated:
        return DatabaseAway(f"the database is away: {str(error.orig).splitlines()[0] if error.orig else error}")
    return error


def _sqlite(url: URL) -> Engine:
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        url.set(drivername="sqlite"), hide_parameters=True, connect_args={"timeout": 30, "check_same_thread": False}
    )

    @event.listens_for(engine, "connect")
    def _settings(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in _PRAGMAS:
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: object) -> None:
        immediate = connection.get_execution_options().get("write", True)  # type: ignore[attr-defined]  # Connection
        connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")  # type: ignore[attr-defined]  # Connection

    return engine
