"""The people of the desk, their sessions, one-time links, API tokens, saved views and canned replies."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from bot.db.desk_tables import api_tokens, canned_replies, one_time_links, saved_views, staff_sessions, staff_users
from bot.domain.staff import ApiToken, CannedReply, OneTimeLink, Role, SavedView, StaffSession, StaffUser


class SqlStaff:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, entity: Any) -> None:
        self._session.add(entity)
        self._session.flush()

    def remove(self, entity: Any) -> None:
        self._session.delete(entity)

    def get(self, staff_id: int, lock: bool = False) -> StaffUser | None:
        query = select(StaffUser).where(staff_users.c.id == staff_id)
        return self._session.scalars(query.with_for_update() if lock else query).first()

    def by_username(self, username: str, lock: bool = False) -> StaffUser | None:
        query = select(StaffUser).where(staff_users.c.username == username)
        return self._session.scalars(query.with_for_update() if lock else query).first()

    def by_oidc_subject(self, subject: str) -> StaffUser | None:
        return self._session.scalars(select(StaffUser).where(staff_users.c.oidc_subject == subject)).first()

    def all(self) -> Sequence[StaffUser]:
        return self._session.scalars(select(StaffUser).order_by(staff_users.c.name)).all()

    def administrators(self) -> Sequence[StaffUser]:
        query = select(StaffUser).where(staff_users.c.role == Role.ADMINISTRATOR, staff_users.c.active)
        return self._session.scalars(query.order_by(staff_users.c.id).with_for_update()).all()

    def any(self) -> bool:
        return self._session.scalar(select(staff_users.c.id).limit(1)) is not None

    def session_of(self, token_hash: str) -> tuple[StaffSession, StaffUser] | None:
        query = (
            select(StaffSession, StaffUser)
            .join(StaffUser, staff_users.c.id == staff_sessions.c.staff_id)
            .where(staff_sessions.c.token_hash == token_hash)
        )
        row = self._session.execute(query).first()
        return (row[0], row[1]) if row else None

    def sessions_of(self, staff_id: int, now: datetime) -> Sequence[StaffSession]:
        """Those that are not over, newest first."""
        query = select(StaffSession).where(
            staff_sessions.c.staff_id == staff_id,
            staff_sessions.c.revoked_at.is_(None),
            staff_sessions.c.expires_at > now,
        )
        return self._session.scalars(query.order_by(staff_sessions.c.id.desc())).all()

    def revoke_sessions(self, staff_id: int, now: datetime, but: int | None = None) -> None:
        """End all sessions of somebody, except the one with the id `but`."""
        over = update(staff_sessions).where(
            staff_sessions.c.staff_id == staff_id,
            staff_sessions.c.revoked_at.is_(None),
            staff_sessions.c.id != (but or 0),
        )
        self._session.execute(over.values(revoked_at=now))

    def link(self, token_hash: str, lock: bool = False) -> OneTimeLink | None:
        query = select(OneTimeLink).where(one_time_links.c.token_hash == token_hash)
        return self._session.scalars(query.with_for_update() if lock else query).first()

    def open_links(self, now: datetime) -> Sequence[OneTimeLink]:
        query = select(OneTimeLink).where(one_time_links.c.used_at.is_(None), one_time_links.c.expires_at > now)
        return self._session.scalars(query.order_by(one_time_links.c.id.desc())).all()

    def token(self, token_hash: str) -> ApiToken | None:
        return self._session.scalars(select(ApiToken).where(api_tokens.c.token_hash == token_hash)).first()

    def tokens(self) -> Sequence[ApiToken]:
        return self._session.scalars(select(ApiToken).order_by(api_tokens.c.id.desc())).all()

    def views(self, staff_id: int, page: str) -> Sequence[SavedView]:
        mine = or_(saved_views.c.staff_id == staff_id, saved_views.c.staff_id.is_(None))
        query = select(SavedView).where(saved_views.c.page == page, mine)
        return self._session.scalars(query.order_by(saved_views.c.name)).all()

    def canned(self) -> Sequence[CannedReply]:
        query = select(CannedReply).where(canned_replies.c.archived_at.is_(None))
        return self._session.scalars(query.order_by(canned_replies.c.title)).all()
