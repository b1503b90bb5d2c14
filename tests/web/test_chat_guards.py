"""Sessions, limits, headers, origins, and the page that shows a request's status."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from itsdangerous import URLSafeSerializer
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.domain.requests import Filing, Kind, Status
from bot.service.requests import RequestDesk
from bot.web.limits import Limits, Rate, TooMany, address_of
from bot.web.sessions import COOKIE, MAX_AGE
from tests.web.stage import Stage, Ticking

UNKNOWN = "bulunamadı"


def send(client: TestClient, **headers: str) -> int:
    body = {"id": str(uuid.uuid4()), "text": "merhaba"}
    return client.post(
        "/chat/send", json=body, headers={k.replace("_", "-"): v for k, v in headers.items()}
    ).status_code


# -- the cookie
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(stage: Stage) -> None:
    with TestClient(stage.app()) as client:
        cookie = client.get("/").headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie and "Secure" not in cookie


def test_an_embedded_chat_over_https_may_keep_its_cookie_in_the_frame(stage: Stage, tmp_path: Path) -> None:
    site = Stage(stage.engine, tmp_path, ("https://www.selcuklu.bel.tr",), "https://sohbet.selcuklu.bel.tr")
    with TestClient(site.app()) as client:
        answer = client.get("/sohbet")
        assert "SameSite=None; Partitioned; Secure" in answer.headers["set-cookie"]
        assert "frame-ancestors 'self' https://www.selcuklu.bel.tr" in answer.headers["content-security-policy"]
        assert "frame-ancestors 'none'" in client.get("/").headers["content-security-policy"]


@pytest.mark.parametrize(
    "value",
    [
        "forged", "a.b.c", "", "%00", "\u00ff\u00fe", "x" * 3000,
        URLSafeSerializer("another secret", salt="hizmet.web.session").dumps({"s": "0" * 32, "t": 2_000_000_000}),
        URLSafeSerializer("x" * 32, salt="another salt").dumps({"s": "0" * 32, "t": 2_000_000_000}),
        URLSafeSerializer("x" * 32, salt="hizmet.web.session").dumps(["not", "ours"]),
    ],
)  # fmt: skip
def test_a_forged_cookie_begins_a_fresh_session(stage: Stage, value: str) -> None:
    raw = f"{COOKIE}={value}".encode("latin-1")
    with TestClient(stage.app()) as client:
        assert client.get("/chat/messages", headers={b"cookie": raw}).json() == {"session": None, "messages": []}
        page = client.get("/", headers={b"cookie": raw})
        assert page.status_code == 200 and COOKIE in page.headers["set-cookie"]
        body = {"id": str(uuid.uuid4()), "text": "merhaba"}
        assert client.post("/chat/send", json=body, headers={b"cookie": raw}).status_code == 200
    assert stage.conversation().thread != "0" * 32


def test_a_cookie_is_renewed_after_a_day_and_ends_when_it_was_not_used(stage: Stage) -> None:
    with TestClient(stage.app()) as client:
        first = client.get("/").headers["set-cookie"]
        assert "set-cookie" not in client.get("/").headers
        assert send(client) == 200
        stage.clock.advance(timedelta(days=2))
        renewed = client.get("/").headers["set-cookie"]
        assert renewed != first
        assert len(client.get("/chat/messages").json()["messages"]) == 1
        stage.clock.advance(timedelta(seconds=MAX_AGE + 1))
        assert client.get("/chat/messages").json()["session"] is None


def test_cookies_of_a_hundred_visitors_differ(stage: Stage) -> None:
    app = stage.app()
    with TestClient(app) as client:
        seen = set()
        for _ in range(100):
            client.cookies.clear()
            seen.add(client.get("/").headers["set-cookie"].split(";")[0])
    assert len(seen) == 100


# -- other sites
@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"sec_fetch_site": "same-origin"}, 200),
        ({"sec_fetch_site": "cross-site"}, 403),
        ({"sec_fetch_site": "same-site"}, 403),
        ({"origin": "http://testserver"}, 200),
        ({"origin": "https://evil.example"}, 403),
        ({"origin": "null"}, 403),
    ],
)
def test_posts_of_other_sites_are_refused(browser: TestClient, headers: dict[str, str], status: int) -> None:
    assert send(browser, **headers) == status


def test_the_pages_allow_nothing_inline_and_nothing_foreign(browser: TestClient) -> None:
    for path in ("/", "/sohbet", "/takip", "/static/chat.js", "/nowhere", "/chat/messages"):
        headers = browser.get(path).headers
        policy = headers["content-security-policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy and "http" not in policy, path
        assert headers["x-content-type-options"] == "nosniff"
    for path in ("/", "/sohbet", "/takip"):
        page = browser.get(path).text
        assert "<style" not in page and " style=" not in page and "onclick" not in page
        assert all("src=" in part.split(">")[0] for part in page.split("<script")[1:])


def test_the_widget_may_be_loaded_by_other_sites_but_not_kept_for_good(browser: TestClient) -> None:
    answer = browser.get("/widget.js")
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    assert answer.headers["content-type"].startswith("text/javascript")
    assert answer.headers["cache-control"] == "no-cache"


def test_the_server_is_alive_at_once(browser: TestClient) -> None:
    assert browser.get("/health/live").status_code == 200


def test_an_unexpected_error_is_logged_without_its_text(stage: Stage, caplog: pytest.LogCaptureFixture) -> None:
    async def broken(request: Request) -> Response:
        raise RuntimeError("Ayşe Yılmaz 0532 000 00 00")

    app = stage.app()
    app.router.routes.append(Route("/broken", broken))
    with TestClient(app) as client, caplog.at_level(logging.ERROR):
        answer = client.get("/broken")
    assert (answer.status_code, answer.json()) == (500, {"error": "internal"})
    assert "RuntimeError" in caplog.text and "Ayşe" not in caplog.text


# -- limits
def test_a_session_that_sends_too_fast_is_told_when_it_may_again(stage: Stage, browser: TestClient) -> None:
    codes = [send(browser) for _ in range(16)]
    assert codes == [200] * 15 + [429]
    answer = browser.post("/chat/send", json={"id": str(uuid.uuid4()), "text": "x"})
    assert answer.json() == {"error": "too_many"}
    stage.ticking.seconds += int(answer.headers["retry-after"])
    assert send(browser) == 200


def test_a_family_behind_one_address_writes_without_being_stopped(stage: Stage) -> None:
    app = stage.app()
    family = [TestClient(app) for _ in range(8)]
    for client in family:
        client.get("/")
    assert {send(client) for client in family for _ in range(10)} == {200}


def test_one_address_cannot_begin_sessions_without_end(stage: Stage) -> None:
    with TestClient(stage.app()) as client:
        codes = []
        for _ in range(130):
            client.cookies.clear()
            codes.append(send(client))
    assert codes.count(200) == 120 and codes[-1] == 429


def test_what_is_refused_does_not_count() -> None:
    ticking = Ticking()
    limits = Limits(ticking, {"a": Rate(2, 10)})
    limits.take("a", "x")
    limits.take("a", "x")
    for _ in range(5):
        with pytest.raises(TooMany) as refused:
            limits.take("a", "x")
        assert refused.value.retry_after == 10
    limits.take("a", "y")
    ticking.seconds = 10
    limits.take("a", "x")


def test_the_memory_of_the_limits_is_bounded() -> None:
    ticking = Ticking()
    limits = Limits(ticking, {"a": Rate(2, 10)}, most=10)
    for number in range(100):
        ticking.seconds += 3
        limits.take("a", str(number))
    assert len(limits._full_at) <= 10


@pytest.mark.parametrize(
    ("host", "key"),
    [
        ("85.1.2.3", "85.1.2.3"),
        ("2a02:e0:1:2:aaaa::1", "2a02:e0:1:2::"),
        ("::ffff:85.1.2.3", "85.1.2.3"),
        ("unix", "unix"),
    ],
)
def test_an_ipv6_household_counts_as_one_address(host: str, key: str) -> None:
    assert address_of(Request({"type": "http", "client": (host, 1), "headers": []})) == key


# -- asking for a request
@pytest.fixture
def filed(stage: Stage, browser: TestClient) -> Iterator[tuple[str, str]]:
    assert send(browser) == 200
    conversation = stage.conversation()
    assert conversation.id is not None
    with stage.uows() as uow:
        desk = RequestDesk(uow, stage.municipality, stage.clock.now(), b"key")
        filing = Filing("k", next(iter(stage.municipality.services)), Kind.COMPLAINT, "Gizli ayrıntı")
        request = desk.file(filing, conversation.citizen_id, conversation.id, "web")
        desk.change(request, Status.IN_PROGRESS, "staff:x")
        uow.commit()
        yield request.tracking_no, request.access_code


def track(client: TestClient, number: str, code: str) -> tuple[int, str]:
    answer = client.post("/takip", data={"no": number, "kod": code})
    return answer.status_code, answer.text


def test_number_and_code_show_status_and_dates_and_nothing_else(browser: TestClient, filed: tuple[str, str]) -> None:
    status, page = track(browser, f" {filed[0].lower()} ", filed[1].lower())
    assert status == 200
    assert "işlemde" in page and "23 Kasım 2026, 12.00" in page
    assert "Gizli" not in page and filed[1] not in page


def test_a_wrong_number_and_a_wrong_code_are_answered_alike(browser: TestClient, filed: tuple[str, str]) -> None:
    wrong_code = track(browser, filed[0], "000000")
    wrong_number = track(browser, "SLC-2026-999999", filed[1])
    assert wrong_code[0] == wrong_number[0] == 404 and UNKNOWN in wrong_code[1]
    assert wrong_code[1].replace(filed[0], "") == wrong_number[1].replace("SLC-2026-999999", "")
    assert track(browser, filed[0], "")[0] == 404


def test_codes_cannot_be_tried_without_end(browser: TestClient, filed: tuple[str, str]) -> None:
    codes = [track(browser, filed[0], f"{number:06d}")[0] for number in range(12)]
    assert codes == [404] * 10 + [429] * 2
    assert track(browser, filed[0], filed[1])[0] == 429


def test_a_link_fills_the_form_in_and_escapes_it(browser: TestClient) -> None:
    page = browser.get("/takip", params={"no": '"><script>', "kod": "ABC123"}).text
    assert 'value="ABC123"' in page and "<script>" not in page
