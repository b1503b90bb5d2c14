"""Statements that SQLite and PostgreSQL spell alike but SQLAlchemy keeps per dialect."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session


def insert_ignoring(session: Session, table: Table, values: Mapping[str, Any]) -> int | None:
    """INSERT … ON CONFLICT DO NOTHING; the new id, None where a constraint said that the row is there already."""
    make = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = make(table).values(**values).on_conflict_do_nothing()
    primary = next(iter(table.primary_key.columns))
    return session.execute(statement.returning(primary)).scalar_one_or_none()
