"""Logging in: passwords, lock-out, codes, sessions that end, and where a login leads."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import httpx
import pyotp
import pytest
from starlette.testclient import TestClient

from bot.domain.staff import Role, StaffUser
from bot.service.passwords import FIRST_LOCK, LOCK_AFTER, lock_for
from bot.service.second_factor import SecondFactor
from bot.service.staff import IDLE, SESSION
from bot.web.desk.routing import COOKIE
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PASSWORD, enroll
from tests.web.stage import Stage

WRONG = "yanlış parola 1"


@pytest.fixture
def door(stage: Stage) -> Iterator[TestClient]:
    with TestClient(stage.app(), follow_redirects=False) as client:
        yield client


def knock(door: TestClient, username: str, password: str = PASSWORD, **more: str) -> httpx.Response:
    answer: httpx.Response = door.post("/masa/giris", data={"username": username, "password": password, **more})
    return answer


def let_time_pass(stage: Stage, span: timedelta) -> None:
    """On the clock and for the rate limits."""
    stage.clock.advance(span)
    stage.ticking.seconds += span.total_seconds()


# -- forms and sessions
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


def test_the_cookie_is_out_of_reach_for_scripts_and_other_paths(stage: Stage, door: TestClient) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    cookie = knock(door, "Ayse ").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/masa" in cookie


def test_an_idle_session_ends(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    stage.clock.advance(IDLE - timedelta(minutes=1))
    assert ayse.get("/masa", follow_redirects=False).headers["location"] == "/masa/kuyruk"
    stage.clock.advance(IDLE)
    assert "/masa/giris" in ayse.get("/masa", follow_redirects=False).headers["location"]


def test_what_a_page_asks_by_itself_keeps_no_session_alive(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    for _ in range(4):
        stage.clock.advance(IDLE / 3)
        answer = ayse.get("/masa", headers={"x-by-itself": "1"}, follow_redirects=False)
    assert "/masa/giris" in answer.headers["location"]


def test_a_busy_session_ends_as_well_in_the_end(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    end = stage.clock.now() + SESSION
    while stage.clock.now() < end:
        assert ayse.get("/masa", follow_redirects=False).headers["location"] == "/masa/kuyruk"
        stage.clock.advance(IDLE / 2)
    assert "/masa/giris" in ayse.get("/masa", follow_redirects=False).headers["location"]


@pytest.mark.parametrize(
    ("after", "leads_to"),
    [
        ("/masa/basvurular?unit=parks", "/masa/basvurular?unit=parks"),
        ("https://evil.example/", "/masa"),
        ("//evil.example/masa/", "/masa"),
        ("/masa//evil.example", "/masa"),
        ("/\\evil.example", "/masa"),
        ("/masa/\\evil.example", "/masa"),
        ("/masaevil", "/masa"),
        ("javascript:alert(1)", "/masa"),
        ("/masa/\r\nset-cookie: a=b", "/masa/%20set-cookie:%20a=b"),
    ],
)
def test_a_login_leads_only_into_the_desk(stage: Stage, door: TestClient, after: str, leads_to: str) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    location = knock(door, "ayse", sonra=after).headers["location"]
    assert location == leads_to or (leads_to.startswith("/masa/%20") and location.startswith("/masa/"))
    assert "\r" not in location and "\n" not in location


# -- wrong passwords
def test_unknown_people_and_wrong_passwords_are_answered_alike(stage: Stage, door: TestClient) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    known, unknown = knock(door, "ayse", WRONG), knock(door, "nobody", WRONG)
    assert known.status_code == unknown.status_code == 403
    assert known.text == unknown.text
    assert COOKIE not in door.cookies


def test_five_wrong_passwords_lock_the_account_for_a_while(stage: Stage, door: TestClient) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    for _ in range(LOCK_AFTER):
        assert knock(door, "ayse", WRONG).status_code == 403
    assert knock(door, "ayse").status_code == 403
    let_time_pass(stage, FIRST_LOCK + timedelta(seconds=1))
    assert knock(door, "ayse").status_code == 303


def test_each_further_wrong_password_locks_for_longer(stage: Stage, door: TestClient) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    for _ in range(LOCK_AFTER):
        knock(door, "ayse", WRONG)
    let_time_pass(stage, FIRST_LOCK + timedelta(seconds=1))
    knock(door, "ayse", WRONG)
    let_time_pass(stage, FIRST_LOCK + timedelta(seconds=1))
    assert knock(door, "ayse").status_code == 403
    let_time_pass(stage, FIRST_LOCK)
    assert knock(door, "ayse").status_code == 303


def test_a_lock_grows_to_half_a_day_at_most() -> None:
    assert [lock_for(number) for number in (1, 4)] == [None, None]
    assert [lock_for(number) for number in (5, 6, 7)] == [FIRST_LOCK, 2 * FIRST_LOCK, 4 * FIRST_LOCK]
    assert lock_for(500) == timedelta(hours=12)


def test_a_right_password_forgets_the_wrong_ones(stage: Stage, door: TestClient) -> None:
    enroll(stage, Role.REVIEWER, username="ayse")
    for _ in range(3):
        for _ in range(LOCK_AFTER - 1):
            knock(door, "ayse", WRONG)
        assert knock(door, "ayse").status_code == 303
        door.cookies.clear()
        let_time_pass(stage, timedelta(minutes=10))


def test_one_name_and_one_address_may_try_only_so_fast(stage: Stage, door: TestClient) -> None:
    codes = [knock(door, "nobody", WRONG).status_code for _ in range(12)]
    assert codes[:10] == [403] * 10 and codes[-1] == 429
    others = [knock(door, f"somebody-{number}", WRONG).status_code for number in range(40)]
    assert others[-1] == 429


def test_a_deactivated_person_is_out_at_once(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    with stage.uows() as uow:
        user = uow.staff.by_username(ayse.user.username)
        assert user is not None
        user.active = False
        uow.commit()
    assert "/masa/giris" in ayse.get("/masa", follow_redirects=False).headers["location"]
    assert ayse.log_in().status_code == 403


# -- the second step
def with_codes(stage: Stage, username: str = "ayse") -> tuple[StaffUser, pyotp.TOTP]:
    """A person whose account asks for codes, and the app that shows them."""
    user = enroll(stage, Role.REVIEWER, username=username)
    factor = SecondFactor(stage.settings.secret, "Masa")
    now = stage.clock.now()
    with stage.uows() as uow:
        kept = uow.staff.get(user.id or 0)
        assert kept is not None
        secret = factor.secret_of(factor.offer(kept, now), kept, now)
        assert secret is not None
        app = pyotp.TOTP(secret)
        assert factor.enable(kept, secret, app.at(now), now)
        uow.commit()
    stage.clock.advance(timedelta(seconds=30))
    return user, app


def ticket_of(answer: httpx.Response) -> str:
    return str(answer.text.split('name="ticket" value="')[1].split('"')[0])


def enter_code(door: TestClient, ticket: str, code: str) -> httpx.Response:
    answer: httpx.Response = door.post("/masa/giris/kod", data={"ticket": ticket, "code": code})
    return answer


def test_password_and_code_together_open_the_desk(stage: Stage, door: TestClient) -> None:
    _, app = with_codes(stage)
    asked = knock(door, "ayse")
    assert asked.status_code == 200 and COOKIE not in door.cookies
    code = app.at(stage.clock.now())
    assert enter_code(door, ticket_of(asked), f"{code[:3]} {code[3:]}").status_code == 303
    assert COOKIE in door.cookies


def test_no_code_is_taken_twice(stage: Stage, door: TestClient) -> None:
    _, app = with_codes(stage)
    code = app.at(stage.clock.now())
    assert enter_code(door, ticket_of(knock(door, "ayse")), code).status_code == 303
    door.cookies.clear()
    assert enter_code(door, ticket_of(knock(door, "ayse")), code).status_code == 403
    before = app.at(stage.clock.now() - timedelta(seconds=30))
    assert enter_code(door, ticket_of(knock(door, "ayse")), before).status_code == 403


def test_wrong_codes_lock_as_wrong_passwords_do(stage: Stage, door: TestClient) -> None:
    """Who has the password cannot try codes for ever: entering the password again forgives nothing."""
    _, app = with_codes(stage)
    for _ in range(LOCK_AFTER):
        assert enter_code(door, ticket_of(knock(door, "ayse")), "000000").status_code == 403
    assert "ticket" not in knock(door, "ayse").text
    let_time_pass(stage, FIRST_LOCK + timedelta(seconds=1))
    asked = knock(door, "ayse")
    assert enter_code(door, ticket_of(asked), app.at(stage.clock.now())).status_code == 303


def test_a_ticket_is_one_persons_and_soon_over(stage: Stage, door: TestClient) -> None:
    _, app = with_codes(stage)
    ticket = ticket_of(knock(door, "ayse"))
    for forged in ("", "x", ticket[:-4] + "AAAA", ticket * 2):
        assert enter_code(door, forged, app.at(stage.clock.now())).status_code == 403
    stage.clock.advance(timedelta(minutes=6))
    assert enter_code(door, ticket, app.at(stage.clock.now())).status_code == 403
