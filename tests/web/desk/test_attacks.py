"""What an attacker tries: markup in everything that people write, forged sessions, foreign pages, monstrous bodies."""

from __future__ import annotations

import io
from collections.abc import Iterator
from html.parser import HTMLParser
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.domain.requests import Attachment
from bot.domain.staff import Role
from bot.service.staff import StaffDesk
from bot.web.app import MAX_BODY
from bot.web.desk.routing import COOKIE, PREFIX
from tests.web.desk.conftest import DeskClient
from tests.web.desk.office import PASSWORD, StaffBrowser, enroll, file_request
from tests.web.desk.scenery import Things, routes_of, snapshot, things_of
from tests.web.stage import Stage

HOSTILE = (
    "<script>alert('xss')</script>\"'><img src=x onerror=alert(1)><svg/onload=alert(2)>"
    '</textarea></title></style>{{7*7}}{% raw %}<a href="javascript:alert(3)">x</a><!-- \u202e'
)
NAME = "\"><img src=x onerror=alert(4)> '><b onmouseover=alert(5)>Ayşe"


class Page(HTMLParser):
    """Collects what must not be in any page of ours."""

    def __init__(self) -> None:
        super().__init__()
        self.bad: list[str] = []
        self.tags = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.tags += 1
        found = dict(attributes)
        source = found.get("src") or ""
        if tag == "script" and not source.startswith("/static/") and found.get("type") != "application/json":
            self.bad.append(f"script {found}")
        if tag in ("iframe", "object", "embed", "base") or source == "x":
            self.bad.append(f"{tag} {found}")
        for name, value in attributes:
            if name.startswith("on") or name == "style":
                self.bad.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction") and (value or "").strip().lower().startswith(
                ("javascript:", "data:", "vbscript:")
            ):
                self.bad.append(f"{tag} {name}={value}")


def looked_at(text: str) -> Page:
    page = Page()
    page.feed(text)
    page.close()
    return page


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    home = tmp_path_factory.mktemp("attacks")
    engine = make_engine(f"sqlite:///{home}/hizmet.db")
    metadata.create_all(engine)
    yield Stage(engine, home)
    engine.dispose()


@pytest.fixture(scope="module")
def hostile(place: Stage) -> Things:
    """Everything that citizens and staff can write holds markup."""
    return things_of(place, "cleaning", words=HOSTILE, name=NAME)


@pytest.fixture(scope="module")
def boss(place: Stage, hostile: Things) -> Iterator[StaffBrowser]:
    with TestClient(place.app()) as client:
        user = enroll(place, Role.ADMINISTRATOR)
        with place.uows() as uow:
            StaffDesk(uow, place.clock.now()).person(user.id or 0).name = NAME
            uow.commit()
        browser = StaffBrowser(place, client, user)
        assert browser.log_in().status_code == 303
        yield browser


# -- markup
def test_no_page_runs_what_people_wrote(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    pages = [route for route in routes_of(place) if route.methods == ("GET",) and route.stream is None]
    seen = shown = 0
    for route in pages:
        for query in ("", f"?q={quote(HOSTILE)}&tamam={quote(HOSTILE)}&actor={quote(HOSTILE)}&sonra={quote(HOSTILE)}"):
            answer = boss.get(hostile.path(route) + query)
            if not answer.headers.get("content-type", "").startswith("text/html"):
                assert answer.headers["x-content-type-options"] == "nosniff", route.path
                continue
            page = looked_at(answer.text)
            assert page.tags > 0 and page.bad == [], f"{route.path}: {page.bad}"
            seen += 1
            shown += "&lt;script&gt;alert(" in answer.text
    assert seen > 20, "no pages were looked at"
    assert shown > 5, "the hostile words are on no page: the test looks at nothing"


def test_partials_run_nothing_either(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    for route in (route for route in routes_of(place) if route.methods == ("GET",) and route.stream is None):
        answer = boss.get(hostile.path(route), headers={"hx-request": "true"})
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert looked_at(answer.text).bad == [], route.path


def test_what_is_refused_is_told_as_text(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    """Errors quote what was sent: unknown units, services, numbers."""
    fields = {name: HOSTILE for name in ("unit", "service", "body", "status", "role", "note", "text", "name", "into")}
    for route in (route for route in routes_of(place) if route.methods == ("POST",) and route.path != "/cikis"):
        answer = boss.post(hostile.path(route), {**fields, "version": HOSTILE})
        assert answer.status_code < 500, route.path
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert looked_at(answer.text).bad == [], route.path


def test_every_page_carries_the_strict_rules(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    for route in (route for route in routes_of(place) if route.methods == ("GET",) and route.stream is None):
        headers = boss.get(hostile.path(route), follow_redirects=False).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy, route.path
        assert "frame-ancestors 'none'" in policy and headers["x-frame-options"] == "DENY", route.path
        assert headers["x-content-type-options"] == "nosniff", route.path
        assert "no-store" in headers["cache-control"] or route.path.startswith("/dosya"), route.path


def test_a_file_is_served_as_what_it_is_and_under_our_name(stage: Stage, desk_client: DeskClient) -> None:
    """Neither the sender's file name nor the sender's type reach a header; the path is made of the hash alone."""
    request = file_request(stage)
    sha256, size = stage.files.put([b"<html><script>alert(1)</script>"], 1000)
    with stage.uows() as uow:
        name = '../../../etc/passwd\r\nset-cookie: a=b"; filename="x.html'
        made = Attachment(sha256, "text/html", size, name, "document", stage.clock.now(), request_id=request.id)
        page = uow.requests.add_attachment(made)
        uow.commit()
    browser = desk_client(Role.SUPERVISOR)
    answer = browser.get(f"/masa/dosya/{page}")
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment") and "passwd" not in str(answer.headers)
    assert "sandbox" in answer.headers["content-security-policy"] and "set-cookie" not in answer.headers
    with pytest.raises(ValueError):
        stage.files.path("../../../etc/passwd")


@pytest.mark.parametrize(
    "path",
    [
        "/masa/dosya/../../../../etc/passwd", "/masa/dosya/..%2f..%2fetc%2fpasswd", "/static/../app.py",
        "/masa/dosya/%2e%2e/%2e%2e/etc/passwd", "/static/desk/..%2f..%2f..%2f..%2f..%2fetc%2fpasswd",
        "/static/..%2fapp.py", "/static//etc/passwd",
        "/masa/basvurular/..%2f..%2fhesabim", "/masa/baglanti/..%2f..%2fx",
    ],
)  # fmt: skip
def test_no_path_leads_out(boss: StaffBrowser, path: str) -> None:
    answer = boss.get(path, follow_redirects=False)
    assert answer.status_code in (404, 303, 307) and "root:" not in answer.text and "def create_app" not in answer.text


# -- sessions
@pytest.mark.parametrize(
    "cookie", ["", "x", "0" * 43, "a.b.c", "%00", "\u00ff\u00fe", "x" * 4000, "null", "' OR 1=1 --"]
)
def test_a_forged_session_is_none(stage: Stage, cookie: str) -> None:
    with TestClient(stage.app(), follow_redirects=False) as client:
        answer = client.get("/masa/hesabim", headers={b"cookie": f"{COOKIE}={cookie}".encode("latin-1")})
    assert answer.status_code == 303 and answer.headers["location"].startswith("/masa/giris")


def test_what_is_kept_of_a_session_opens_nothing(stage: Stage, desk_client: DeskClient) -> None:
    """Who reads the database finds hashes: they are no cookies."""
    browser = desk_client(Role.ADMINISTRATOR)
    with stage.reads() as uow:
        (session,) = uow.staff.sessions_of(browser.user.id or 0, stage.clock.now())
    with TestClient(stage.app(), follow_redirects=False) as client:
        client.cookies.set(COOKIE, session.token_hash)
        assert client.get("/masa/hesabim").status_code == 303
        client.cookies.set(COOKIE, browser.client.cookies[COOKIE].swapcase())
        assert client.get("/masa/hesabim").status_code == 303


def test_a_login_makes_a_new_session(stage: Stage) -> None:
    """A cookie that somebody was handed before the login is worth nothing after it."""
    user = enroll(stage, Role.REVIEWER)
    with TestClient(stage.app()) as client:
        client.cookies.set(COOKIE, "planted", path="/masa")
        browser = StaffBrowser(stage, client, user)
        assert browser.log_in().status_code == 303
        values = {cookie.value for cookie in client.cookies.jar if cookie.name == COOKIE}
    with TestClient(stage.app(), follow_redirects=False) as other:
        other.cookies.set(COOKIE, "planted")
        assert other.get("/masa/hesabim").status_code == 303
    assert values - {"planted"}


# -- foreign pages
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"}, {"origin": "http://testserver.evil.example"}, {"origin": "http://testserver:81"},
    ],
)  # fmt: skip
def test_posts_of_other_sites_are_refused_everywhere(
    place: Stage, hostile: Things, boss: StaffBrowser, headers: dict[str, str]
) -> None:
    before = snapshot(place)
    for route in (route for route in routes_of(place) if route.methods == ("POST",)):
        assert boss.post(hostile.path(route), headers=headers).status_code == 403, route.path
    assert snapshot(place) == before


def test_a_foreign_page_cannot_log_somebody_in(stage: Stage) -> None:
    user = enroll(stage, Role.REVIEWER)
    with TestClient(stage.app()) as client:
        fields = {"username": user.username, "password": PASSWORD}
        assert client.post("/masa/giris", data=fields, headers={"origin": "https://evil.example"}).status_code == 403
        assert COOKIE not in client.cookies


# -- bodies
def test_monstrous_bodies_are_refused_on_every_route(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    before = snapshot(place)
    for route in (route for route in routes_of(place) if route.methods == ("POST",)):
        if route.max_files > 1:
            continue  # photos may be larger; their own limit is tested with them
        kind = {"content-type": "application/x-www-form-urlencoded"}
        content = b"text=" + b"x" * (2 * MAX_BODY)
        assert boss.client.post(hostile.path(route), content=content, headers=kind).status_code == 413, route.path
    assert snapshot(place) == before


def test_odd_bodies_are_told_as_such(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    large_part = b'--x\r\ncontent-disposition: form-data; name="text"\r\n\r\n' + b"y" * 300_000
    bodies = [
        ("multipart/form-data; boundary=x", b"nonsense"),
        ("multipart/form-data", b"--x\r\n"),
        ("multipart/form-data; boundary=x", large_part),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(3000))),
        ("application/x-www-form-urlencoded", b"csrf=%ff%fe&text=%00"),
        ("application/json", b'{"csrf": "x"}'),
        ("", b"\xff\xfe\x00"),
    ]
    before = snapshot(place)
    for route in (route for route in routes_of(place) if route.methods == ("POST",) and route.right is not None):
        for kind, content in bodies:
            answer = boss.client.post(hostile.path(route), content=content, headers={"content-type": kind})
            assert 400 <= answer.status_code < 500, f"{route.path} {kind} {answer.status_code}"
    assert snapshot(place) == before


def test_files_where_none_are_expected_are_refused(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    file = ("x.jpg", io.BytesIO(b"\xff\xd8\xff" + b"0" * 1000), "image/jpeg")
    for route in (route for route in routes_of(place) if route.methods == ("POST",) and route.max_files == 0):
        answer = boss.post(hostile.path(route), files={"file": file})
        assert answer.status_code in (403, 404, 422, 429), f"{route.path} {answer.status_code}"


def test_no_other_method_does_anything(place: Stage, hostile: Things, boss: StaffBrowser) -> None:
    for route in routes_of(place):
        for method in ("PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"):
            assert boss.client.request(method, hostile.path(route)).status_code in (403, 405), f"{method} {route.path}"
    assert boss.get(PREFIX + "/hesabim").status_code == 200
