"""The audit: what staff did is there, in a chain that shows every change of it, for those who may see it."""

from __future__ import annotations

import ast
import hashlib
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from bot.db.audit_queries import AuditFilter, audit_rows, verify_chain
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.requests import Status
from bot.domain.staff import Role
from bot.service.requests import RequestDesk, find_request
from bot.web.desk.audit import ACTIONS
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import file_request
from tests.web.stage import Stage


def record(stage: Stage, *actions: str, actor: str = "staff:ayse") -> None:
    with stage.uows() as uow:
        for action in actions:
            uow.audit.record(stage.clock.now(), actor, action, "request:7", "words")
        uow.commit()


def cell_texts(page: str) -> list[str]:
    """The third column."""
    rows = page.split("<tbody>")[1].split("</tbody>")[0].split("<tr>")[1:] if "<tbody>" in page else []
    return [row.split("<td>")[1].split("<")[0].strip() for row in rows]


# -- the chain, on both databases
def test_a_chain_written_by_several_at_once_holds(both: Stage) -> None:
    threads = [threading.Thread(target=record, args=(both, f"a{number}", f"b{number}")) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with both.reads() as uow:
        verdict = verify_chain(uow.session)
        rows = audit_rows(uow.session, AuditFilter())
    assert (verdict.rows, verdict.broken) == (16, None)
    assert (
        rows[0].action[0] == "b" and rows[0].action[1:] == rows[1].action[1:]
    )  # one transaction's links stay together


def test_what_is_not_committed_leaves_no_link(both: Stage) -> None:
    with both.uows() as uow:
        uow.audit.record(both.clock.now(), "staff:ayse", "tried", "request:1")
        uow.flush()
    record(both, "done")
    with both.reads() as uow:
        assert [row.action for row in audit_rows(uow.session, AuditFilter())] == ["done"]


def test_words_cannot_be_guessed_from_the_chain_without_the_secret(stage: Stage) -> None:
    for key in (b"one", b"other"):
        with SqlUnitOfWork(stage.engine, key=key) as uow:
            uow.audit.record(stage.clock.now(), "staff:ayse", "noted", "request:1", "evet")
            uow.commit()
    with stage.reads() as uow:
        kept = list(uow.session.scalars(text("SELECT detail_hash FROM audit ORDER BY id")))
        assert verify_chain(uow.session).broken is None
    assert len(set(kept)) == 2
    assert hashlib.sha256(b"evet").hexdigest() not in kept


@pytest.mark.parametrize(
    ("harm", "broken"),
    [
        ("UPDATE audit SET object = 'request:8' WHERE id = 2", 2),
        ("UPDATE audit SET detail_hash = NULL WHERE id = 2", 2),
        ("DELETE FROM audit WHERE id = 2", 3),
        ("UPDATE audit SET at = (SELECT at FROM audit WHERE id = 1) WHERE id = 3", 3),
        ("UPDATE audit SET previous = '' WHERE id = 3", 3),
    ],
)
def test_every_harm_is_found_at_its_first_row(stage: Stage, harm: str, broken: int) -> None:
    for action in ("first", "second", "third", "fourth"):
        record(stage, action)
        stage.clock.advance(timedelta(seconds=1))
    with stage.uows() as uow:
        names = uow.session.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
        for name in names:
            uow.session.execute(text(f"DROP TRIGGER {name}"))
        uow.session.execute(text(harm))
        uow.commit()
        assert verify_chain(uow.session).broken == broken


def test_a_change_of_a_request_by_staff_is_in_the_audit_and_a_citizens_is_not(both: Stage) -> None:
    request = file_request(both)
    with both.uows() as uow:
        desk = RequestDesk(uow, both.municipality, both.clock.now(), b"key")
        desk.change(find_request(uow, request.tracking_no), Status.IN_PROGRESS, "staff:ayse")
        uow.commit()
    with both.reads() as uow:
        rows = audit_rows(uow.session, AuditFilter())
    assert [(row.actor, row.action, row.object) for row in rows] == [
        ("staff:ayse", "request_status:in_progress", f"request:{request.id}")
    ]


# -- the page
def test_rows_are_found_by_who_what_where_and_when(stage: Stage, desk_client: DeskClient) -> None:
    auditor = desk_client(Role.AUDITOR)
    record(stage, "request_status:resolved")
    stage.clock.advance(timedelta(days=2))
    auditor = desk_client(Role.AUDITOR)
    record(stage, "review_taken", actor="staff:fatma")

    def found(query: str) -> list[str]:
        return cell_texts(auditor.get(f"/masa/denetim?{query}").text)

    assert found("actor=staff:fatma") == ["Kaydı üstlendi"]
    assert found("action=request_status") == ["Başvuru durumu değişti"]
    assert found("object=request:7&action=review") == ["Kaydı üstlendi"]
    assert found("since=2026-11-25&object=request") == ["Kaydı üstlendi"]
    assert found("until=2026-11-23&object=request") == ["Başvuru durumu değişti"]
    assert found("actor=nobody") == []
    for wrong in ("since=yesterday", "oncesi=x", "since=9999-12-31"):
        assert auditor.get(f"/masa/denetim?{wrong}").status_code in (200, 422)
    assert auditor.get("/masa/denetim?until=9999-12-31").status_code == 422


def test_older_rows_are_one_page_further(stage: Stage, desk_client: DeskClient) -> None:
    auditor = desk_client(Role.AUDITOR)
    record(stage, *("review_taken" for _ in range(130)))
    first = auditor.get("/masa/denetim?action=review_taken").text
    assert len(cell_texts(first)) == 100
    older = first.split('class="button" href="')[1].split('"')[0].replace("&amp;", "&")
    assert len(cell_texts(auditor.get(older).text)) == 30


def test_the_page_checks_the_chain(stage: Stage, desk_client: DeskClient) -> None:
    auditor = desk_client(Role.AUDITOR)
    record(stage, "review_taken")
    assert "Zincir sağlam" in auditor.post("/masa/denetim/dogrula").text


def test_what_is_in_the_audit_is_shown_as_text(stage: Stage, desk_client: DeskClient) -> None:
    record(stage, "<script>alert(1)</script>", actor="staff:<img src=x>")
    page = desk_client(Role.AUDITOR).get("/masa/denetim").text
    assert "<script>alert" not in page and "<img src=x" not in page


def test_reviewers_see_no_audit(desk_client: DeskClient) -> None:
    assert desk_client(Role.REVIEWER).get("/masa/denetim").status_code == 403


# -- words
def recorded() -> Iterator[str]:
    """The actions that the code records, as far as they are written out: up to the first ':' or gap."""
    for path in sorted(Path("bot").rglob("*.py")):
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not (isinstance(call, ast.Call) and ast.unparse(call.func).endswith("audit.record")):
                continue
            given = call.args[2] if len(call.args) > 2 else None
            if isinstance(given, ast.JoinedStr):
                given = given.values[0]
            if isinstance(given, ast.Constant):
                yield str(given.value).partition(":")[0]


def test_every_action_has_words() -> None:
    found = set(recorded())
    assert len(found) > 25
    assert not found - set(ACTIONS)
    assert {"public_approved", "public_rejected", "public_answers_paused", "public_answers_open"} <= set(ACTIONS)


def test_what_a_link_was_for_is_told_in_words(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    boss.post("/masa/kisiler/davet", {"role": "reviewer"})
    page = boss.get("/masa/denetim").text
    assert "Bağlantı oluşturuldu" in page and "davet" in page and "invitation" not in page
