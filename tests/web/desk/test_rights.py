"""Rights, generated from the list of routes: nobody sees or changes what is not theirs, on any page of the desk."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.domain.staff import Role
from bot.service.policy import RIGHTS, Right
from bot.web.desk.routing import PREFIX, DeskRoute
from tests.web.desk.office import StaffBrowser, enroll
from tests.web.desk.scenery import PARAMETER, Things, routes_of, snapshot, things_of
from tests.web.stage import Stage

MAY_NOT, NO_TOKEN = "yetkiniz yok", "Sayfa eskimiş"
OTHERS = {"no", "file", "item", "conversation", "topic", "outbox"}
"""Parameters that name things of citizens: unit staff must not reach those of another unit."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("desk")
    engine = make_engine(f"sqlite:///{home}/hizmet.db")
    metadata.create_all(engine)
    yield Stage(engine, home)
    engine.dispose()


@pytest.fixture(scope="module")
def ours(place: Stage) -> Things:
    return things_of(place, "cleaning")


@pytest.fixture(scope="module")
def theirs(place: Stage) -> Things:
    return things_of(place, "parks")


@pytest.fixture(scope="module")
def browsers(place: Stage, ours: Things, theirs: Things) -> Iterator[dict[Role, StaffBrowser]]:
    """One person of each role; the unit staff are of the cleaning unit."""
    with TestClient(place.app(), raise_server_exceptions=True) as client:
        made = {}
        for role in Role:
            unit = "cleaning" if role is Role.UNIT_STAFF else None
            browser = StaffBrowser(place, TestClient(client.app), enroll(place, role, unit))
            assert browser.log_in().status_code == 303
            made[role] = browser
        yield made


def closed(routes: list[DeskRoute]) -> list[DeskRoute]:
    return [route for route in routes if route.right is not None]


# -- every route × every role
def test_without_a_login_every_closed_route_leads_to_the_login(place: Stage, ours: Things) -> None:
    before = snapshot(place)
    with TestClient(place.app(), follow_redirects=False) as nobody:
        for route in closed(routes_of(place)):
            answer = nobody.request(route.methods[0], ours.path(route), data={"csrf": ""})
            assert answer.status_code == 303 and answer.headers["location"].startswith(f"{PREFIX}/giris"), route.path
    assert snapshot(place) == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_without_the_right_is_refused_everywhere(
    place: Stage, ours: Things, browsers: dict[Role, StaffBrowser], role: Role
) -> None:
    browser = browsers[role]
    refused = [route for route in closed(routes_of(place)) if route.right not in RIGHTS[role]]
    assert refused or role is Role.ADMINISTRATOR
    before = snapshot(place)
    for route in refused:
        path = ours.path(route)
        sent = browser.get(path) if route.methods == ("GET",) else browser.post(path)
        assert sent.status_code == 403 and MAY_NOT in sent.text, f"{role} {route.methods[0]} {path}"
    assert snapshot(place) == before


@pytest.mark.parametrize("role", list(Role))
def test_no_form_is_taken_without_the_sessions_token(
    place: Stage, ours: Things, browsers: dict[Role, StaffBrowser], role: Role
) -> None:
    browser = browsers[role]
    posts = [route for route in closed(routes_of(place)) if route.methods == ("POST",) and route.right in RIGHTS[role]]
    assert posts
    before = snapshot(place)
    for route in posts:
        for token in ("", "x" * 43, browsers[Role.AUDITOR if role is not Role.AUDITOR else Role.REVIEWER].csrf):
            answer = browser.post(ours.path(route), {"csrf": token})
            assert answer.status_code == 403 and NO_TOKEN in answer.text, f"{role} {route.path}"
    assert snapshot(place) == before


@pytest.mark.parametrize("role", list(Role))
def test_a_role_with_the_right_is_let_in(
    place: Stage, ours: Things, browsers: dict[Role, StaffBrowser], role: Role
) -> None:
    browser = browsers[role]
    pages = [
        route
        for route in closed(routes_of(place))
        if route.methods == ("GET",) and route.right in RIGHTS[role] and route.stream is None
    ]
    assert len(pages) > 5
    for route in pages:
        if role is Role.UNIT_STAFF and {"item", "conversation"} & set(PARAMETER.findall(route.path)):
            continue
        answer = browser.get(ours.path(route), follow_redirects=False)
        assert answer.status_code in (200, 303), f"{role} {ours.path(route)} {answer.status_code}"


# -- the bounds of a unit
def test_unit_staff_reach_nothing_of_another_unit_by_its_id(
    place: Stage, theirs: Things, browsers: dict[Role, StaffBrowser]
) -> None:
    browser = browsers[Role.UNIT_STAFF]
    within = [
        route
        for route in closed(routes_of(place))
        if route.right in RIGHTS[Role.UNIT_STAFF] and OTHERS & set(PARAMETER.findall(route.path))
    ]
    assert len(within) > 8
    before = snapshot(place)
    fields = {"status": "resolved", "note": "x", "text": "x", "unit": "parks", "body": "koski", "service": "other",
              "priority": "urgent", "version": "1", "into": "SLC-2026-000001", "told": "1"}  # fmt: skip
    for route in within:
        path = theirs.path(route)
        answer = browser.get(path) if route.methods == ("GET",) else browser.post(path, fields)
        assert answer.status_code == 404, f"{route.methods[0]} {path} {answer.status_code}"
        assert theirs.secret not in answer.text
    assert snapshot(place) == before


@pytest.mark.parametrize("unit", ["cleaning", None])
def test_no_list_shows_unit_staff_the_requests_of_another_unit(place: Stage, theirs: Things, unit: str | None) -> None:
    with TestClient(place.app()) as client:
        browser = StaffBrowser(place, client, enroll(place, Role.UNIT_STAFF, unit))
        browser.log_in()
        lists = [
            route
            for route in closed(routes_of(place))
            if route.methods == ("GET",)
            and not PARAMETER.findall(route.path)
            and route.right in RIGHTS[Role.UNIT_STAFF]
        ]
        assert len(lists) > 4
        number = theirs.names["no"]
        for route in lists:
            for query in ("", f"?q={number}", "?unit=parks", f"?text={number}", "?birim=parks"):
                answer = browser.get(PREFIX + route.path + query)
                shown = answer.text.replace(f'value="{number}"', "").replace(f"?q={number}", "")
                assert theirs.secret not in shown and f">{number}<" not in shown, route.path + query


def test_unit_staff_find_their_own(place: Stage, ours: Things, browsers: dict[Role, StaffBrowser]) -> None:
    browser = browsers[Role.UNIT_STAFF]
    assert ours.names["no"] in browser.get("/masa/basvurular").text
    assert browser.get(f"/masa/basvurular/{ours.names['no']}").status_code == 200
    assert browser.get(f"/masa/dosya/{ours.names['file']}").status_code == 200


def test_ones_own_request_tells_nothing_of_what_another_unit_merged_into_it(
    place: Stage, ours: Things, theirs: Things, browsers: dict[Role, StaffBrowser]
) -> None:
    page = f"/masa/basvurular/{ours.names['no']}"
    assert theirs.names["no"] in browsers[Role.SUPERVISOR].get(page).text, "the two are merged"
    own = browsers[Role.UNIT_STAFF].get(page).text
    assert theirs.names["no"] not in own and theirs.secret not in own


def test_an_export_holds_the_own_unit_only(place: Stage, theirs: Things, browsers: dict[Role, StaffBrowser]) -> None:
    for fields in ({}, {"unit": "parks"}, {"query": "unit=parks"}):
        answer = browsers[Role.UNIT_STAFF].post("/masa/basvurular/disari", {"format": "csv", **fields})
        assert answer.status_code == 200, answer.text[:300]
        assert theirs.names["no"] not in answer.text and theirs.secret not in answer.text


# -- who only reads
def test_an_auditor_changes_nothing(place: Stage, ours: Things, browsers: dict[Role, StaffBrowser]) -> None:
    """Every form that an auditor may send; what is left behind is what they looked at, and their own account."""
    browser = browsers[Role.AUDITOR]
    own = {"audit", "saved_views", "staff_users"}
    before = {name: rows for name, rows in snapshot(place).items() if name not in own}
    posts = [
        route
        for route in closed(routes_of(place))
        if route.methods == ("POST",) and route.right in RIGHTS[Role.AUDITOR] and route.path != "/cikis"
    ]
    assert posts
    for route in posts:
        browser.post(ours.path(route), {"format": "csv", "name": "x", "query": "", "text": "x", "status": "resolved"})
    after = {name: rows for name, rows in snapshot(place).items() if name not in own}
    assert after == before
    for right in (
        Right.CHANGE_REQUESTS,
        Right.ANSWER,
        Right.MANAGE_PEOPLE,
        Right.SWITCH,
        Right.IMPORT,
        Right.CHANGE_MANY,
    ):
        assert right not in RIGHTS[Role.AUDITOR]


# -- other people's own things
def test_nobody_reaches_anothers_view_or_session(
    place: Stage, ours: Things, browsers: dict[Role, StaffBrowser]
) -> None:
    browser = browsers[Role.ADMINISTRATOR]
    with place.reads() as uow:
        (session, *_) = uow.staff.sessions_of(browsers[Role.REVIEWER].user.id or 0, place.clock.now())
    assert browser.post(f"/masa/hesabim/oturumlar/{session.id}/kapat").status_code == 404
    assert browser.post(f"/masa/gorunumler/requests/{ours.names['id']}/sil").status_code == 404


# -- ids that are none
@pytest.mark.parametrize(
    "odd", ["0", "999999999", str(2**63), "9" * 60, "-1", "1e3", "٣", "1%00", "..%2f..%2fx", "x'--"]
)
def test_ids_that_are_none_are_not_found(
    place: Stage, ours: Things, browsers: dict[Role, StaffBrowser], odd: str
) -> None:
    browser = browsers[Role.ADMINISTRATOR]
    named = [route for route in routes_of(place) if PARAMETER.findall(route.path) and route.stream is None]
    assert len(named) > 20
    for route in named:
        if route.path.endswith("/iki-adim"):
            continue
        path = PREFIX + PARAMETER.sub(odd, route.path)
        answer = browser.get(path) if route.methods == ("GET",) else browser.post(path, {"version": "1"})
        assert answer.status_code in (404, 405, 409, 422), f"{route.methods[0]} {path} {answer.status_code}"
