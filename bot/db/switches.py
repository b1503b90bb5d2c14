"""Switches that staff turn while the system runs, and the channels' sealed credentials."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.db.desk_tables import credentials, switches
from bot.db.statements import insert_ignoring


class SqlSwitches:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> str | None:
        return self._session.scalar(select(switches.c.value).where(switches.c.name == name))

    def set(self, name: str, value: str, now: datetime, actor: str) -> None:
        row = {"name": name, "value": value, "at": now, "actor": actor}
        if insert_ignoring(self._session, switches, row) is None:
            self._session.execute(update(switches).where(switches.c.name == name).values(**row))


class SqlCredentials:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, name: str) -> str | None:
        return self._session.scalar(select(credentials.c.sealed).where(credentials.c.name == name))

    def put(self, name: str, sealed: str, now: datetime) -> None:
        row = {"name": name, "sealed": sealed, "at": now}
        if insert_ignoring(self._session, credentials, row) is None:
            self._session.execute(update(credentials).where(credentials.c.name == name).values(**row))
