"""Changes of status from a file: what it would do is shown first, then it is done, each line through the gate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from itsdangerous import BadSignature, URLSafeSerializer
from starlette.responses import Response

from bot.db.import_queries import by_numbers
from bot.domain.requests import Request, Status
from bot.errors import StaleVersion, UserError
from bot.service.policy import Right, bound_to
from bot.service.requests import RequestDesk, check_version
from bot.service.status_file import MOST_LINES, Line, judged, read_lines, refusal
from bot.web.desk.frame import Desk
from bot.web.desk.request_access import changed
from bot.web.desk.routing import DeskRoute
from bot.web.desk.visit import Visit

PROBLEMS = {
    "file_needed": "Lütfen bir dosya seçin.",
    "file_too_large": "Dosya çok büyük (en çok {most} KB).",
    "file_too_long": "Dosyada çok fazla satır var (en çok {most}).",
    "file_empty": "Dosyada satır yok.",
    "file_not_text": "Dosya okunamadı. Lütfen CSV olarak kaydedin.",
    "file_broken": "{line}. satırdan sonrası okunamadı: tırnak işaretlerini denetleyin.",
    "file_columns": "İlk satırda 'Başvuru no' ve 'Durum' sütunları olmalı.",
    "line_number": "Başvuru numarası yok.",
    "line_repeated": "Bu numara dosyada daha önce geçiyor.",
    "line_status": "Durum anlaşılmadı.",
    "line_unit": "Birim yok ya da anlaşılmadı.",
    "line_body": "Kurum yok ya da anlaşılmadı.",
    "line_note": "Not çok uzun.",
    "same_already": "Zaten öyle.",
    "preview_outdated": "Önizleme eskimiş. Lütfen dosyayı yeniden yükleyin.",
}


@dataclass(frozen=True)
class Outcome:
    """What became of a line: `problem` says why it was not done; `same`: it was so already."""

    line: Line
    problem: str | None = None
    same: bool = False


class Importing:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._signer = URLSafeSerializer(desk.settings.secret, salt="hizmet.desk.import")
        for key, text in PROBLEMS.items():
            desk.problems.setdefault(key, text)

    def routes(self) -> list[DeskRoute]:
        return [
            DeskRoute("/aktarim", self.ask, Right.IMPORT),
            DeskRoute("/aktarim", self.preview, Right.IMPORT, ("POST",), max_files=1),
            DeskRoute("/aktarim/uygula", self.apply, Right.IMPORT, ("POST",)),
        ]

    def ask(self, visit: Visit) -> Response:
        return self._page(visit)

    def preview(self, visit: Visit) -> Response:
        """Nothing changes yet. What is to be done travels signed in the page, bound to the person."""
        file = visit.upload("file")
        if file is None:
            raise UserError("file_needed")
        lines = read_lines(file.file.read(), self._desk.municipality)
        with self._desk.reads() as uow:
            found = by_numbers(uow.session, [line.number for line in lines])
        lines = judged(lines, found, bound_to(visit.staff))
        plan = self._signer.dumps([visit.staff_id, [asdict(line) for line in lines if line.fits]])
        return self._page(visit, lines=lines, plan=plan, name=(file.filename or "")[:100])

    def apply(self, visit: Visit) -> Response:
        """One transaction each; a line that was done before is left as it is, so sending it twice does it once."""
        outcomes = [self._done(visit, line) for line in self._plan(visit)]
        with self._desk.writes() as uow:
            number = sum(1 for outcome in outcomes if outcome.problem is None and not outcome.same)
            uow.audit.record(visit.now, visit.staff.actor, "requests_imported", f"requests:{number}")
            uow.commit()
        return self._page(visit, outcomes=outcomes)

    def _done(self, visit: Visit, line: Line) -> Outcome:
        try:
            with self._desk.writes() as uow:
                request = changed(visit, uow, line.number)
                if refusal(line, request) == "same_already":
                    return Outcome(line, same=True)
                check_version(request, line.version)
                key = self._desk.settings.secret.encode()
                _change(RequestDesk(uow, self._desk.municipality, visit.now, key), request, line, visit.staff.actor)
                uow.commit()
        except StaleVersion:
            return Outcome(line, self._desk.say(visit, self._desk.problems["stale_version"]))
        except UserError as error:
            return Outcome(line, self._desk.told(visit, error))
        return Outcome(line)

    def _plan(self, visit: Visit) -> list[Line]:
        try:
            staff_id, lines = self._signer.loads(visit.text("plan", 300_000))
        except BadSignature as error:
            raise UserError("preview_outdated") from error
        if staff_id != visit.staff_id:
            raise UserError("preview_outdated")
        return [Line(**line) for line in lines]

    def _page(
        self,
        visit: Visit,
        *,
        lines: Sequence[Line] = (),
        plan: str = "",
        name: str = "",
        outcomes: Sequence[Outcome] = (),
    ) -> Response:
        told = {line.line: self._told(visit, line) for line in lines if line.problem}
        return self._desk.page(
            visit,
            "desk/importing.html",
            lines=lines,
            told=told,
            plan=plan,
            name=name,
            outcomes=outcomes,
            most=MOST_LINES,
            statuses=[status for status in Status if status not in (Status.RECEIVED, Status.DUPLICATE)],
        )

    def _told(self, visit: Visit, line: Line) -> str:
        return self._desk.told(visit, UserError(line.problem or "", number=line.number))


def _change(desk: RequestDesk, request: Request, line: Line, actor: str) -> None:
    """The gate's step; the note is for the citizen."""
    if line.status == Status.ASSIGNED:
        desk.assign(request, line.unit or "", actor, line.note)
    elif line.status == Status.FORWARDED:
        desk.forward(request, line.body or "", actor, line.note)
    else:
        desk.change(request, Status(line.status), actor, note=line.note)
