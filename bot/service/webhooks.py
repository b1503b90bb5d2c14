"""Other programs hear of every entry of a request's history: one outbox row each, codes and ids only."""

from __future__ import annotations

import json
import re
from dataclasses import asdict
from datetime import datetime
from typing import Any

from bot.domain.messages import OutboxKind, OutboxRow, OutboxState, Reply
from bot.domain.requests import HistoryEntry, Request
from bot.ports import UnitOfWork

CHANNEL = SWITCH = "webhook"
ON, OFF = "on", "off"
_CODE = re.compile(r"[A-Za-z0-9_.>:-]{1,80}")


def announce(uow: UnitOfWork, request: Request, entry: HistoryEntry) -> None:
    """Write the row in the change's own transaction, where a receiver is set up."""
    if uow.switches.get(SWITCH) != ON:
        return
    uow.outbox.add(
        OutboxRow(
            key=f"webhook:{entry.id}",
            kind=OutboxKind.WEBHOOK,
            channel=CHANNEL,
            body=asdict(Reply(json.dumps(message(request, entry)))),
            state=OutboxState.PENDING,
            created_at=entry.at,
            not_before=entry.at,
        )
    )


def message(request: Request, entry: HistoryEntry) -> dict[str, Any]:
    """What is posted: nothing personal, no words, and of who did it only what kind of actor it was."""
    return {
        "id": f"history-{entry.id}",
        "type": f"request.{entry.action}",
        "timestamp": entry.at.isoformat(),
        "data": {
            "request": request.tracking_no,
            "version": request.version,
            "service": request.service,
            "unit": request.unit,
            "body": request.body,
            "status": request.status,
            "from": entry.from_status,
            "to": entry.to_status,
            "reason": entry.reason if entry.reason and _CODE.fullmatch(entry.reason) else None,
            "by": entry.actor.partition(":")[0],
        },
    }


def keep_switch(uow: UnitOfWork, listening: bool, now: datetime) -> None:
    """Say whether a receiver is set up; called when the system starts, commits nothing."""
    value = ON if listening else OFF
    if (uow.switches.get(SWITCH) or OFF) != value:
        uow.switches.set(SWITCH, value, now, "system")
