"""The audit's hash chain, and leases (who polls, who sweeps)."""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta

from sqlalchemy import or_, select, text, update
from sqlalchemy.orm import Session

from bot.db.statements import insert_ignoring
from bot.db.tables import audit, leases


def chained(previous: str, at: datetime, actor: str, action: str, object_: str, detail_hash: str | None) -> str:
    """The hash of a row: over everything in it and over the hash of the row before."""
    link = json.dumps([previous, at.astimezone(UTC).isoformat(), actor, action, object_, detail_hash])
    return hashlib.sha256(link.encode()).hexdigest()


class SqlAudit:
    """`key` is the secret under which details are hashed: short texts cannot be guessed from the table alone."""

    def __init__(self, session: Session, key: bytes) -> None:
        self._session = session
        self._key = key
        self._links: list[tuple[datetime, str, str, str, str]] = []

    def record(self, at: datetime, actor: str, action: str, object_: str, detail: str = "") -> None:
        """Append one link of the chain when the transaction commits; `detail` is kept only as a keyed hash."""
        self._links.append((at, actor, action, object_, detail))

    def write(self) -> None:
        """Write the links. Last before the commit: who holds the end of the chain waits for no other lock."""
        for link in self._links:
            self._append(*link)
        self._links.clear()

    def _append(self, at: datetime, actor: str, action: str, object_: str, detail: str) -> None:
        if self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("SELECT pg_advisory_xact_lock(7283001)"))
        previous = self._session.scalar(select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)) or ""
        detail_hash = hmac.new(self._key, detail.encode(), hashlib.sha256).hexdigest() if detail else None
        self._session.execute(
            audit.insert().values(
                at=at,
                actor=actor,
                action=action,
                object=object_,
                detail_hash=detail_hash,
                previous=previous,
                hash=chained(previous, at, actor, action, object_, detail_hash),
            )
        )


class SqlLeases:
    def __init__(self, session: Session) -> None:
        self._session = session

    def take(self, name: str, owner: str, now: datetime, seconds: float) -> bool:
        insert_ignoring(self._session, leases, {"name": name})
        taken = update(leases).where(
            leases.c.name == name,
            or_(leases.c.owner.is_(None), leases.c.owner == owner, leases.c.until <= now),
        )
        result = self._session.execute(taken.values(owner=owner, until=now + timedelta(seconds=seconds)))
        return bool(result.rowcount)  # type: ignore[attr-defined]  # CursorResult of an UPDATE

    def hold(self, name: str, owner: str, now: datetime, seconds: float) -> None:
        insert_ignoring(self._session, leases, {"name": name})
        held = update(leases).where(leases.c.name == name)
        self._session.execute(held.values(owner=owner, until=now + timedelta(seconds=seconds)))

    def value(self, name: str) -> str | None:
        return self._session.scalar(select(leases.c.value).where(leases.c.name == name))

    def set_value(self, name: str, value: str) -> None:
        insert_ignoring(self._session, leases, {"name": name})
        self._session.execute(update(leases).where(leases.c.name == name).values(value=value))
