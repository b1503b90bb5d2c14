"""Statements that SQLite and PostgreSQL spell alike but SQLAlchemy keeps per dialect."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Table, TextClause, bindparam, text
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session


def insert_ignoring(session: Session, table: Table, values: Mapping[str, Any]) -> int | None:
    """INSERT … ON CONFLICT DO NOTHING; the new id, None where a constraint said that the row is there already."""
    return session.connection().execute(_insert_ignoring(table, tuple(values)), values).scalar_one_or_none()


@lru_cache
def _insert_ignoring(table: Table, names: tuple[str, ...]) -> TextClause:
    """Spelt once: SQLAlchemy 2.0 compiles ON CONFLICT anew at each use, which cost a millisecond a turn.

    SQLite's spelling serves both: PostgreSQL's own is the same with casts (`:address::JSON`), which text() cannot
    read and adds by itself from the types bound.
    """
    primary = next(iter(table.primary_key.columns))
    spelt = sqlite.insert(table).on_conflict_do_nothing().returning(primary)
    written = str(spelt.compile(dialect=sqlite.dialect(paramstyle="named"), column_keys=list(names)))
    return text(written).bindparams(*(bindparam(name, type_=table.c[name].type) for name in names))
