"""`hizmet requests …`."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import Settings
from bot.domain.requests import Request, Status
from bot.nlu.identifiers import mask
from bot.ports import UnitOfWork
from bot.service.requests import RequestDesk, find_request
from bot.service.texts import Texts

out = Console()
AFTER = {
    "start": Status.IN_PROGRESS,
    "resolve": Status.RESOLVED,
    "reject": Status.REJECTED,
    "reopen": Status.REOPENED,
    "cancel": Status.CANCELLED,
}


def _in_desk(settings: Settings, number: str, act: Callable[[RequestDesk, Request], None]) -> None:
    municipality = municipality_of(settings.municipality)
    with open_database(settings).writes() as uow:
        request = find_request(uow, number)
        act(RequestDesk(uow, municipality, SystemClock().now(), settings.secret.encode()), request)
        uow.commit()
        out.print(f"{request.tracking_no}: {Texts(municipality).status(request.status)}")


def change(settings: Settings, number: str, name: str, note: str | None, staff: str) -> None:
    """Move a request along; the citizen is told."""
    _in_desk(settings, number, lambda desk, request: desk.change(request, AFTER[name], f"staff:{staff}", note=note))


def assign(settings: Settings, number: str, unit: str, note: str | None, staff: str) -> None:
    _in_desk(settings, number, lambda desk, request: desk.assign(request, unit, f"staff:{staff}", note))


def forward(settings: Settings, number: str, body: str, sent: bool, note: str | None, staff: str) -> None:
    _in_desk(settings, number, lambda desk, request: desk.forward(request, body, f"staff:{staff}", note, sent))


def reclassify(settings: Settings, number: str, service: str, staff: str) -> None:
    _in_desk(settings, number, lambda desk, request: desk.reclassify(request, service, f"staff:{staff}"))


def show_list(settings: Settings, status: str | None, unit: str | None, limit: int, as_json: bool) -> None:
    """A table of requests, newest first; nothing personal in it."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).reads() as uow:
        found = uow.requests.search(status=status, unit=unit, limit=limit)
    if as_json:
        for request in found:
            print(json.dumps(_row(request), ensure_ascii=False))
        return
    table = Table("number", "status", "service", "neighbourhood", "filed", "due", "priority")
    for request in found:
        due = f"{municipality.local(request.due_at):%d.%m. %H:%M}" if request.due_at else "-"
        table.add_row(
            request.tracking_no,
            request.status,
            municipality.services[request.service].short,
            request.neighbourhood or "-",
            f"{municipality.local(request.created_at):%d.%m. %H:%M}",
            due,
            request.priority,
        )
    out.print(table)


def show(settings: Settings, number: str, as_json: bool) -> None:
    """One request, its words, notes and history."""
    municipality = municipality_of(settings.municipality)
    with open_database(settings).reads() as uow:
        request = find_request(uow, number, lock=False)
        history = uow.requests.history(request.id or 0)
        notes = {note.id: note.text for note in uow.requests.notes(request.id or 0)}
        followers = len(uow.requests.followers(request.id or 0))
        files = uow.requests.attachments_of(request.id or 0)
    if as_json:
        print(json.dumps(_row(request) | {"description": request.description}, ensure_ascii=False))
        return
    for name, value in _row(request).items():
        if value is not None:
            out.print(f"{name:16} {value}", markup=False, highlight=False)
    out.print(f"{'description':16} {request.description}", markup=False, highlight=False)
    out.print(f"{'followers':16} {followers}   files: {', '.join(file.sha256[:12] for file in files) or '-'}")
    table = Table("when", "who", "what", "from", "to", "reason", "note")
    for entry in history:
        table.add_row(
            f"{municipality.local(entry.at):%d.%m.%Y %H:%M}",
            entry.actor,
            entry.action,
            entry.from_status or "",
            entry.to_status or "",
            entry.reason or "",
            notes.get(entry.note_id, "") or "",
        )
    out.print(table)


def export_labels(settings: Settings, file: Path) -> None:
    """Requests whose service staff corrected, masked, one JSON object a line."""
    with open_database(settings).reads() as uow, file.open("w", encoding="utf-8") as target:
        number = 0
        for text, service in _labels(uow):
            target.write(json.dumps({"text": text, "service": service}, ensure_ascii=False) + "\n")
            number += 1
    out.print(f"{number} labels → {file}")


def _labels(uow: UnitOfWork) -> list[tuple[str, str]]:
    corrected = []
    for request in uow.requests.search(limit=100_000):
        if any(entry.action == "reclassified" for entry in uow.requests.history(request.id or 0)):
            corrected.append((mask(request.description), request.service))
    return corrected


def _row(request: Request) -> dict[str, Any]:
    names = (
        "tracking_no", "status", "service", "kind", "unit", "body", "priority", "channel", "neighbourhood", "street",
        "door_no", "landmark", "latitude", "longitude", "rating", "reopened_count",
    )  # fmt: skip
    moments = {
        name: moment.isoformat() if (moment := getattr(request, name)) else None
        for name in ("created_at", "updated_at", "due_at", "resolved_at")
    }
    return {name: getattr(request, name) for name in names} | moments
