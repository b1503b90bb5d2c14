"""What all tables share: the metadata with its names, and the types of columns."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator

from bot.domain.conversation import Draft, Step
from bot.domain.requests import Kind, Place

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)
Id = BigInteger().with_variant(Integer, "sqlite")


class Instant(TypeDecorator[datetime]):
    """A moment: aware UTC in Python, `timestamptz` in PostgreSQL, UTC text in SQLite."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime has no place in the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Drafts(TypeDecorator[tuple[Draft, ...]]):
    """The drafts of a conversation as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[Draft, ...] | None, dialect: Dialect) -> str:
        return json.dumps([dataclasses.asdict(draft) for draft in value or ()], ensure_ascii=False, default=str)

    def process_result_value(self, value: str | None, dialect: Dialect) -> tuple[Draft, ...]:
        return tuple(_draft(data) for data in json.loads(value or "[]"))


def _draft(data: dict[str, Any]) -> Draft:
    known = {field.name for field in dataclasses.fields(Draft)}
    data = {key: value for key, value in data.items() if key in known}
    data["place"] = Place(**data.get("place", {}))
    data["kind"] = Kind(data.get("kind", Kind.COMPLAINT))
    data["step"] = Step(data["step"]) if data.get("step") else None
    data["touched_at"] = datetime.fromisoformat(data["touched_at"]) if data.get("touched_at") else None
    for name in ("alternatives", "candidates", "asked", "attachment_ids"):
        data[name] = tuple(data.get(name, ()))
    return Draft(**data)


def one_of(column: str, values: Iterable[str]) -> CheckConstraint:
    """The column holds one of these words."""
    listed = ", ".join(f"'{value}'" for value in values)
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def primary_key() -> Column[int]:
    return Column("id", Id, primary_key=True, autoincrement=True)
