"""Exports: streamed, nobody's formula, nothing personal unless asked for with the right, every one in the audit."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from sqlalchemy import select

from bot.db.request_queries import RequestFilter, export_rows
from bot.db.tables import audit
from bot.domain.requests import Place
from bot.domain.staff import Role
from bot.web.desk.exports import harmless
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PHONE, StaffBrowser, file_request
from tests.web.stage import Stage

EVIL = '=HYPERLINK("https://evil.example";"tıkla")'


def exported(browser: StaffBrowser, **fields: str) -> list[list[str]]:
    answer = browser.post("/masa/basvurular/disari", {"format": "csv", **fields})
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/csv")
    assert "attachment" in answer.headers["content-disposition"]
    return list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


@pytest.mark.parametrize("value", ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "  @x"])
def test_what_a_spreadsheet_would_run_becomes_words(value: str) -> None:
    assert harmless(value) == f"'{value}"


def test_ordinary_words_stay_as_they_are() -> None:
    assert harmless("Çöp konteyneri - dolu") == "Çöp konteyneri - dolu"


def test_the_filter_decides_what_is_exported(desk_client: DeskClient, stage: Stage) -> None:
    rubbish = file_request(stage).tracking_no
    file_request(stage, "road_damage")
    rows = exported(desk_client(Role.SUPERVISOR), query="birim=cleaning")
    assert [row[0] for row in rows] == ["Numara", rubbish]
    assert rows[1][1:5] == ["Alındı", "Şikâyet", "Çöp konteyneri", "Temizlik İşleri Müdürlüğü"]


def test_nothing_personal_is_in_it_unless_asked_for(desk_client: DeskClient, stage: Stage) -> None:
    file_request(stage, text=EVIL, name="+Ayşe", place=Place("Yazır", street="@Gül Sokak"))
    seda = desk_client(Role.SUPERVISOR)
    plain = exported(seda)
    assert "Açıklama" not in plain[0] and not any(word in str(plain) for word in (PHONE, "Ayşe", "Gül", "evil"))
    whole = dict(zip(*exported(seda, personal="1"), strict=True))
    assert whole["Açıklama"] == f"'{EVIL}" and whole["Ad"] == "'+Ayşe" and whole["Sokak"] == "'@Gül Sokak"
    assert whole["İletişim"] == PHONE
    with stage.reads() as uow:
        kept = uow.session.execute(select(audit.c.actor, audit.c.action).where(audit.c.action.like("export%"))).all()
    assert [tuple(row) for row in kept] == [(seda.actor, "exported"), (seda.actor, "exported_personal")]


def test_a_workbook_holds_texts_dates_and_numbers_and_no_formula(desk_client: DeskClient, stage: Stage) -> None:
    number = file_request(stage, text=EVIL).tracking_no
    fields = {"format": "xlsx", "personal": "1", "query": "durum=hepsi"}
    answer = desk_client(Role.SUPERVISOR).post("/masa/basvurular/disari", fields)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    rows = list(sheet.iter_rows())
    cells = dict(zip([cell.value for cell in rows[0]], rows[1], strict=True))
    assert cells["Numara"].value == number and cells["Kayıt"].is_date and cells["Takipçi"].value == 0
    assert cells["Açıklama"].value == f"'{EVIL}" and not any(cell.data_type == "f" for row in rows for cell in row)


def test_unit_staff_export_their_own(desk_client: DeskClient, stage: Stage) -> None:
    own, other = file_request(stage).tracking_no, file_request(stage, "road_damage").tracking_no
    rows = exported(desk_client(Role.UNIT_STAFF, "cleaning"), query="durum=hepsi&birim=public_works")
    assert other not in str(rows)
    assert own in str(exported(desk_client(Role.UNIT_STAFF, "cleaning"), query=""))


def test_who_may_not_export_is_refused(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    assert "disari" not in ayse.get("/masa/basvurular").text
    assert ayse.post("/masa/basvurular/disari", {"format": "csv"}).status_code == 403
    assert desk_client(Role.SUPERVISOR).post("/masa/basvurular/disari", {"format": "exe"}).status_code == 422


def test_rows_come_in_pieces_without_gap(both: Stage) -> None:
    filed = [file_request(both).tracking_no for _ in range(5)]
    seen: list[str] = []
    after = 0
    with both.reads() as uow:
        while chunk := export_rows(uow.session, RequestFilter(), after, 2):
            seen += [row.request["tracking_no"] for row in chunk]
            after = chunk[-1].request["id"]
    assert seen == filed
