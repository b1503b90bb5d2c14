"""One's own account: password, second step, sessions, language."""

from __future__ import annotations

import re
from datetime import timedelta

import pyotp
from starlette.testclient import TestClient

from bot.domain.staff import Role, StaffUser
from bot.service.staff import StaffDesk
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PASSWORD, StaffBrowser
from tests.web.stage import Stage

NEW = "ikindi güneşi vurdu"


def account(browser: StaffBrowser) -> StaffUser:
    with browser.stage.reads() as uow:
        user = uow.staff.by_username(browser.user.username)
    assert user is not None
    return user


def second_window(stage: Stage, browser: StaffBrowser) -> StaffBrowser:
    """The same person, logged in in another browser."""
    other = at_the_door(stage, browser)
    assert other.log_in().status_code == 303
    return other


def at_the_door(stage: Stage, browser: StaffBrowser) -> StaffBrowser:
    """The same person in another browser, not logged in."""
    return StaffBrowser(stage, TestClient(stage.app()), browser.user)


def is_in(browser: StaffBrowser) -> bool:
    return bool(browser.get("/masa/hesabim", follow_redirects=False).status_code == 200)


def test_a_new_password_needs_the_old_one_and_ends_other_sessions(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    other = second_window(stage, ayse)
    wrong = ayse.post("/masa/hesabim/parola", {"password": "yanlış yanlış", "new": NEW, "again": NEW})
    assert wrong.status_code == 403 and is_in(other)
    assert ayse.post("/masa/hesabim/parola", {"password": PASSWORD, "new": NEW, "again": NEW}).status_code == 303
    assert is_in(ayse) and not is_in(other)
    assert at_the_door(stage, ayse).log_in().status_code == 403


def test_weak_passwords_are_refused(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    name = ayse.user.username
    for weak in ("kısa", "aaaaaaaaaaaaa", f"{name} {name}", "x" * 201):
        answer = ayse.post("/masa/hesabim/parola", {"password": PASSWORD, "new": weak, "again": weak})
        assert answer.status_code == 422
    answer = ayse.post("/masa/hesabim/parola", {"password": PASSWORD, "new": NEW, "again": NEW + "!"})
    assert answer.status_code == 422 and "aynı değil" in answer.text


def test_one_window_can_be_logged_out_from_another(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    other = second_window(stage, ayse)
    (session,) = re.findall(r"/masa/hesabim/oturumlar/(\d+)/kapat", ayse.get("/masa/hesabim").text)
    assert ayse.post(f"/masa/hesabim/oturumlar/{session}/kapat").status_code == 303
    assert is_in(ayse) and not is_in(other)


def test_nobody_ends_the_session_of_another(stage: Stage, desk_client: DeskClient) -> None:
    ayse, mehmet = desk_client(Role.REVIEWER), desk_client(Role.ADMINISTRATOR)
    with stage.reads() as uow:
        (session,) = uow.staff.sessions_of(ayse.user.id or 0, stage.clock.now())
    assert mehmet.post(f"/masa/hesabim/oturumlar/{session.id}/kapat").status_code == 404
    assert is_in(ayse)


def test_all_other_windows_are_logged_out_at_once(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    others = [second_window(stage, ayse), second_window(stage, ayse)]
    assert ayse.post("/masa/hesabim/oturumlar/kapat").status_code == 303
    assert is_in(ayse) and not any(is_in(other) for other in others)


def test_codes_are_asked_for_once_the_app_has_proved_itself(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    page = ayse.get("/masa/hesabim/iki-adim").text
    assert "<svg" in page and "style=" not in page
    offer = page.split('name="offer" value="')[1].split('"')[0]
    secret = page.split('key">')[1].split("<")[0].replace(" ", "")
    assert ayse.post("/masa/hesabim/iki-adim", {"offer": offer, "code": "000000"}).status_code == 403
    assert account(ayse).totp_secret is None
    code = pyotp.TOTP(secret).at(stage.clock.now())
    assert ayse.post("/masa/hesabim/iki-adim", {"offer": offer, "code": code}).status_code == 303
    kept = account(ayse).totp_secret
    assert kept is not None and secret not in kept
    asked = at_the_door(stage, ayse).log_in()
    assert asked.status_code == 200 and 'name="ticket"' in asked.text
    assert ayse.post("/masa/hesabim/iki-adim/kapat", {"password": "yanlış yanlış"}).status_code == 403
    assert ayse.post("/masa/hesabim/iki-adim/kapat", {"password": PASSWORD}).status_code == 303
    assert account(ayse).totp_secret is None


def test_an_offer_is_one_persons_and_soon_over(stage: Stage, desk_client: DeskClient) -> None:
    ayse, mehmet = desk_client(Role.REVIEWER), desk_client(Role.REVIEWER)
    page = ayse.get("/masa/hesabim/iki-adim").text
    offer = page.split('name="offer" value="')[1].split('"')[0]
    secret = page.split('key">')[1].split("<")[0].replace(" ", "")

    def enter(browser: StaffBrowser) -> int:
        code = pyotp.TOTP(secret).at(stage.clock.now())
        return browser.post("/masa/hesabim/iki-adim", {"offer": offer, "code": code}).status_code

    assert enter(mehmet) == 422
    stage.clock.advance(timedelta(minutes=31))
    assert enter(ayse) == 422


def test_the_desk_speaks_english_to_who_wants_it(desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    assert ayse.post("/masa/hesabim/dil", {"language": "en"}).status_code == 303
    page = ayse.get("/masa/hesabim").text
    assert '<html lang="en">' in page and "My account" in page
    assert ayse.post("/masa/hesabim/dil", {"language": "<b>"}).status_code == 422


def test_a_name_is_shown_as_text(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    with stage.uows() as uow:
        StaffDesk(uow, stage.clock.now()).person(ayse.user.id or 0).name = "<script>alert(1)</script>"
        uow.commit()
    assert "<script>alert" not in ayse.get("/masa/hesabim").text
