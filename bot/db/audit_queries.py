"""Reads of the audit: its rows by filters, and whether its chain is unbroken."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.keeping import chained
from bot.db.tables import audit

_CHUNK = 2000


@dataclass(frozen=True)
class AuditRow:
    id: int
    at: datetime
    actor: str
    action: str
    object: str


@dataclass(frozen=True)
class AuditFilter:
    """Empty fields filter nothing. `action` and `object` may be the beginning of what is looked for."""

    actor: str = ""
    action: str = ""
    object: str = ""
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class Verdict:
    """`broken` is the id of the first row that doesn't follow from the one before; None: the chain holds."""

    rows: int
    head: str
    broken: int | None = None
    problem: str = ""
    head_found: bool = False


def audit_rows(
    session: Session, wanted: AuditFilter, before: int | None = None, limit: int = 100
) -> Sequence[AuditRow]:
    """Newest first; `before` is the id of the last row of the page before."""
    c = audit.c
    query = select(c.id, c.at, c.actor, c.action, c.object).order_by(c.id.desc()).limit(limit)
    if wanted.actor:
        query = query.where(c.actor == wanted.actor)
    if wanted.action:
        query = query.where(c.action.startswith(wanted.action, autoescape=True))
    if wanted.object:
        query = query.where(c.object.startswith(wanted.object, autoescape=True))
    if wanted.since is not None:
        query = query.where(c.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(c.at < wanted.until)
    if before is not None:
        query = query.where(c.id < before)
    return [AuditRow(*row) for row in session.execute(query)]


def verify_chain(session: Session, head: str | None = None) -> Verdict:
    """Read the whole chain in order, in parts; `head` is a hash that must be in it."""
    previous, rows, after, found = "", 0, 0, head == ""
    while True:
        part = session.execute(select(audit).where(audit.c.id > after).order_by(audit.c.id).limit(_CHUNK)).all()
        for row in part:
            if row.previous != previous:
                return Verdict(rows, previous, row.id, "a row before it is missing or was changed")
            if row.hash != chained(previous, row.at, row.actor, row.action, row.object, row.detail_hash):
                return Verdict(rows, previous, row.id, "the row was changed")
            previous, after, rows = row.hash, row.id, rows + 1
            found = found or row.hash == head
        if len(part) < _CHUNK:
            return Verdict(rows, previous, head_found=found)
