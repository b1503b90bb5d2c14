"""One-time codes by which two accounts prove that they are one person's, and the joining of two citizens."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from bot.db.desk_tables import incident_reports, link_codes, privacy_wishes
from bot.db.tables import audit, conversations, followers, identities, requests
from bot.domain.conversation import Conversation, Identity
from bot.domain.incidents import IncidentReport
from bot.domain.privacy import ACCOUNTS_JOINED, PrivacyWish
from bot.domain.requests import Follower, Request


def actors_of(session: Session, citizen_id: int) -> Sequence[str]:
    """Under what names histories, which never change, know the citizen: also as who became one with them later."""
    actors = [f"citizen:{citizen_id}"]
    for actor in actors:  # grows on the way; a citizen becomes another's only once
        joined = select(audit.c.object).where(audit.c.actor == actor, audit.c.action == ACCOUNTS_JOINED)
        actors += session.scalars(joined)
    return actors


class SqlLinks:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, code_hash: str, identity_id: int, now: datetime, until: datetime) -> None:
        row = {"code_hash": code_hash, "identity_id": identity_id, "created_at": now, "expires_at": until}
        self._session.execute(link_codes.insert().values(**row))

    def use(self, code_hash: str, now: datetime) -> int | None:
        good = (link_codes.c.code_hash == code_hash) & link_codes.c.used_at.is_(None) & (link_codes.c.expires_at > now)
        identity_id = self._session.scalar(select(link_codes.c.identity_id).where(good).with_for_update())
        if identity_id is not None:
            self._session.execute(update(link_codes).where(good).values(used_at=now))
        return identity_id

    def void(self, identity_id: int) -> None:
        mine = (link_codes.c.identity_id == identity_id) & link_codes.c.used_at.is_(None)
        self._session.execute(delete(link_codes).where(mine))

    def join(self, kept: int, gone: int) -> None:
        """All of the citizen `gone` becomes that of `kept`; who follows their own request follows it no more."""
        for table, entity in (
            (identities, Identity),
            (conversations, Conversation),
            (requests, Request),
            (privacy_wishes, PrivacyWish),
        ):
            self._session.execute(update(entity).where(table.c.citizen_id == gone).values(citizen_id=kept))
        theirs = select(followers.c.request_id).where(followers.c.citizen_id == kept)
        filed = select(requests.c.id).where(requests.c.citizen_id == kept)
        self._session.execute(
            delete(Follower).where(followers.c.citizen_id == gone, followers.c.request_id.in_(theirs.union(filed)))
        )
        self._session.execute(update(Follower).where(followers.c.citizen_id == gone).values(citizen_id=kept))
        self._session.execute(delete(Follower).where(followers.c.citizen_id == kept, followers.c.request_id.in_(filed)))
        counted = select(incident_reports.c.incident_id).where(incident_reports.c.citizen_id == kept)
        self._session.execute(
            delete(IncidentReport).where(
                incident_reports.c.citizen_id == gone, incident_reports.c.incident_id.in_(counted)
            )
        )
        self._session.execute(
            update(IncidentReport).where(incident_reports.c.citizen_id == gone).values(citizen_id=kept)
        )
