"""What the API reads of requests: lists by filters with a cursor, and one request with its history."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.request_queries import RequestFilter
from bot.db.tables import attachments, followers, history, notes, requests
from bot.domain.requests import Request


@dataclass(frozen=True)
class Entry:
    """An entry of the history with its words, where there are any left."""

    id: int
    at: datetime
    actor: str
    action: str
    from_status: str | None
    to_status: str | None
    reason: str | None
    note_kind: str | None
    note: str | None


@dataclass(frozen=True)
class Beside:
    """What stands beside one request."""

    history: Sequence[Entry]
    followers: int
    files: int
    duplicate_of: str | None


def requests_of(session: Session, wanted: RequestFilter, before: int | None, limit: int) -> Sequence[Request]:
    """Newest first; `before` is the id of the last one of the page before."""
    query = select(Request).where(*wanted.conditions()).order_by(requests.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(requests.c.id < before)
    return session.scalars(query).all()


def numbers_of(session: Session, ids: Sequence[int]) -> Mapping[int, str]:
    """Tracking numbers by id."""
    if not ids:
        return {}
    query = select(requests.c.id, requests.c.tracking_no).where(requests.c.id.in_(ids))
    return {row.id: row.tracking_no for row in session.execute(query)}


def beside(session: Session, request: Request) -> Beside:
    assert request.id is not None
    h = history.c
    query = (
        select(h.id, h.at, h.actor, h.action, h.from_status, h.to_status, h.reason, notes.c.kind, notes.c.text)
        .outerjoin(notes, notes.c.id == h.note_id)
        .where(h.request_id == request.id)
        .order_by(h.id)
    )
    followed = select(func.count()).select_from(followers).where(followers.c.request_id == request.id)
    filed = select(func.count()).select_from(attachments).where(attachments.c.request_id == request.id)
    merged_into = request.duplicate_of
    return Beside(
        history=[Entry(*row) for row in session.execute(query)],
        followers=int(session.scalar(followed) or 0),
        files=int(session.scalar(filed) or 0),
        duplicate_of=numbers_of(session, [merged_into]).get(merged_into) if merged_into else None,
    )
