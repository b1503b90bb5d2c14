"""Canned replies: the municipality's own and those that the team wrote, filled for a conversation with right suffixes.

A placeholder is written as the team reads it: {birim}, and with a suffix as {birim:-e}, {mahalle:-de}, {no:-i}.
"""

from __future__ import annotations

import string
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.requests import Request
from bot.domain.staff import CannedReply
from bot.errors import NotFound, UserError
from bot.municipality import Municipality
from bot.ports import UnitOfWork
from bot.service.texts import Texts
from bot.turkish import Common, Person, TextFormatter

CASES = {"-e": "dat", "-de": "loc", "-den": "abl", "-i": "acc", "-in": "gen"}
"""The suffixes as they are written in a placeholder, with the cases of bot/turkish.py."""
NAMES = ("ad", "no", "hizmet", "birim", "yer", "mahalle", "durum", "hedef", "belediye", "telefon")
GAPS = tuple(f"[{name}]" for name in NAMES)
"""What stands where nothing is known; a text that still holds one is not sent."""
LONGEST_TITLE, LONGEST = 120, 2000


@dataclass(frozen=True)
class Canned:
    """A reply ready to be chosen. `id` is None for the municipality's own ones; `text` may be filled already."""

    title: str
    text: str
    service: str | None = None
    status: str | None = None
    id: int | None = None


class _Formatter(TextFormatter):
    def get_field(self, field_name: str, args: Any, kwargs: Any) -> Any:
        """Names only: nothing of a value's inside can be reached from a template."""
        return kwargs[field_name], field_name

    def format_field(self, value: Any, format_spec: str) -> str:
        if isinstance(value, str) and value in GAPS:
            return value
        return super().format_field(value, CASES.get(format_spec, ""))


_FORMATTER = _Formatter()


def check_template(text: str) -> None:
    """Raise UserError unknown_placeholder (`name`) or broken_placeholder for a template that cannot be filled."""
    try:
        fields = [(name, spec or conversion or "") for _, name, spec, conversion in _parsed(text) if name is not None]
    except ValueError as error:
        raise UserError("broken_placeholder") from error
    for name, spec in fields:
        if name not in NAMES or (spec and spec not in CASES):
            raise UserError("unknown_placeholder", name=f"{name}:{spec}" if spec else name)


def _parsed(text: str) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    return string.Formatter().parse(text)


def fill(text: str, values: Mapping[str, str]) -> str:
    """The template with its placeholders filled; '[birim]' where a value is missing."""
    known = {name: values.get(name) or f"[{name}]" for name in NAMES}
    return _FORMATTER.vformat(text, (), known)


def gap_in(text: str) -> str | None:
    """The first placeholder that nobody filled: '[birim]'."""
    return next((gap for gap in GAPS if gap in text), None)


def values_for(municipality: Municipality, request: Request | None, name: str | None) -> dict[str, str]:
    """What is known for the placeholders. `name` is how the citizen is addressed."""
    values: dict[str, str] = {"ad": Person(name or ""), "belediye": municipality.name, "telefon": municipality.phone}
    if request is None:
        return values
    texts = Texts(municipality)
    body = municipality.bodies.get(request.body or "")
    due = municipality.local(request.due_at) if request.due_at else None
    return values | {
        "no": request.tracking_no,
        "hizmet": Common(texts.service(request.service)),
        "birim": municipality.units.get(request.unit or "", body.name if body else ""),
        "yer": texts.place(request.place),
        "mahalle": f"{request.neighbourhood} Mahallesi" if request.neighbourhood else "",
        "durum": Common(texts.status(request.status)),
        "hedef": f"{due:%d.%m.%Y}" if due else "",
    }


class CannedDesk:
    """Keeps the team's canned replies, inside one unit of work; every change is in the audit."""

    def __init__(self, uow: UnitOfWork, municipality: Municipality, now: datetime) -> None:
        self._uow, self._municipality, self._now = uow, municipality, now

    def all(self) -> list[Canned]:
        """The team's and the municipality's, by title."""
        kept = [Canned(c.title, c.text, c.service, c.status, c.id) for c in self._uow.staff.canned()]
        own = [Canned(c.title, c.text, c.service, c.status) for c in self._municipality.canned]
        return kept + own

    def fitting(self, request: Request | None, name: str | None) -> list[Canned]:
        """All of them filled; those for this service and status first, those for another service left out."""
        values = values_for(self._municipality, request, name)
        fitting = sorted(_fitting(self.all(), request), key=lambda each: -_closeness(each))
        return [Canned(c.title, fill(c.text, values), c.service, c.status, c.id) for c in fitting]

    def save(self, id_: int | None, title: str, text: str, service: str, status: str, staff: str) -> CannedReply:
        """A new reply, or `id_` changed. Raises NotFound, and UserError for what is empty, too long or cannot work."""
        if not title.strip() or not text.strip():
            raise UserError("canned_empty")
        if len(title) > LONGEST_TITLE or len(text) > LONGEST:
            raise UserError("too_long", length=len(text), most=LONGEST)
        if service and service not in self._municipality.services:
            raise UserError("unknown_service", service=service)
        check_template(text)
        reply = self._found(id_) if id_ is not None else CannedReply("", "", self._now, f"staff:{staff}")
        reply.title, reply.text = title.strip(), text.strip()
        reply.service, reply.status = service or None, status or None
        if id_ is None:
            self._uow.staff.add(reply)
        self._uow.audit.record(self._now, f"staff:{staff}", "canned_saved", f"canned:{reply.id}", reply.text)
        return reply

    def archive(self, id_: int, staff: str) -> None:
        """It is offered no more. Raises NotFound."""
        self._found(id_).archived_at = self._now
        self._uow.audit.record(self._now, f"staff:{staff}", "canned_archived", f"canned:{id_}")

    def _found(self, id_: int) -> CannedReply:
        found = next((reply for reply in self._uow.staff.canned() if reply.id == id_), None)
        if found is None:
            raise NotFound("not_found")
        return found


def _fitting(replies: Iterable[Canned], request: Request | None) -> Sequence[Canned]:
    service, status = (request.service, request.status) if request else (None, None)
    return [c for c in replies if c.service in (None, service) and c.status in (None, status)]


def _closeness(reply: Canned) -> int:
    return (2 if reply.service else 0) + (1 if reply.status else 0)
