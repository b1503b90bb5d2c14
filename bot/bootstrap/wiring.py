"""What every role needs: database, municipality, model."""

from __future__ import annotations

import functools
from contextlib import AbstractContextManager
from pathlib import Path

from sqlalchemy import Engine

from bot.config import Settings
from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.municipality import Municipality, load_municipality


class Database:
    """Units of work on one engine: `writes` for changes, `reads` for looking. `key` is that of the audit's hashes."""

    def __init__(self, engine: Engine, key: bytes = b"") -> None:
        self.engine, self._key = engine, key

    def writes(self) -> AbstractContextManager[SqlUnitOfWork]:
        return SqlUnitOfWork(self.engine, key=self._key)

    def reads(self) -> AbstractContextManager[SqlUnitOfWork]:
        return SqlUnitOfWork(self.engine, write=False)


@functools.lru_cache(maxsize=4)
def municipality_of(path: Path) -> Municipality:
    """The municipality's file, read once a process."""
    return load_municipality(path)


def open_database(settings: Settings, ping: bool = True) -> Database:
    """The configured database. Nothing is connected yet. `ping`: see make_engine."""
    return Database(make_engine(settings.database, ping=ping), settings.secret.encode())
