"""Reads for the people's screens: who belongs to the desk, and the links that are still open."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.db.desk_tables import api_tokens, one_time_links, staff_sessions, staff_users


@dataclass(frozen=True)
class Person:
    """A row of the people's table; `seen_at` is when they last did something at the desk."""

    id: int
    username: str
    name: str
    role: str
    unit: str | None
    email: str | None
    active: bool
    two_steps: bool
    by_oidc: bool
    locked_until: datetime | None
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class OpenLink:
    id: int
    purpose: str
    role: str | None
    unit: str | None
    email: str | None
    created_at: datetime
    created_by: str
    expires_at: datetime
    staff_name: str | None


@dataclass(frozen=True)
class TokenRow:
    id: int
    name: str
    unit: str | None
    writes: bool
    created_at: datetime
    created_by: str
    last_used_at: datetime | None
    revoked_at: datetime | None


def people(session: Session, staff_id: int | None = None) -> Sequence[Person]:
    """Everybody by name, those who are active first; or the one person."""
    seen = (
        select(staff_sessions.c.staff_id, func.max(staff_sessions.c.seen_at).label("at"))
        .group_by(staff_sessions.c.staff_id)
        .subquery()
    )
    c = staff_users.c
    query = (
        select(
            c.id, c.username, c.name, c.role, c.unit, c.email, c.active, c.totp_secret.isnot(None),
            c.oidc_subject.isnot(None), c.locked_until, c.created_at, seen.c.at,
        )
        .outerjoin(seen, seen.c.staff_id == c.id)
        .order_by(c.active.desc(), c.name, c.id)
    )  # fmt: skip
    if staff_id is not None:
        query = query.where(c.id == staff_id)
    return [Person(*row) for row in session.execute(query)]


def open_links(session: Session, now: datetime) -> Sequence[OpenLink]:
    """Newest first."""
    c = one_time_links.c
    query = (
        select(
            c.id, c.purpose, c.role, c.unit, c.email, c.created_at, c.created_by, c.expires_at, staff_users.c.name
        )
        .outerjoin(staff_users, staff_users.c.id == c.staff_id)
        .where(c.used_at.is_(None), c.expires_at > now)
        .order_by(c.id.desc())
    )  # fmt: skip
    return [OpenLink(*row) for row in session.execute(query)]


def api_token_rows(session: Session) -> Sequence[TokenRow]:
    """Those that work first, newest first."""
    c = api_tokens.c
    query = select(c.id, c.name, c.unit, c.writes, c.created_at, c.created_by, c.last_used_at, c.revoked_at)
    return [TokenRow(*row) for row in session.execute(query.order_by(c.revoked_at.isnot(None), c.id.desc()))]
