"""One transaction over all repositories."""

from __future__ import annotations

from types import TracebackType
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

import bot.db.searching  # noqa: F401 - its listeners keep the folded copies
from bot.db.conversations import SqlConversations
from bot.db.engine import as_ours, writer_lock
from bot.db.forgetting import SqlForgetting
from bot.db.incidents import SqlIncidents
from bot.db.keeping import SqlAudit, SqlLeases
from bot.db.linking import SqlLinks
from bot.db.privacy import SqlPrivacy
from bot.db.queues import SqlInbox, SqlOutbox
from bot.db.requests import SqlRequests, SqlReviews
from bot.db.staff import SqlStaff
from bot.db.switches import SqlCredentials, SqlSwitches
from bot.errors import StaleVersion


class SqlUnitOfWork:
    """Leaving the block without `commit()` rolls back. On SQLite a writing one queues on the process's lock."""

    def __init__(self, engine: Engine, write: bool = True, key: bytes = b"") -> None:
        """`key`: the secret of the audit's hashes."""
        self._engine = engine
        self._write = write
        self._key = key

    def __enter__(self) -> SqlUnitOfWork:
        self._lock = writer_lock(self._engine) if self._write else None
        if self._lock is not None:
            self._lock.__enter__()
        try:
            self.session = Session(self._engine.execution_options(**self._options()), expire_on_commit=False)
            if self._write and self._engine.dialect.name == "sqlite":
                self.session.connection()  # BEGIN IMMEDIATE now: what is read stays true until the commit
        except DBAPIError as error:
            self._leave()
            raise as_ours(error) from error
        self.conversations = SqlConversations(self.session)
        self.inbox = SqlInbox(self.session)
        self.outbox = SqlOutbox(self.session)
        self.requests = SqlRequests(self.session)
        self.reviews = SqlReviews(self.session)
        self.staff = SqlStaff(self.session)
        self.incidents = SqlIncidents(self.session)
        self.switches = SqlSwitches(self.session)
        self.credentials = SqlCredentials(self.session)
        self.privacy = SqlPrivacy(self.session)
        self.forgetting = SqlForgetting(self.session)
        self.links = SqlLinks(self.session)
        self.audit = SqlAudit(self.session, self._key)
        self.leases = SqlLeases(self.session)
        return self

    def _options(self) -> dict[str, Any]:
        """A look at PostgreSQL needs no transaction: two round trips less."""
        if self._write or self._engine.dialect.name == "sqlite":
            return {"write": self._write}
        return {"isolation_level": "AUTOCOMMIT"}

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self.session.close()
        finally:
            self._leave()
        if isinstance(error, StaleDataError):
            raise StaleVersion("stale_version") from error
        if isinstance(error, DBAPIError):
            ours = as_ours(error)
            if ours is not error:
                raise ours from error

    def _leave(self) -> None:
        if self._lock is not None:
            self._lock.__exit__(None, None, None)
            self._lock = None

    def flush(self) -> None:
        self.session.flush()

    def commit(self) -> None:
        self.session.flush()
        self.audit.write()
        self.session.commit()
