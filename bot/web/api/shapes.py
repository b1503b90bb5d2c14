"""How requests look to programs. Words are masked; those of sensitive requests stay at the desk."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from bot.db.api_queries import Beside, Entry
from bot.domain.requests import Place, Request, Status
from bot.domain.workflow import TRANSITIONS
from bot.municipality import Municipality
from bot.service.public_text import masked


def request_shape(request: Request, municipality: Municipality, duplicate_of: str | None) -> dict[str, Any]:
    """A request as lists show it."""
    return {
        "number": request.tracking_no,
        "version": request.version,
        "status": request.status,
        "kind": request.kind,
        "service": request.service,
        "unit": request.unit,
        "body": request.body,
        "priority": request.priority,
        "channel": request.channel,
        "sensitive": request.sensitive,
        "description": None if request.sensitive else masked(request.description, municipality),
        "place": {name: getattr(request, name) for name in Place.__dataclass_fields__},
        "created_at": _moment(request.created_at),
        "updated_at": _moment(request.updated_at),
        "due_at": _moment(request.due_at),
        "resolved_at": _moment(request.resolved_at),
        "closed_at": _moment(request.closed_at),
        "reopened_count": request.reopened_count,
        "rating": request.rating,
        "duplicate_of": duplicate_of,
    }


def detail_shape(request: Request, around: Beside, municipality: Municipality) -> dict[str, Any]:
    """One request with what stands beside it."""
    return request_shape(request, municipality, around.duplicate_of) | {
        "followers": around.followers,
        "files": around.files,
        "next_statuses": sorted(TRANSITIONS[Status(request.status)]),
        "history": [_entry(entry, request, municipality) for entry in around.history],
    }


def _entry(entry: Entry, request: Request, municipality: Municipality) -> dict[str, Any]:
    """Who did it is told by kind only: staff, citizen, api, system."""
    hidden = request.sensitive or entry.note is None
    return {
        "id": entry.id,
        "at": _moment(entry.at),
        "by": entry.actor.partition(":")[0],
        "action": entry.action,
        "from": entry.from_status,
        "to": entry.to_status,
        "reason": entry.reason,
        "note_kind": entry.note_kind,
        "note": None if hidden else masked(entry.note or "", municipality),
    }


def _moment(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None
