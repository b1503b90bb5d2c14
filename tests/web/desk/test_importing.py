"""Changes of status from a file: read in what Excel writes, shown before anything changes, done once."""

from __future__ import annotations

import httpx
import pytest
from sqlalchemy import select

from bot.domain.messages import OutboxRow
from bot.domain.requests import Status
from bot.domain.staff import Role
from bot.errors import UserError
from bot.service.status_file import MOST_LINES, read_lines
from tests.support import selcuklu
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import StaffBrowser, file_request, reread
from tests.web.stage import Stage


def upload(browser: StaffBrowser, content: str | bytes, name: str = "liste.csv") -> httpx.Response:
    data = content.encode() if isinstance(content, str) else content
    return browser.post("/masa/aktarim", files={"file": (name, data, "text/csv")})


def plan_of(page: httpx.Response) -> str:
    return str(page.text.split('name="plan" value="')[1].split('"')[0])


def apply(browser: StaffBrowser, plan: str) -> httpx.Response:
    return browser.post("/masa/aktarim/uygula", {"plan": plan})


# -- reading
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ";"), ("utf-8-sig", ","), ("windows-1254", ";"), ("windows-1254", ","), ("utf-16", "\t")],
)
def test_what_excel_writes_is_read(encoding: str, delimiter: str) -> None:
    rows = [["Başvuru No", "DURUM", "Açıklama"], ["slc-2026-000001", "Çözüldü", "Işık onarıldı"], ["", "", ""]]
    rows.append(["SLC-2026-000002", "işlemde", '"iki\nsatır"'])
    rows.append(["SLC-2026-000003", "in_progress", ""])
    data = "\r\n".join(delimiter.join(row) for row in rows).encode(encoding)
    lines = read_lines(data, selcuklu())
    assert [(line.line, line.number, line.status, line.note) for line in lines] == [
        (2, "SLC-2026-000001", "resolved", "Işık onarıldı"),
        (4, "SLC-2026-000002", "in_progress", "iki\nsatır"),
        (6, "SLC-2026-000003", "in_progress", None),
    ]
    assert all(line.fits for line in lines)


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        (";çözüldü", "line_number"),
        ("SLC-1;belki", "line_status"),
        ("SLC-1;", "line_status"),
        ("SLC-1;alındı", "line_status"),
        ("SLC-1;duplicate", "line_status"),
        ("SLC-1;birime iletildi", "line_unit"),
        ("SLC-1;birime iletildi;;Uzay Müdürlüğü", "line_unit"),
        ("SLC-1;yönlendirildi", "line_body"),
        ("SLC-1;çözüldü;;;Hiçbir Yer", "line_body"),
        (f"SLC-1;çözüldü;{'x' * 1001}", "line_note"),
        ("SLC-0;çözüldü", "line_repeated"),
    ],
)
def test_a_wrong_line_is_told_and_the_others_stay(row: str, problem: str) -> None:
    text = f"no;durum;not;birim;kurum\nSLC-0;çözüldü\n{row}\nSLC-9;Birime iletildi;;Park ve Bahçeler Müdürlüğü"
    first, wrong, last = read_lines(text.encode(), selcuklu())
    assert first.fits and last.fits and last.unit == "parks"
    assert (wrong.line, wrong.problem) == (3, problem)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "file_empty"),
        (b"no;durum\n", "file_empty"),
        (b"no;durum\n\n ; \n", "file_empty"),
        (b"ad;soyad\na;b", "file_columns"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "file_not_text"),
        (b"PK\x03\x04\x00\x00", "file_not_text"),
        (b'no;durum\nSLC-1;"open', "file_broken"),
        (b"no;durum\n" + b"SLC-1;x\n" * (MOST_LINES + 1), "file_too_long"),
        (b"no;durum\n" + b"x" * 200_000, "file_too_large"),
    ],
)
def test_a_file_that_is_no_such_table_is_refused_as_a_whole(data: bytes, key: str) -> None:
    with pytest.raises(UserError) as told:
        read_lines(data, selcuklu())
    assert told.value.key == key


# -- at the desk
def test_nothing_changes_before_it_is_confirmed_and_then_once(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.SUPERVISOR)
    first, second = file_request(stage), file_request(stage)
    table = f"no;durum;not\n{first.tracking_no};çözüldü;Konteyner değişti\n{second.tracking_no};belki\nX-1;çözüldü"
    page = upload(ayse, table)
    assert page.status_code == 200 and "1 satır uygulanacak, 2 satır atlanacak" in page.text
    assert reread(stage, first.tracking_no).status == Status.RECEIVED
    done = apply(ayse, plan_of(page))
    assert "1 başvurunun durumu değişti, 0 başvuru zaten öyleydi" in done.text
    assert reread(stage, first.tracking_no).status == Status.RESOLVED
    assert reread(stage, second.tracking_no).status == Status.RECEIVED
    again = apply(ayse, plan_of(page))
    assert "0 başvurunun durumu değişti, 1 başvuru zaten öyleydi" in again.text
    with stage.reads() as uow:
        told = [row for row in uow.session.scalars(select(OutboxRow)) if row.kind == "notification"]
        entry = uow.requests.history(first.id or 0)[-1]
    assert len(told) == 1 and "Konteyner değişti" in told[0].body["text"] and entry.actor == ayse.actor


def test_what_changed_since_the_preview_is_left_alone(stage: Stage, desk_client: DeskClient) -> None:
    ayse, mehmet = desk_client(Role.SUPERVISOR), desk_client(Role.SUPERVISOR)
    request = file_request(stage)
    plan = plan_of(upload(ayse, f"no;durum\n{request.tracking_no};çözüldü"))
    apply(mehmet, plan_of(upload(mehmet, f"no;durum\n{request.tracking_no};işlemde")))
    assert "değişti. Lütfen sayfayı yenileyin" in apply(ayse, plan).text
    assert reread(stage, request.tracking_no).status == Status.IN_PROGRESS


def test_unit_staff_import_into_their_own_unit_only(stage: Stage, desk_client: DeskClient) -> None:
    ours, theirs = file_request(stage), file_request(stage, "park_maintenance")
    ayse = desk_client(Role.UNIT_STAFF, "cleaning")
    page = upload(ayse, f"no;durum\n{ours.tracking_no};çözüldü\n{theirs.tracking_no};çözüldü")
    assert "1 satır uygulanacak, 1 satır atlanacak" in page.text and "bulunamadı" in page.text
    apply(ayse, plan_of(page))
    assert reread(stage, ours.tracking_no).status == Status.RESOLVED
    assert reread(stage, theirs.tracking_no).status == Status.RECEIVED


def test_a_plan_is_one_persons_and_unchanged(stage: Stage, desk_client: DeskClient) -> None:
    ayse, mehmet = desk_client(Role.SUPERVISOR), desk_client(Role.SUPERVISOR)
    request = file_request(stage)
    plan = plan_of(upload(ayse, f"no;durum\n{request.tracking_no};çözüldü"))
    for forged in ("", "x", plan[:-3] + "AAA", plan + "A"):
        assert apply(ayse, forged).status_code == 422
    assert apply(mehmet, plan).status_code == 422
    assert reread(stage, request.tracking_no).status == Status.RECEIVED


def test_what_stands_in_a_file_is_shown_as_text(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.SUPERVISOR)
    page = upload(ayse, "no;durum;not\n<script>1</script>;çözüldü;<img src=x>", name="<svg onload=alert(1)>.csv").text
    assert "<script>1" not in page.lower() and "<img src=x" not in page and "<svg onload" not in page


def test_a_full_file_can_be_confirmed(stage: Stage, desk_client: DeskClient) -> None:
    """What travels in the page stays within the size of a form's field."""
    ayse = desk_client(Role.SUPERVISOR)
    numbers = [file_request(stage).tracking_no for _ in range(3)]
    filler = "\n".join(f"X-{number};çözüldü;{'açıklama ' * 20}{number * 7919}" for number in range(MOST_LINES - 3))
    page = upload(ayse, "no;durum;not\n" + "\n".join(f"{number};çözüldü;tamam" for number in numbers) + "\n" + filler)
    assert "3 satır uygulanacak" in page.text
    assert "3 başvurunun durumu değişti" in apply(ayse, plan_of(page)).text


def test_reviewers_and_auditors_import_nothing(desk_client: DeskClient) -> None:
    for role in (Role.REVIEWER, Role.AUDITOR):
        assert upload(desk_client(role), "no;durum\nX;çözüldü").status_code == 403
