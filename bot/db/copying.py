"""All rows of a database out to files and back in, between SQLite and PostgreSQL as well.

The tables are read as the database has them, not as bot/db/tables.py does: a copy of an older schema stays readable.
A row is a JSON list in the order of the columns named in the file's first line; moments are ISO texts in UTC.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import JSON, Column, Connection, DateTime, Engine, MetaData, Table, exists, func, select, text, update

_BATCH = 500
_REVISIONS = "alembic_version"


def dump(engine: Engine, folder: Path) -> dict[str, int]:
    """Write every table as `<name>.jsonl`, all of one moment; the rows of each."""
    folder.mkdir(parents=True)
    level = {"isolation_level": "REPEATABLE READ"} if engine.dialect.name == "postgresql" else {}
    counts = {}
    with engine.execution_options(write=False, **level).connect() as connection:
        for table in _tables(connection).sorted_tables:
            counts[table.name] = _dump_table(connection, table, folder / f"{table.name}.jsonl")
    return counts


def load(engine: Engine, folder: Path, counts: dict[str, int]) -> None:
    """Fill empty tables in one transaction. Raises ValueError where rows are missing."""
    with engine.begin() as connection:
        metadata = _tables(connection)
        for table in metadata.sorted_tables:
            if table.name in counts:
                found = _load_table(connection, table, folder / f"{table.name}.jsonl")
                if found != counts[table.name]:
                    raise ValueError(f"{table.name}: {found} rows, {counts[table.name]} expected")
        if engine.dialect.name == "postgresql":
            _advance_sequences(connection, metadata)


def is_empty(engine: Engine) -> bool:
    """Whether no table holds a row."""
    with engine.execution_options(write=False).connect() as connection:
        tables = _tables(connection).sorted_tables
        return not any(connection.scalar(select(exists().select_from(table))) for table in tables)


def wipe(engine: Engine) -> None:
    """Remove all tables, with their triggers."""
    with engine.begin() as connection:
        metadata = MetaData()
        metadata.reflect(connection)
        metadata.drop_all(connection)
        if engine.dialect.name == "postgresql":
            connection.execute(text("DROP FUNCTION IF EXISTS refuse_change() CASCADE"))


def _tables(connection: Connection) -> MetaData:
    metadata = MetaData()
    metadata.reflect(connection, only=lambda name, _: name != _REVISIONS)
    return metadata


def _dump_table(connection: Connection, table: Table, path: Path) -> int:
    primary = list(table.primary_key.columns)
    rows = connection.execution_options(yield_per=_BATCH).execute(select(table).order_by(*primary))
    number = 0
    with path.open("w", encoding="utf-8") as file:
        file.write(json.dumps([column.name for column in table.columns]) + "\n")
        for row in rows:
            file.write(json.dumps([_plain(value) for value in row], ensure_ascii=False) + "\n")
            number += 1
    return number


def _load_table(connection: Connection, table: Table, path: Path) -> int:
    """Insert the rows; references within the table are set when all rows are there."""
    own = {column.name for column in table.columns for key in column.foreign_keys if key.column.table is table}
    later: list[dict[str, Any]] = []
    number = 0
    with path.open(encoding="utf-8") as file:
        names = json.loads(next(file))
        readers = [_reader(table.columns[name], connection.dialect.name) for name in names]
        lines = (dict(zip(names, _read(line, readers), strict=True)) for line in file)
        while batch := list(islice(lines, _BATCH)):
            for row in batch:
                references = {name: row[name] for name in own if row[name] is not None}
                if references:
                    later.append({"id": row["id"], **references})
                    row.update(dict.fromkeys(references))
            connection.execute(table.insert(), batch)
            number += len(batch)
    for row in later:
        connection.execute(update(table).where(table.c.id == row.pop("id")).values(row))
    return number


def _read(line: str, readers: list[Callable[[Any], Any]]) -> Iterator[Any]:
    for value, reader in zip(json.loads(line), readers, strict=True):
        yield None if value is None else reader(value)


def _reader(column: Column[Any], dialect: str) -> Callable[[Any], Any]:
    """What turns a JSON value into one that the column takes."""
    if isinstance(column.type, DateTime):
        return _naive if dialect == "sqlite" else datetime.fromisoformat
    if isinstance(column.type, JSON):
        return lambda value: value
    return column.type.python_type


def _naive(value: str) -> datetime:
    """SQLite holds UTC without saying so."""
    return datetime.fromisoformat(value).astimezone(UTC).replace(tzinfo=None)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return (value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)).isoformat()
    return value


def _advance_sequences(connection: Connection, metadata: MetaData) -> None:
    """New ids come after those that were loaded."""
    for table in metadata.sorted_tables:
        identity = table.primary_key.columns.get("id")
        if identity is None:
            continue
        sequence = connection.scalar(select(func.pg_get_serial_sequence(table.name, "id")))
        newest = connection.scalar(select(func.max(identity)))
        if sequence and newest:
            connection.execute(select(func.setval(sequence, newest)))
