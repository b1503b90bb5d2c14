"""What goes wrong outside of the screens is told to people as a page in their language, to htmx as a line."""

from __future__ import annotations

from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.db.engine import make_engine
from bot.domain.staff import Role
from bot.web.app import MAX_BODY
from bot.web.desk.routing import COOKIE
from tests.web.desk.conftest import DeskClient
from tests.web.desk.talks import escalate
from tests.web.stage import Stage


@pytest.mark.parametrize(
    ("method", "path", "status", "told"),
    [
        ("GET", "/masa/yok-boyle-bir-sayfa", 404, "Aradığınız sayfa yok."),
        ("GET", "/masa/gorusme/{item}/goster", 405, "yalnızca bir formla"),
        ("POST", "/masa/kuyruk", 405, "yalnızca bir formla"),
        ("POST", "/masa/hazir-yanitlar", 413, "çok büyük"),
    ],
)
def test_an_error_is_a_page_of_the_desk(
    stage: Stage, desk_client: DeskClient, method: str, path: str, status: int, told: str
) -> None:
    ayse, matter = desk_client(Role.REVIEWER), escalate(stage)
    content = b"text=" + b"x" * (2 * MAX_BODY if status == 413 else 10)
    headers = {"content-type": "application/x-www-form-urlencoded"}
    for htmx in (False, True):
        more = {"hx-request": "true"} if htmx else {}
        answer = ayse.client.request(
            method, path.format(item=matter.item), content=content if method == "POST" else None, headers=headers | more
        )
        assert answer.status_code == status and told in answer.text
        assert answer.headers["content-type"].startswith("text/html")
        assert ("<!doctype html>" in answer.text) is not htmx
        assert (ayse.user.name in answer.text) is not htmx, "who is logged in keeps the menu"


def test_an_error_is_told_in_ones_own_language(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    ayse.post("/masa/hesabim/dil", {"language": "en"})
    page = ayse.get("/masa/yok").text
    assert 'lang="en"' in page and "There is no such page" in page
    assert "Aradığınız" not in page


def test_a_database_that_is_away_is_told_on_a_page(stage: Stage, tmp_path: Path) -> None:
    broken = Stage(make_engine(f"sqlite:///{tmp_path}"), stage.settings.home)  # a folder is no database
    with TestClient(broken.app()) as client:
        client.cookies.set(COOKIE, "x" * 43, path="/masa")
        answer = client.get("/masa/kuyruk")
    assert answer.status_code == 503 and answer.headers["retry-after"] == "5"
    assert "veritabanına ulaşılamıyor" in answer.text and "<!doctype html>" in answer.text


def test_programs_and_the_chat_are_still_answered_in_their_form(stage: Stage) -> None:
    with TestClient(stage.app()) as client:
        assert client.get("/yok").json() == {"error": "not_found"}
        assert client.get("/masalar").json() == {"error": "not_found"}
