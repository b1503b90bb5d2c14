"""Changes of status from a table of another program (CSV): read, held against the requests, nothing changed yet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from bot.domain.requests import Request, Status
from bot.domain.workflow import TRANSITIONS
from bot.errors import UserError
from bot.municipality import Municipality
from bot.service.receiving import clean
from bot.service.texts import Texts
from bot.turkish import fold

MOST_LINES, MOST_BYTES, MOST_NOTE = 500, 200_000, 1000
_COLUMNS: Mapping[str, frozenset[str]] = {
    "number": frozenset(
        {"basvuru no", "basvuru numarasi", "takip no", "takip numarasi", "numara", "no", "number", "tracking no"}
    ),
    "status": frozenset({"durum", "yeni durum", "sonuc", "status"}),
    "note": frozenset({"not", "aciklama", "vatandasa not", "note"}),
    "unit": frozenset({"birim", "mudurluk", "unit"}),
    "body": frozenset({"kurum", "body"}),
}
_WORDS: Mapping[str, Status] = {
    "tamamlandi": Status.RESOLVED,
    "kapandi": Status.RESOLVED,
    "yapildi": Status.RESOLVED,
    "reddedildi": Status.REJECTED,
    "olumsuz": Status.REJECTED,
    "islemde": Status.IN_PROGRESS,
    "devam ediyor": Status.IN_PROGRESS,
    "basladi": Status.IN_PROGRESS,
    "birime iletildi": Status.ASSIGNED,
    "atandi": Status.ASSIGNED,
    "yonlendirildi": Status.FORWARDED,
    "iptal": Status.CANCELLED,
}


@dataclass(frozen=True)
class Line:
    """A line of the file. `problem` is the key of what is wrong with it, `version` the request's once it is known."""

    line: int
    number: str
    status: str = ""
    unit: str | None = None
    body: str | None = None
    note: str | None = None
    version: int = 0
    before: str | None = None
    problem: str | None = None

    @property
    def fits(self) -> bool:
        return self.problem is None


def read_lines(data: bytes, municipality: Municipality) -> list[Line]:
    """The lines of a file, each with what is wrong with it. Raises UserError where it can't be read as such a table."""
    if len(data) > MOST_BYTES:
        raise UserError("file_too_large", most=MOST_BYTES // 1000)
    rows = _rows(_text(data))
    first = next(rows, None)
    if first is None:
        raise UserError("file_empty")
    columns = _columns(first[1])
    reader = _Reader(municipality)
    lines: list[Line] = []
    for line, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if len(lines) == MOST_LINES:
            raise UserError("file_too_long", most=MOST_LINES)
        values = {name: clean(cells[at]).strip() if at < len(cells) else "" for name, at in columns.items()}
        lines.append(reader.read(line, values))
    if not lines:
        raise UserError("file_empty")
    return lines


def judged(lines: Sequence[Line], found: Mapping[str, Request], bound: str | None) -> list[Line]:
    """The lines with what the requests say to them; those of another directorate than `bound` aren't there."""
    return [_judged(line, found.get(line.number), bound) if line.fits else line for line in lines]


def _judged(line: Line, request: Request | None, bound: str | None) -> Line:
    if request is None or (bound is not None and request.unit != bound):
        return replace(line, problem="request_not_found")
    return replace(line, version=request.version, before=request.status, problem=refusal(line, request))


def refusal(line: Line, request: Request) -> str | None:
    """Why the gate would not take the line; None where it would."""
    moved = line.status == Status.ASSIGNED and line.unit != request.unit
    if line.status == request.status and not moved:
        return "same_already"
    if Status(line.status) not in TRANSITIONS[Status(request.status)]:
        return "transition_refused"
    return None


class _Reader:
    """Reads the cells of a line: codes, or names as the municipality's file has them."""

    def __init__(self, municipality: Municipality) -> None:
        texts = Texts(municipality)
        self._statuses: dict[str, Status] = {fold(texts.status(status)): status for status in Status}
        self._statuses |= {fold(status): status for status in Status} | dict(_WORDS)
        self._units = _by_name(municipality.units)
        self._bodies = _by_name({code: body.name for code, body in municipality.bodies.items()})
        self._seen: set[str] = set()

    def read(self, line: int, values: Mapping[str, str]) -> Line:
        number = values["number"].upper()[:40]
        status = self._statuses.get(fold(values["status"]), "")
        unit, body = (values.get(name, "") for name in ("unit", "body"))
        made = Line(
            line=line,
            number=number,
            status=status,
            unit=self._units.get(fold(unit)),
            body=self._bodies.get(fold(body)),
            note=values.get("note") or None,
        )
        problem = self._problem(made, unit, body)
        self._seen.add(number)
        return replace(made, problem=problem)

    def _problem(self, line: Line, unit: str, body: str) -> str | None:
        checks = (
            (not line.number, "line_number"),
            (line.number in self._seen, "line_repeated"),
            (line.status in ("", Status.RECEIVED, Status.DUPLICATE), "line_status"),
            (bool(unit) and line.unit is None, "line_unit"),
            (bool(body) and line.body is None, "line_body"),
            (line.status == Status.ASSIGNED and line.unit is None, "line_unit"),
            (line.status == Status.FORWARDED and line.body is None, "line_body"),
            (len(line.note or "") > MOST_NOTE, "line_note"),
        )
        return next((key for wrong, key in checks if wrong), None)


def _by_name(names: Mapping[str, str]) -> dict[str, str]:
    """Codes by folded code and name."""
    return {fold(code): code for code in names} | {fold(name): code for code, name in names.items()}


def _text(data: bytes) -> str:
    """Excel writes windows-1254 or UTF-8, and UTF-16 where it is told 'Unicode'."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "windows-1254")
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeError:
            continue
        if "\0" not in text:
            return text
    raise UserError("file_not_text")


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the number of the line on which they begin; the delimiter is the one of the first line."""
    head = text.split("\n", 1)[0]
    delimiter = max(";,\t", key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    begins = 1
    try:
        for cells in reader:
            yield begins, cells
            begins = reader.line_num + 1
    except csv.Error as error:
        raise UserError("file_broken", line=begins) from error


def _columns(head: Sequence[str]) -> dict[str, int]:
    """Where each column stands. Raises UserError where number or status is missing."""
    folded = [fold(clean(cell)).replace("_", " ").strip() for cell in head]
    columns = {name: at for name, words in _COLUMNS.items() for at, cell in enumerate(folded) if cell in words}
    if "number" not in columns or "status" not in columns:
        raise UserError("file_columns")
    return columns
