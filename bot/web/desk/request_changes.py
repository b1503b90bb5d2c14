"""Every change of a request from its page: through the one gate, and only of the version that was seen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import UploadFile
from starlette.responses import RedirectResponse, Response

from bot.db.request_queries import staff_names
from bot.domain.messages import FileRef
from bot.domain.requests import Attachment, Priority, Request, Status
from bot.errors import StaleVersion, UserError
from bot.service.policy import Right
from bot.service.requests import RequestDesk, check_version
from bot.web.bodies import file_name_of
from bot.web.chat import ACCEPTED
from bot.web.desk import places
from bot.web.desk.frame import Desk
from bot.web.desk.personal import Shown
from bot.web.desk.request import OWN_FORMS
from bot.web.desk.request_access import changed, gate, request_page, visible
from bot.web.desk.routing import PREFIX, DeskRoute
from bot.web.desk.visit import Visit

MOST_FILES = 5
NOTE = 1000
_PIECE = 256 * 1024
_SAID_WHY = frozenset({Status.REJECTED, Status.CANCELLED})


@dataclass(frozen=True)
class Change:
    """A change under way: everything that it may need."""

    visit: Visit
    uow: Any
    gate: RequestDesk
    request: Request

    @property
    def actor(self) -> str:
        return self.visit.staff.actor

    @property
    def note(self) -> str:
        return self.visit.text("note", NOTE)

    @property
    def told(self) -> bool:
        """Whether the note is for the citizen."""
        return self.visit.text("told", 1) == "1"


Act = Callable[[Change], None]


class RequestChanges:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= places.PROBLEMS | {
            "merge_refused": "{number} ile birleştirilemez: başvuru ya kendisi ya da sonuçlanmış.",
            "file_refused": "Bu türde dosya eklenemez. Fotoğraf veya PDF seçin.",
            "file_too_large": "Dosya çok büyük.",
            "unknown_priority": "Böyle bir öncelik yok.",
            "unknown_status": "Böyle bir durum yok.",
            "empty_note": "Not boş olamaz.",
        }

    def routes(self) -> list[DeskRoute]:
        here, right = "/basvurular/{no}", Right.CHANGE_REQUESTS
        forms = {
            "birim": _assign,
            "kurum": _forward,
            "hizmet": _reclassify,
            "yer": self._relocate,
            "oncelik": _prioritize,
            "birlestir": _merge,
            "ayir": _separate,
            "not": _add_note,
        }
        return [
            DeskRoute(f"{here}/durum", self.status, right, ("POST",), max_files=MOST_FILES),
            *(DeskRoute(f"{here}/{path}", self._form(act, path), right, ("POST",)) for path, act in forms.items()),
        ]

    def status(self, visit: Visit) -> Response:
        """The next status, with note and photos; files are stored before the transaction begins."""
        kept = [self._kept(upload) for upload in visit.uploads("files")[:MOST_FILES]]

        def act(change: Change) -> None:
            _set_status(change)
            if kept:
                ids = [_attached(change, file) for file in kept]
                change.gate.add_files(change.request, tuple(ids), change.actor)

        return self._changed(visit, act, "durum")

    def _form(self, act: Act, done: str) -> Callable[[Visit], Response]:
        return lambda visit: self._changed(visit, act, done)

    def _changed(self, visit: Visit, act: Act, done: str) -> Response:
        try:
            with self._desk.writes() as uow:
                request = changed(visit, uow, visit.path["no"])
                check_version(request, visit.number("version"))
                act(Change(visit, uow, gate(self._desk, visit, uow), request))
                uow.commit()
        except StaleVersion:
            return self._stale(visit)
        if not visit.may(Right.SEE_REQUESTS, request.unit):
            return RedirectResponse(f"{PREFIX}/basvurular?iletildi={request.tracking_no}", 303)
        grant = visit.text("goster", 80)
        look = f"&goster={grant}" if grant.replace(".", "").isalnum() else ""
        return RedirectResponse(f"{PREFIX}/basvurular/{request.tracking_no}?oldu={done}{look}", 303)

    def _relocate(self, change: Change) -> None:
        place = places.corrected(change.visit, self._desk.municipality, change.request)
        if place != change.request.place:
            change.gate.amend(change.request, place, change.actor, whole=True)

    def _stale(self, visit: Visit) -> Response:
        """Somebody else was faster: what they did, and what was written here so that it isn't lost."""
        with self._desk.reads() as uow:
            request = visible(visit, uow, visit.path["no"])
            entries = uow.requests.history(request.id or 0)
            notes = {note.id: note for note in uow.requests.notes(request.id or 0)}
            staff = staff_names(uow.session)
        seen = visit.number("seen", 0)
        return request_page(
            self._desk,
            visit,
            "desk/request_stale.html",
            status=409,
            request=request,
            history=[entry for entry in entries if (entry.id or 0) > seen],
            notes=notes,
            staff=staff,
            written=visit.text("note", NOTE),
            shown=Shown(self._desk.municipality, False),
        )

    def _kept(self, upload: UploadFile) -> FileRef:
        """The upload in the store. Raises UserError for what is too large or neither a picture nor a PDF."""
        sent = FileRef("photo", file_name_of(upload.filename), (upload.content_type or "")[:100])
        pieces = iter(lambda: upload.file.read(_PIECE), b"")
        kept = self._desk.files.keep(sent, pieces, self._desk.settings.max_file)
        if kept.problem is not None:
            raise UserError("file_too_large")
        if not kept.size or kept.mime not in ACCEPTED:
            raise UserError("file_refused")
        return kept


def _set_status(change: Change) -> None:
    code = change.visit.text("status", 20)
    if code not in set(Status) - OWN_FORMS:
        raise UserError("unknown_status")
    after = Status(code)
    if after in _SAID_WHY and not change.note:
        raise UserError("reason_needed")
    if after is Status.REOPENED:
        change.request.rating = None
    change.gate.change(change.request, after, change.actor, note=change.note or None, told=change.told)


def _assign(change: Change) -> None:
    if not change.note:
        raise UserError("reason_needed")
    change.gate.assign(change.request, change.visit.text("unit", 40), change.actor, change.note, change.told)


def _forward(change: Change) -> None:
    if not change.note:
        raise UserError("reason_needed")
    sent = change.visit.text("sent", 1) == "1"
    body = change.visit.text("body", 40)
    change.gate.forward(change.request, body, change.actor, change.note, sent, change.told)


def _reclassify(change: Change) -> None:
    service = change.visit.text("service", 40)
    if service != change.request.service:
        change.gate.reclassify(change.request, service, change.actor)


def _prioritize(change: Change) -> None:
    priority = change.visit.text("priority", 10)
    if priority not in set(Priority):
        raise UserError("unknown_priority")
    change.gate.prioritize(change.request, Priority(priority), change.actor)


def _merge(change: Change) -> None:
    number = change.visit.text("into", 40).upper()
    into = changed(change.visit, change.uow, number)
    change.gate.merge(change.request, into, change.actor, change.note or None)


def _separate(change: Change) -> None:
    change.gate.separate(change.request, change.actor, change.note or None)


def _add_note(change: Change) -> None:
    if not change.note:
        raise UserError("empty_note")
    change.gate.add_note(change.request, change.note, change.actor, "internal")


def _attached(change: Change, file: FileRef) -> int:
    """A row for the file; staff's photos belong to the request alone, not to the conversation."""
    assert file.sha256 is not None
    row = Attachment(file.sha256, file.mime, file.size or 0, file.name, file.kind, change.visit.now)
    return int(change.uow.requests.add_attachment(row))
