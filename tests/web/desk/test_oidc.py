"""Logging in through OpenID Connect, against a real provider on the loopback."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest
from starlette.testclient import TestClient

from bot.config import OidcSettings, load_settings
from bot.domain.staff import Role, StaffUser
from bot.errors import ConfigError
from bot.web.desk.oidc import COOKIE as AWAY
from bot.web.desk.routing import COOKIE
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import StaffBrowser, enroll
from tests.web.desk.oidc_house import CLIENT_ID, CLIENT_SECRET, House, new_key, open_house
from tests.web.stage import Stage

ROLES = (("masa-yonetici", "administrator"), ("masa-park", "unit_staff:parks"), ("masa", "reviewer"))


@pytest.fixture
def house(stage: Stage) -> Iterator[House]:
    with open_house(stage.clock.now) as house:
        house.person["groups"] = ["masa"]
        stage.settings = replace(
            stage.settings,
            public_url="http://testserver",
            oidc=OidcSettings(house.address, CLIENT_ID, CLIENT_SECRET, roles=ROLES),
        )
        yield house


@pytest.fixture
def client(stage: Stage, house: House) -> Iterator[TestClient]:
    with TestClient(stage.app(), follow_redirects=False) as client:
        yield client


def sent_back(address: str) -> str:
    """The person is at the provider and comes back: the path with code and state."""
    answer = httpx.get(address)
    assert answer.status_code == 303
    return answer.headers["location"].removeprefix("http://testserver")


def log_in(client: TestClient, path: str = "/masa/giris/kurum") -> httpx.Response:
    begun = client.get(path)
    assert begun.status_code == 303, begun.text
    answer: httpx.Response = client.get(sent_back(begun.headers["location"]))
    return answer


def person(stage: Stage, username: str) -> StaffUser | None:
    with stage.reads() as uow:
        return uow.staff.by_username(username)


# -- the way in
def test_an_account_is_made_with_the_role_of_the_first_group_that_fits(
    stage: Stage, house: House, client: TestClient
) -> None:
    house.person |= {"groups": ["everybody", "masa", "masa-park"], "email": "a@selcuklu.example"}
    assert 'href="/masa/giris/kurum"' in client.get("/masa/giris").text
    assert log_in(client).headers["location"] == "/masa"
    user = person(stage, "ayse")
    assert user is not None and (user.role, user.unit, user.name) == ("unit_staff", "parks", "Ayşe")
    assert user.password_hash is None and COOKIE in client.cookies and AWAY not in client.cookies


def test_the_login_leads_to_the_page_that_was_wanted(client: TestClient) -> None:
    assert log_in(client, "/masa/giris/kurum?sonra=/masa/basvurular").headers["location"] == "/masa/basvurular"
    client.cookies.clear()
    assert log_in(client, "/masa/giris/kurum?sonra=https://evil.example/").headers["location"] == "/masa"


def test_the_role_follows_the_provider_at_each_login(stage: Stage, house: House, client: TestClient) -> None:
    log_in(client)
    house.person["groups"] = ["masa-yonetici"]
    client.cookies.clear()
    log_in(client)
    user = person(stage, "ayse")
    assert user is not None and user.role == "administrator"
    house.person["groups"] = ["masa"]  # the last administrator stays
    client.cookies.clear()
    assert log_in(client).status_code == 303
    kept = person(stage, "ayse")
    assert kept is not None and kept.role == "administrator"


@pytest.mark.parametrize("groups", [None, [], ["others"], "others", {"masa": True}])
def test_without_a_group_of_ours_nobody_enters(stage: Stage, house: House, client: TestClient, groups: Any) -> None:
    house.person["groups"] = groups
    assert log_in(client).status_code == 403
    assert person(stage, "ayse") is None and COOKIE not in client.cookies


def test_a_deactivated_person_stays_out(stage: Stage, client: TestClient) -> None:
    log_in(client)
    with stage.uows() as uow:
        user = uow.staff.by_username("ayse")
        assert user is not None
        user.active = False
        uow.commit()
    client.cookies.clear()
    assert log_in(client).status_code == 403


def test_groups_may_come_from_userinfo_and_from_a_path(stage: Stage, house: House) -> None:
    house.person["groups"] = None
    house.by_userinfo = {"sub": "u-1", "realm_access": {"roles": ["masa"]}}
    oidc = stage.settings.oidc
    assert oidc is not None
    stage.settings = replace(stage.settings, oidc=replace(oidc, role_claim="realm_access.roles"))
    with TestClient(stage.app(), follow_redirects=False) as client:
        assert log_in(client).status_code == 303
        client.cookies.clear()
        house.by_userinfo["sub"] = "somebody else"
        assert log_in(client).status_code == 403


# -- accounts that are there
def test_a_local_account_of_the_same_name_is_not_taken_over(stage: Stage, client: TestClient) -> None:
    enroll(stage, Role.ADMINISTRATOR, username="ayse")
    answer = log_in(client)
    assert answer.status_code == 403 and COOKIE not in client.cookies
    user = person(stage, "ayse")
    assert user is not None and user.oidc_subject is None


def test_its_owner_links_it(stage: Stage, house: House, desk_client: DeskClient) -> None:
    ayse = desk_client(Role.REVIEWER)
    address = ayse.post("/masa/hesabim/kurum").text.split('class="button main" href="')[1].split('"')[0]
    back = sent_back(address.replace("&amp;", "&"))
    assert ayse.get(back, follow_redirects=False).headers["location"] == "/masa/hesabim?tamam=linked"
    with TestClient(stage.app(), follow_redirects=False) as client:
        assert log_in(client).status_code == 303
        assert client.get("/masa/hesabim").text.count(ayse.user.username) > 0


def test_a_link_is_for_the_account_that_began_it(stage: Stage, house: House, desk_client: DeskClient) -> None:
    ayse, fatma = desk_client(Role.REVIEWER), desk_client(Role.REVIEWER)
    address = ayse.post("/masa/hesabim/kurum").text.split('class="button main" href="')[1].split('"')[0]
    back = sent_back(address.replace("&amp;", "&"))
    cookie = ayse.client.cookies.get(AWAY)
    assert cookie is not None
    fatma.client.cookies.set(AWAY, cookie)
    assert fatma.get(back).status_code == 403
    with stage.reads() as uow:
        assert all(user.oidc_subject is None for user in uow.staff.all())


# -- what an attacker or a broken provider sends
@pytest.mark.parametrize(
    "lies",
    [
        {"nonce": "another"}, {"nonce": None}, {"aud": "another-client"}, {"iss": "https://evil.example"}, {"exp": 1},
        {"exp": None}, {"sub": None}, {"azp": "another-client", "aud": [CLIENT_ID, "another-client"]}, {"iat": None},
    ],
)  # fmt: skip
def test_a_token_that_is_not_for_us_is_refused(
    stage: Stage, house: House, client: TestClient, lies: dict[str, Any]
) -> None:
    house.lies = lies
    assert log_in(client).status_code == 403
    assert person(stage, "ayse") is None and COOKIE not in client.cookies


def test_a_token_of_an_unknown_key_is_refused_and_a_new_key_is_fetched(house: House, client: TestClient) -> None:
    assert log_in(client).status_code == 303
    client.cookies.clear()
    house.key = new_key("second")
    assert log_in(client).status_code == 403
    house.published = [house.key]
    assert log_in(client).status_code == 303


def state_changed(back: str) -> str:
    return back.replace("state=", "state=x")


@pytest.mark.parametrize(
    "harm",
    [state_changed, lambda back: back.split("&state=")[0], lambda back: "/masa/giris/kurum/donus?error=access_denied",
     lambda back: "/masa/giris/kurum/donus", lambda back: back.replace("code=", "code=x")],
)  # fmt: skip
def test_another_state_or_code_is_refused(client: TestClient, harm: Callable[[str], str]) -> None:
    back = sent_back(client.get("/masa/giris/kurum").headers["location"])
    assert client.get(harm(back)).status_code == 403
    assert COOKIE not in client.cookies


def test_an_answer_is_good_once_soon_and_in_the_browser_that_began(stage: Stage, client: TestClient) -> None:
    back = sent_back(client.get("/masa/giris/kurum").headers["location"])
    with TestClient(stage.app()) as other:
        assert other.get(back).status_code == 403
        other.get("/masa/giris/kurum", follow_redirects=False)
        assert other.get(back).status_code == 403
    assert client.get(back).status_code == 303
    client.cookies.clear()
    assert client.get(back).status_code == 403
    late = sent_back(client.get("/masa/giris/kurum").headers["location"])
    stage.clock.advance(timedelta(minutes=11))
    assert client.get(late).status_code == 403


def test_a_forged_cookie_is_refused(client: TestClient) -> None:
    back = sent_back(client.get("/masa/giris/kurum").headers["location"])
    for value in ("x", "a.b", client.cookies[AWAY][:-2] + "AA"):
        assert client.get(back, headers={"cookie": f"{AWAY}={value}"}).status_code == 403


def test_a_provider_that_is_away_is_told(stage: Stage, house: House) -> None:
    oidc = stage.settings.oidc
    assert oidc is not None
    for issuer in ("http://127.0.0.1:9", house.address + "/other"):
        stage.settings = replace(stage.settings, oidc=replace(oidc, issuer=issuer))
        with TestClient(stage.app()) as client:
            answer = client.get("/masa/giris/kurum")
            assert answer.status_code == 422 and "ulaşılamıyor" in answer.text


# -- settings
def test_without_a_provider_there_is_no_such_page(stage: Stage, desk_client: DeskClient) -> None:
    browser: StaffBrowser = desk_client(Role.REVIEWER)
    assert browser.get("/masa/giris/kurum").status_code == 404
    assert "giris/kurum" not in browser.get("/masa/giris").text
    assert browser.post("/masa/hesabim/kurum").status_code == 404


@pytest.mark.parametrize(
    ("roles", "told"),
    [((("a", "king"),), "king"), ((("a", "unit_staff"),), "unit_staff"), ((("a", "unit_staff:nowhere"),), "nowhere")],
)
def test_roles_that_do_not_exist_are_told_at_the_start(
    stage: Stage, roles: tuple[tuple[str, str], ...], told: str
) -> None:
    stage.settings = replace(stage.settings, oidc=OidcSettings("https://x.example", "a", "b", roles=roles))
    with pytest.raises(ConfigError, match=told):
        stage.app()


@pytest.mark.parametrize(
    "values",
    [
        {"OIDC_ISSUER": "http://login.example", "OIDC_CLIENT_ID": "a", "OIDC_CLIENT_SECRET": "b"},
        {"OIDC_ISSUER": "https://login.example"},
        {
            "OIDC_ISSUER": "https://login.example",
            "OIDC_CLIENT_ID": "a",
            "OIDC_CLIENT_SECRET": "b",
            "OIDC_ROLES": "masa",
        },
        {"WEBHOOK_URL": "https://x.example/hook", "WEBHOOK_SECRET": "short"},
        {"WEBHOOK_URL": "http://x.example/hook", "WEBHOOK_SECRET": "x" * 32},
    ],
)
def test_settings_that_are_unsafe_or_incomplete_are_told(stage: Stage, values: dict[str, str]) -> None:
    home = {"HIZMET_HOME": str(stage.settings.home), "HIZMET_SECRET": "x" * 32}
    with pytest.raises(ConfigError):
        load_settings(home | {f"HIZMET_{name}": value for name, value in values.items()}, stage.settings.home)
