"""Requests by their tracking numbers, for files that name many of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.db.tables import requests
from bot.domain.requests import Request


def by_numbers(session: Session, numbers: Sequence[str]) -> Mapping[str, Request]:
    """Those that exist, by number; a few hundred at most."""
    if not numbers:
        return {}
    query = select(Request).where(requests.c.tracking_no.in_(set(numbers)))
    return {request.tracking_no: request for request in session.scalars(query)}
