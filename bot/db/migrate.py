"""Brings a database to the schema that this version of the code expects."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, event, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from bot.db.engine import as_ours, make_engine
from bot.errors import ConfigError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 7283000


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings, made here: no alembic.ini is needed."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


@lru_cache(maxsize=1)
def head() -> str:
    """The revision that this version of the code expects."""
    found = ScriptDirectory.from_config(configuration()).get_current_head()
    assert found is not None, "there are no migrations"
    return found


def knows(wanted: str) -> bool:
    """Whether this version of the code has the revision."""
    return wanted in {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}


def current(url: str) -> str | None:
    """The database's revision; None where it is empty. Raises DatabaseAway or ConfigError."""
    engine = make_engine(url, pooled=False)
    try:
        return revision(engine)
    finally:
        engine.dispose()


def revision(engine: Engine) -> str | None:
    """As `current`, over an engine that is there already."""
    try:
        with engine.execution_options(write=False).connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except DBAPIError as error:
        raise as_ours(error) from error


def upgrade(url: str, target: str = "head") -> str:
    """Run what is missing, all or nothing; the revision reached. Safe when several processes start at once.

    Raises DatabaseAway, or ConfigError where a newer version of the code made the database.
    """
    engine = make_engine(url, pooled=False)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _without_foreign_keys)
    try:
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
            command.upgrade(configuration(connection), target)
            if engine.dialect.name == "sqlite":
                _check_foreign_keys(connection)
            return MigrationContext.configure(connection).get_current_revision() or ""
    except CommandError as error:
        raise ConfigError(
            f"the database was made by a newer version of hizmet ({error}): install that version, or restore a backup"
        ) from error
    except DBAPIError as error:
        raise as_ours(error) from error
    finally:
        engine.dispose()


def _without_foreign_keys(connection: DBAPIConnection, _: ConnectionPoolEntry) -> None:
    """SQLite changes a table by copying it; with foreign keys on, dropping the old one would touch its children."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA foreign_keys=OFF")
    cursor.close()


def _check_foreign_keys(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise ConfigError(f"the migration broke a reference: table {broken[0]}, row {broken[1]}")
