"""The requests of a filter as CSV or XLSX: streamed, without formulas, without personal data unless asked for."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import xlsxwriter
from starlette.responses import Response, StreamingResponse

from bot.db.chat_queries import Transactions
from bot.db.request_queries import ExportRow, RequestFilter, export_rows
from bot.errors import UserError
from bot.service.policy import Right
from bot.web.desk.frame import Desk
from bot.web.desk.reasons import CHANNELS
from bot.web.desk.request_words import KINDS, PRIORITIES, STATUSES
from bot.web.desk.requests_filter import asked_by
from bot.web.desk.routing import DeskRoute
from bot.web.desk.visit import Visit

CHUNK = 1000
MOST_ROWS = 1_000_000
_PIECE = 64 * 1024
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class Exports:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        desk.problems |= {"unknown_format": "Böyle bir dosya biçimi yok."}

    def routes(self) -> list[DeskRoute]:
        return [DeskRoute("/basvurular/disari", self.export, Right.EXPORT, ("POST",))]

    def export(self, visit: Visit) -> Response:
        """Every export is in the audit, with what it held."""
        personal, format_ = visit.text("personal", 1) == "1", visit.text("format", 4)
        if format_ not in ("csv", "xlsx"):
            raise UserError("unknown_format")
        if personal:
            visit.require(Right.SEE_PERSONAL)
        asked = asked_by(visit, self._desk.municipality, visit.text("query", 2000))
        with self._desk.writes() as uow:
            action = "exported_personal" if personal else "exported"
            uow.audit.record(visit.now, visit.staff.actor, action, f"requests:{format_}", asked.query())
            uow.commit()
        rows = _rows(self._desk.reads, asked.filter)
        columns = _columns(self._desk, visit, personal)
        name = f"basvurular-{self._desk.local(visit.now):%Y-%m-%d-%H%M}.{format_}"
        headers = {"content-disposition": f'attachment; filename="{name}"'}
        if format_ == "csv":
            return StreamingResponse(_csv(columns, rows), media_type="text/csv; charset=utf-8", headers=headers)
        return StreamingResponse(_xlsx(columns, rows), media_type=_XLSX, headers=headers)


Columns = list[tuple[str, Callable[[ExportRow], Any]]]


def harmless(value: str) -> str:
    """The text as no spreadsheet takes it for a formula: an apostrophe stands before = + - @, tab and return."""
    return f"'{value}" if value.lstrip(" ").startswith(_FORMULA) or value.startswith(_FORMULA) else value


def _columns(desk: Desk, visit: Visit, personal: bool) -> Columns:
    town = desk.municipality

    def say(text: str) -> str:
        return desk.say(visit, text)

    def plain(name: str) -> Callable[[ExportRow], Any]:
        return lambda row: row.request[name]

    def worded(name: str, words: Any) -> Callable[[ExportRow], Any]:
        return lambda row: say(words.get(row.request[name], row.request[name] or ""))

    def moment(name: str) -> Callable[[ExportRow], Any]:
        return lambda row: town.local(row.request[name]).replace(tzinfo=None) if row.request[name] else None

    columns: Columns = [
        ("Numara", plain("tracking_no")),
        ("Durum", worded("status", STATUSES)),
        ("Tür", worded("kind", KINDS)),
        ("Hizmet", lambda row: town.services[row.request["service"]].short),
        ("Birim", lambda row: town.units.get(row.request["unit"] or "", "")),
        ("Kurum", lambda row: town.bodies[row.request["body"]].name if row.request["body"] in town.bodies else ""),
        ("Öncelik", worded("priority", PRIORITIES)),
        ("Kanal", worded("channel", CHANNELS)),
        ("İlçe", plain("district")),
        ("Mahalle", plain("neighbourhood")),
        ("Kayıt", moment("created_at")),
        ("Süre sonu", moment("due_at")),
        ("Son işlem", moment("updated_at")),
        ("Çözüm", moment("resolved_at")),
        ("Puan", plain("rating")),
        ("Yeniden açılma", plain("reopened_count")),
        ("Takipçi", lambda row: row.followers),
    ]
    if personal:
        columns += [
            ("Açıklama", plain("description")),
            ("Sokak", plain("street")),
            ("Kapı no", plain("door_no")),
            ("Yer tarifi", plain("landmark")),
            ("Enlem", plain("latitude")),
            ("Boylam", plain("longitude")),
            ("Ad", lambda row: row.citizen),
            ("İletişim", plain("contact")),
        ]
    return [(say(title), read) for title, read in columns]


def _rows(reads: Transactions, wanted: RequestFilter) -> Iterator[ExportRow]:
    """All rows, a chunk a transaction: nothing long is open while the browser reads."""
    after = 0
    while True:
        with reads() as uow:
            chunk = export_rows(uow.session, wanted, after, CHUNK)
        yield from chunk
        if len(chunk) < CHUNK:
            return
        after = chunk[-1].request["id"]


def _csv(columns: Columns, rows: Iterator[ExportRow]) -> Iterator[bytes]:
    """With semicolons and a byte order mark, as a Turkish Excel opens it by a double click."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    writer.writerow([title for title, _ in columns])
    yield b"\xef\xbb\xbf"
    for row in rows:
        writer.writerow([_cell(read(row)) for _, read in columns])
        if buffer.tell() > _PIECE:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _xlsx(columns: Columns, rows: Iterator[ExportRow]) -> Iterator[bytes]:
    """Written row by row into a file that is gone afterwards; every text is a text, never a formula or a link."""
    with tempfile.NamedTemporaryFile(suffix=".xlsx") as file, tempfile.TemporaryDirectory() as scratch:
        options = {"constant_memory": True, "tmpdir": scratch, "strings_to_formulas": False, "strings_to_urls": False}
        with xlsxwriter.Workbook(file.name, options) as book:
            sheet = book.add_worksheet()
            bold, when = book.add_format({"bold": True}), book.add_format({"num_format": "dd.mm.yyyy hh:mm"})
            sheet.freeze_panes(1, 1)
            sheet.set_column(0, len(columns) - 1, 18)
            for column, (title, _) in enumerate(columns):
                sheet.write_string(0, column, title, bold)
            for number, row in enumerate(rows, 1):
                if number > MOST_ROWS:
                    break
                for column, (_, read) in enumerate(columns):
                    _write(sheet, number, column, read(row), when)
        file.seek(0)
        yield from iter(lambda: file.read(_PIECE), b"")


def _write(sheet: Any, row: int, column: int, value: Any, when: Any) -> None:
    if isinstance(value, datetime):
        sheet.write_datetime(row, column, value, when)
    elif isinstance(value, (int, float)):
        sheet.write_number(row, column, value)
    elif value:
        sheet.write_string(row, column, harmless(str(value)))


def _cell(value: Any) -> str:
    if isinstance(value, datetime):
        return f"{value:%d.%m.%Y %H:%M}"
    return "" if value is None else str(value) if isinstance(value, (int, float)) else harmless(str(value))
