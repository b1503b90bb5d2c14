"""People: the first set-up, invitations, new passwords, rights that change, programs' keys."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from bot.db.desk_tables import one_time_links, staff_users
from bot.db.tables import audit
from bot.domain.staff import Role, StaffUser
from bot.errors import Rejected, UserError
from bot.service.accounts import Accounts
from bot.service.staff import StaffDesk
from bot.web.desk.routing import COOKIE
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PASSWORD, StaffBrowser, enroll
from tests.web.stage import Stage

NEW = "ikindi güneşi vurdu"


@pytest.fixture
def door(stage: Stage) -> Iterator[TestClient]:
    with TestClient(stage.app(), follow_redirects=False) as client:
        yield client


def set_up(stage: Stage) -> str | None:
    with stage.uows() as uow:
        token = Accounts(uow, stage.municipality, stage.clock.now()).set_up()
        uow.commit()
    return token


def fields(username: str = "ayse", password: str = NEW) -> dict[str, str]:
    return {"username": username, "name": "Ayşe Yılmaz", "password": password, "again": password}


def link_in(page: str) -> str:
    """The path of the link that a page shows."""
    found = re.search(r"http://127\.0\.0\.1:8080(/masa/baglanti/[\w-]+)", page)
    assert found, page[-2000:]
    return found[1]


def person(stage: Stage, username: str) -> StaffUser:
    with stage.reads() as uow:
        user = uow.staff.by_username(username)
    assert user is not None
    return user


def told(stage: Stage) -> list[tuple[str, str]]:
    """Actor and action of each row of the audit."""
    with stage.reads() as uow:
        return [tuple(row) for row in uow.session.execute(select(audit.c.actor, audit.c.action).order_by(audit.c.id))]


# -- the first set-up
def test_the_set_up_link_makes_the_first_administrator_once(stage: Stage, door: TestClient) -> None:
    token = set_up(stage)
    assert door.get(f"/masa/baglanti/{token}").status_code == 200
    assert door.post(f"/masa/baglanti/{token}", data=fields()).status_code == 303
    assert COOKIE in door.cookies and person(stage, "ayse").role == Role.ADMINISTRATOR
    door.cookies.clear()
    assert door.post(f"/masa/baglanti/{token}", data=fields("fatma")).status_code == 404
    assert set_up(stage) is None


def test_a_new_set_up_link_replaces_the_old_one(stage: Stage, door: TestClient) -> None:
    first, second = set_up(stage), set_up(stage)
    assert door.get(f"/masa/baglanti/{first}").status_code == 404
    assert door.get(f"/masa/baglanti/{second}").status_code == 200


def test_a_set_up_link_is_over_once_somebody_is_there(stage: Stage, door: TestClient) -> None:
    token = set_up(stage)
    enroll(stage, Role.ADMINISTRATOR)
    assert door.post(f"/masa/baglanti/{token}", data=fields()).status_code == 404


def test_a_weak_password_leaves_the_link_as_it_was(stage: Stage, door: TestClient) -> None:
    token = set_up(stage)
    answer = door.post(f"/masa/baglanti/{token}", data=fields(password="kısa"))
    assert answer.status_code == 422 and 'value="ayse"' in answer.text
    assert door.post(f"/masa/baglanti/{token}", data=fields()).status_code == 303


def test_only_a_hash_of_the_link_is_kept(stage: Stage) -> None:
    token = set_up(stage)
    with stage.reads() as uow:
        (row,) = uow.session.execute(select(one_time_links)).all()
    assert token is not None and token not in str(row)


# -- invitations
def test_an_invitation_gives_the_role_that_the_administrator_chose(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    page = boss.post("/masa/kisiler/davet", {"role": "unit_staff", "unit": "parks", "email": "a@selcuklu.example"})
    path = link_in(page.text)
    with TestClient(stage.app(), follow_redirects=False) as guest:
        assert "Park ve Bahçeler" in guest.get(path).text
        assert guest.post(path, data=fields() | {"role": "administrator", "unit": ""}).status_code == 303
    user = person(stage, "ayse")
    assert (user.role, user.unit, user.email) == ("unit_staff", "parks", "a@selcuklu.example")


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "king"},
        {"role": "unit_staff", "unit": ""},
        {"role": "unit_staff", "unit": "nowhere"},
        {"role": "reviewer", "email": "a@b.example\r\nBcc: c@d.example"},
        {"role": "reviewer", "email": "nobody"},
    ],
)
def test_an_impossible_invitation_is_refused(desk_client: DeskClient, wrong: dict[str, str]) -> None:
    answer = desk_client(Role.ADMINISTRATOR).post("/masa/kisiler/davet", wrong)
    assert answer.status_code == 422 and "/masa/baglanti/" not in answer.text


def test_an_invitation_is_over_after_a_week_or_when_it_is_withdrawn(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    first = link_in(boss.post("/masa/kisiler/davet", {"role": "reviewer"}).text)
    second = link_in(boss.post("/masa/kisiler/davet", {"role": "reviewer"}).text)
    newest = re.findall(r"/masa/kisiler/baglantilar/(\d+)/geri-al", boss.get("/masa/kisiler").text)[0]
    assert boss.post(f"/masa/kisiler/baglantilar/{newest}/geri-al").status_code == 303
    assert boss.get(second).status_code == 404 and boss.get(first).status_code == 200
    stage.clock.advance(timedelta(days=7, seconds=1))
    with TestClient(stage.app()) as guest:
        assert guest.get(first).status_code == 404


def test_guesses_at_links_are_slowed_down(door: TestClient) -> None:
    codes = [door.get(f"/masa/baglanti/guess-{number}").status_code for number in range(22)]
    assert codes[0] == 404 and codes[-1] == 429


def test_a_link_is_mailed_where_a_mail_server_is_set_up(stage: Stage) -> None:
    mails: list[tuple[str, str]] = []
    boss = enroll(stage, Role.ADMINISTRATOR)
    with TestClient(stage.app(mail=lambda address, text: mails.append((address, text)))) as client:
        browser = StaffBrowser(stage, client, boss)
        browser.log_in()
        page = browser.post("/masa/kisiler/davet", {"role": "reviewer", "email": "a@selcuklu.example"}).text
    assert [address for address, _ in mails] == ["a@selcuklu.example"]
    assert link_in(page) in mails[0][1]


def test_a_mail_that_cannot_go_out_is_told(stage: Stage) -> None:
    def refuse(address: str, text: str) -> None:
        raise Rejected("no such mailbox")

    boss = enroll(stage, Role.ADMINISTRATOR)
    with TestClient(stage.app(mail=refuse)) as client:
        browser = StaffBrowser(stage, client, boss)
        browser.log_in()
        page = browser.post("/masa/kisiler/davet", {"role": "reviewer", "email": "a@selcuklu.example"}).text
    assert "gönderilemedi" in page and link_in(page)


# -- rights
def test_the_last_administrator_stays(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    me = f"/masa/kisiler/{boss.user.id}"
    assert boss.post(f"{me}/yetki", {"role": "auditor"}).status_code == 422
    assert boss.post(f"{me}/kapat").status_code == 422
    enroll(stage, Role.ADMINISTRATOR)
    assert boss.post(f"{me}/yetki", {"role": "auditor"}).status_code == 303
    assert boss.get("/masa/kisiler").status_code == 200
    assert boss.post(f"{me}/yetki", {"role": "administrator"}).status_code == 403


def test_two_administrators_cannot_demote_each_other_at_once(both: Stage) -> None:
    first, second = enroll(both, Role.ADMINISTRATOR), enroll(both, Role.ADMINISTRATOR)
    ready = threading.Barrier(2)
    refused: list[str] = []

    def demote(who: StaffUser) -> None:
        ready.wait()
        try:
            with both.uows() as uow:
                Accounts(uow, both.municipality, both.clock.now()).set_role(who.id or 0, Role.AUDITOR, None)
                uow.commit()
        except UserError as error:
            refused.append(error.key)

    threads = [threading.Thread(target=demote, args=(who,)) for who in (first, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert refused == ["last_administrator"]
    with both.reads() as uow:
        left = uow.session.scalars(select(staff_users.c.role)).all()
    assert sorted(left) == ["administrator", "auditor"]


def test_a_new_role_counts_at_once(stage: Stage, desk_client: DeskClient) -> None:
    boss, ayse = desk_client(Role.ADMINISTRATOR), desk_client(Role.SUPERVISOR)
    assert ayse.get("/masa/kisiler").status_code == 200
    boss.post(f"/masa/kisiler/{ayse.user.id}/yetki", {"role": "unit_staff", "unit": "parks"})
    assert ayse.get("/masa/kisiler").status_code == 403
    assert (boss.user.actor, "role_set:unit_staff:parks") in told(stage)


def test_who_is_deactivated_is_out_and_may_come_back(stage: Stage, desk_client: DeskClient) -> None:
    boss, ayse = desk_client(Role.ADMINISTRATOR), desk_client(Role.REVIEWER)
    who = f"/masa/kisiler/{ayse.user.id}"
    assert boss.post(f"{who}/kapat").status_code == 303
    assert ayse.get("/masa/hesabim", follow_redirects=False).status_code == 303
    assert ayse.log_in().status_code == 403
    assert boss.post(f"{who}/ac").status_code == 303
    assert ayse.get("/masa/hesabim", follow_redirects=False).status_code == 303  # the old session stays closed
    assert ayse.log_in().status_code == 303


def test_a_new_password_by_the_administrators_link(stage: Stage, desk_client: DeskClient) -> None:
    boss, ayse = desk_client(Role.ADMINISTRATOR), desk_client(Role.REVIEWER)
    first = link_in(boss.post(f"/masa/kisiler/{ayse.user.id}/parola").text)
    path = link_in(boss.post(f"/masa/kisiler/{ayse.user.id}/parola").text)
    with TestClient(stage.app(), follow_redirects=False) as client:
        assert client.get(first).status_code == 404
        assert client.post(path, data={"password": NEW, "again": NEW}).status_code == 303
        assert COOKIE in client.cookies
    assert ayse.get("/masa/hesabim", follow_redirects=False).status_code == 303
    assert ayse.log_in().status_code == 403


def test_supervisors_see_people_and_change_nothing(stage: Stage, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.SUPERVISOR)
    page = ayse.get("/masa/kisiler").text
    assert "Birini davet et" not in page
    page = ayse.get(f"/masa/kisiler/{ayse.user.id}").text
    assert "Yetkiyi değiştir" not in page
    assert ayse.post("/masa/kisiler/davet", {"role": "administrator"}).status_code == 403


def test_names_are_shown_as_text(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    with stage.uows() as uow:
        StaffDesk(uow, stage.clock.now()).enroll("x", "<img src=x onerror=alert(1)>", Role.REVIEWER, PASSWORD)
        uow.commit()
    assert "<img src=x" not in boss.get("/masa/kisiler").text


# -- programs' keys
def test_a_key_is_shown_once_and_kept_as_a_hash(stage: Stage, desk_client: DeskClient) -> None:
    boss = desk_client(Role.ADMINISTRATOR)
    page = boss.post("/masa/kisiler/anahtarlar", {"name": "park-takip", "unit": "parks", "writes": "yes"}).text
    (key,) = re.findall(r"hzm_[\w-]+", page)
    assert "hzm_" not in boss.get("/masa/kisiler/anahtarlar").text
    with stage.reads() as uow:
        (kept,) = uow.staff.tokens()
    assert kept.token_hash != key and (kept.unit, kept.writes) == ("parks", True)
    assert boss.post("/masa/kisiler/anahtarlar", {"name": "park-takip"}).status_code == 422
    assert boss.post(f"/masa/kisiler/anahtarlar/{kept.id}/iptal").status_code == 303
    assert boss.post(f"/masa/kisiler/anahtarlar/{kept.id}/iptal").status_code == 404
