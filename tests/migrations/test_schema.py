"""The migrations run from empty, give the tables of bot/db/tables.py, and keep what is append-only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DatabaseError

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.db.migrate import MIGRATIONS, current, head, upgrade
from bot.errors import ConfigError, DatabaseAway

AUDIT = (
    "INSERT INTO audit (at, actor, action, object, previous, hash)"
    " VALUES ('2026-11-23 10:00:00', 'staff:ayse', 'view', 'request:1', '', 'a1')"
)


@pytest.fixture
def migrated(empty_url: str) -> Iterator[Engine]:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def test_there_is_a_migration_and_one_head() -> None:
    assert list((MIGRATIONS / "versions").glob("*.py"))
    assert head()


def test_an_empty_database_has_no_revision_and_a_migrated_one_has_the_head(empty_url: str) -> None:
    assert current(empty_url) is None
    assert upgrade(empty_url) == head()
    assert current(empty_url) == head()


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    assert upgrade(empty_url) == upgrade(empty_url)


def test_processes_that_upgrade_at_once_agree(empty_url: str) -> None:
    with ThreadPoolExecutor(3) as pool:
        assert set(pool.map(upgrade, [empty_url] * 3)) == {head()}


def test_models_and_migrations_agree(migrated: Engine) -> None:
    with migrated.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []


def test_constraints_indexes_and_defaults_are_those_of_the_models(
    migrated: Engine, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """What compare_metadata doesn't look at: CHECKs, partial indexes, defaults."""
    name = "sqlite_url" if migrated.dialect.name == "sqlite" else "postgres_url"
    models = make_engine(request.getfixturevalue(name))
    with migrated.connect() as ours, models.connect() as theirs:
        found, expected = _details(ours), _details(theirs)
    models.dispose()
    assert len(expected) > 100
    assert found == expected


def test_history_and_audit_refuse_update_and_delete(migrated: Engine) -> None:
    with migrated.begin() as connection:
        connection.execute(text(AUDIT))
    for statement in ("UPDATE audit SET actor = 'x'", "DELETE FROM audit"):
        with pytest.raises(DatabaseError, match="append-only"), migrated.begin() as connection:
            connection.execute(text(statement))
    with migrated.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM audit WHERE actor = 'staff:ayse'")) == 1


def test_every_append_only_table_has_its_trigger(migrated: Engine) -> None:
    query = (
        "SELECT tbl_name, count(*) FROM sqlite_master WHERE type = 'trigger' GROUP BY tbl_name"
        if migrated.dialect.name == "sqlite"
        else "SELECT event_object_table, count(DISTINCT event_manipulation) FROM information_schema.triggers GROUP BY 1"
    )
    with migrated.connect() as connection:
        protected = {table: number for table, number in connection.execute(text(query))}
    assert protected == {"request_history": 2, "audit": 2}


def test_a_database_of_a_newer_version_is_refused_in_words(empty_url: str) -> None:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    with pytest.raises(ConfigError, match="newer version"):
        upgrade(empty_url)


def test_a_database_that_is_away_is_told_as_such() -> None:
    with pytest.raises(DatabaseAway):
        current("postgresql://nobody@127.0.0.1:1/none")


def _details(connection: Connection) -> set[tuple[str, ...]]:
    inspector = inspect(connection)
    tables = [table for table in inspector.get_table_names() if table != "alembic_version"]
    details = set()
    for table in tables:
        details |= {(table, "check", str(c["name"]), c["sqltext"]) for c in inspector.get_check_constraints(table)}
        details |= {
            (table, "column", c["name"], repr(c["type"]), str(c["default"]), str(c["nullable"]))
            for c in inspector.get_columns(table)
        }
        details |= {
            (table, "foreign", str(f["name"]), *f["constrained_columns"], f["referred_table"])
            for f in inspector.get_foreign_keys(table)
        }
        details |= {
            (table, "unique", str(u["name"]), *u["column_names"]) for u in inspector.get_unique_constraints(table)
        }
    query = (
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        if connection.dialect.name == "sqlite"
        else "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    )
    indexes = connection.execute(text(query))
    return details | {("index", name, " ".join(sql.split())) for name, sql in indexes if "alembic" not in name}
