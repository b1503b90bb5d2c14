"""Logging in and out."""

from __future__ import annotations

from bot.domain.staff import Role
from bot.web.desk.routing import COOKIE
from tests.web.desk.conftest import DeskClient


def test_a_form_without_the_sessions_token_changes_nothing(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    assert ayse.post("/masa/cikis", {"csrf": "x" * 43}).status_code == 403
    assert ayse.get("/masa", follow_redirects=False).headers["location"] == "/masa/kuyruk"


def test_who_leaves_is_logged_out_for_good(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    cookie = ayse.client.cookies[COOKIE]
    assert ayse.post("/masa/cikis").status_code == 303
    assert COOKIE not in ayse.client.cookies
    ayse.client.cookies.set(COOKIE, cookie)
    answer = ayse.get("/masa", follow_redirects=False)
    assert answer.headers["location"] == "/masa/giris?sonra=/masa"
