"""Known incidents and who reported them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.desk_tables import incident_reports, incidents
from bot.db.statements import insert_ignoring
from bot.domain.incidents import Incident, IncidentReport


class SqlIncidents:
    def __init__(self, session: Session) -> None:
        self._session = session

    def add(self, incident: Incident) -> None:
        self._session.add(incident)
        self._session.flush()

    def get(self, incident_id: int, lock: bool = False) -> Incident | None:
        query = select(Incident).where(incidents.c.id == incident_id)
        return self._session.scalars(query.with_for_update() if lock else query).first()

    def in_force(self, now: datetime, service: str | None = None) -> Sequence[Incident]:
        query = (
            select(Incident)
            .where(incidents.c.starts_at <= now, incidents.c.until > now, incidents.c.ended_at.is_(None))
            .order_by(incidents.c.id.desc())
        )
        if service is not None:
            query = query.where(incidents.c.service == service)
        return self._session.scalars(query).all()

    def newest(self, limit: int = 50) -> Sequence[Incident]:
        return self._session.scalars(select(Incident).order_by(incidents.c.id.desc()).limit(limit)).all()

    def count(self, report: IncidentReport) -> bool:
        values = {
            "incident_id": report.incident_id,
            "citizen_id": report.citizen_id,
            "conversation_id": report.conversation_id,
            "at": report.at,
        }
        report.id = insert_ignoring(self._session, incident_reports, values)
        if report.id is None:
            return False
        counted = update(incidents).where(incidents.c.id == report.incident_id)
        self._session.execute(counted.values(reports=incidents.c.reports + 1))
        return True
