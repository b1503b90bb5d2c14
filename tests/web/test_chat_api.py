"""What the routes promise: stored before answered, never twice, shown when visible, delivered when acknowledged."""

from __future__ import annotations

import io
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from PIL import Image
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.channels.webchat import WebChatChannel
from bot.db.engine import make_engine
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import Button, OutboxState, Reply
from bot.errors import ConfigError
from tests.web.stage import Stage, served


def new_id() -> str:
    return str(uuid.uuid4())


def say(browser: TestClient, text: str, message_id: str | None = None) -> dict[str, str]:
    answer = browser.post("/chat/send", json={"id": message_id or new_id(), "text": text})
    assert answer.status_code == 200, answer.text
    data: dict[str, str] = answer.json()
    return data


def photo(size: tuple[int, int] = (40, 30)) -> bytes:
    made = io.BytesIO()
    Image.new("RGB", size, "teal").save(made, "JPEG")
    return made.getvalue()


def upload(browser: TestClient, name: str, data: bytes, message_id: str | None = None) -> httpx.Response:
    fields = {"id": message_id or new_id(), "text": "Kırık kaldırım"}
    answer: httpx.Response = browser.post("/chat/upload", data=fields, files={"file": (name, data, "image/jpeg")})
    return answer


# -- sending
def test_a_message_is_in_the_inbox_when_it_is_answered(stage: Stage, browser: TestClient) -> None:
    message_id = new_id()
    say(browser, "Yazır'da çöp alınmadı\u202e\x00", message_id)
    (row,) = stage.inbox()
    assert row.channel == "web" and row.event_id.endswith(message_id)
    assert row.payload["text"] == "Yazır'da çöp alınmadı"


def test_the_same_message_again_is_answered_alike_and_stored_once(stage: Stage, browser: TestClient) -> None:
    message_id = new_id()
    say(browser, "bir", message_id)
    say(browser, "bir", message_id.upper())
    assert len(stage.inbox()) == 1


def test_messages_of_one_moment_keep_their_order(stage: Stage, browser: TestClient) -> None:
    for text in ("bir", "iki", "üç"):
        say(browser, text)
    assert [row.payload["text"] for row in stage.inbox()] == ["bir", "iki", "üç"]


def test_two_browsers_may_use_the_same_id(stage: Stage, browser: TestClient) -> None:
    message_id = new_id()
    say(browser, "bir", message_id)
    with TestClient(stage.app()) as other:
        say(other, "iki", message_id)
    assert len(stage.inbox()) == 2


@pytest.mark.parametrize(
    ("path", "body", "key"),
    [
        ("send", b"{", "not_json"),
        ("send", b"[" * 60_000, "not_json"),
        ("send", b"[]", "not_json"),
        ("send", b'{"id": "x", "text": "a"}', "bad_id"),
        ("send", b'{"id": "6a1bd9a4-50a1-4b5c-9a4b-111111111111", "text": " \\u0000\\ud800 "}', "empty"),
        ("send", b'{"id": "6a1bd9a4-50a1-4b5c-9a4b-111111111111", "text": 5}', "empty"),
        (
            "location",
            b'{"id": "6a1bd9a4-50a1-4b5c-9a4b-111111111111", "latitude": NaN, "longitude": 1}',
            "bad_position",
        ),
        ("location", b'{"id": "6a1bd9a4-50a1-4b5c-9a4b-111111111111", "latitude": 91, "longitude": 1}', "bad_position"),
        ("press", b'{"id": "6a1bd9a4-50a1-4b5c-9a4b-111111111111", "payload": "rate:1:5"}', "unknown_button"),
        ("upload", b"no form", "file_missing"),
        ("ack", b'{"seen": [99999999999999999999]}', "bad_ids"),
        ("ack", b'{"seen": [true]}', "bad_ids"),
    ],
)
def test_bad_input_is_refused_with_its_key(browser: TestClient, path: str, body: bytes, key: str) -> None:
    answer = browser.post(f"/chat/{path}", content=body)
    assert (answer.status_code, answer.json()) == (400, {"error": key})


def test_a_button_counts_only_where_it_was_shown(stage: Stage, browser: TestClient) -> None:
    say(browser, "merhaba")
    stage.answer("Onaylıyor musunuz?", Button("Onayla", "confirm:1"))
    answer = browser.post("/chat/press", json={"id": new_id(), "payload": "confirm:1"})
    assert answer.status_code == 200
    row = stage.inbox()[-1]
    assert (row.kind, row.payload["button"], row.payload["text"]) == ("button", "confirm:1", "Onayla")


def test_a_position_is_stored(stage: Stage, browser: TestClient) -> None:
    browser.post("/chat/location", json={"id": new_id(), "latitude": 37.95, "longitude": 32.5})
    (row,) = stage.inbox()
    assert (row.payload["latitude"], row.payload["longitude"]) == (37.95, 32.5)


# -- files
def test_a_photo_is_kept_before_it_is_answered_and_needs_no_fetching(stage: Stage, browser: TestClient) -> None:
    assert upload(browser, "../../foto.jpg", photo()).status_code == 200
    (row,) = stage.inbox()
    (file,) = row.payload["files"]
    assert row.state == "ready" and row.kind == "photo" and file["name"] == "foto.jpg"
    assert Path(stage.files.path(file["sha256"])).stat().st_size == file["size"]


def test_a_zip_named_jpg_is_refused(stage: Stage, browser: TestClient) -> None:
    answer = upload(browser, "foto.jpg", b"PK\x03\x04" + b"0" * 100)
    assert (answer.status_code, answer.json()) == (415, {"error": "file_type"})
    assert stage.inbox() == []


def test_a_photo_of_25_mb_is_refused(stage: Stage, browser: TestClient) -> None:
    answer = upload(browser, "foto.jpg", b"\xff\xd8\xff" + b"0" * 25_000_000)
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})
    assert stage.inbox() == []


def test_a_body_that_hides_its_length_is_cut_off(browser: TestClient) -> None:
    answer = browser.post("/chat/send", content=(b"x" * 100_000 for _ in range(30)))
    assert (answer.status_code, answer.json()) == (413, {"error": "too_large"})


# -- reading
def test_a_reload_shows_the_thread_with_what_waits_for_its_turn(stage: Stage, browser: TestClient) -> None:
    first = say(browser, "bir")["id"]
    stage.answer("Buyurun", Button("Geç", "skip"), wants_location=True)
    stage.clock.advance(timedelta(seconds=1))
    say(browser, "iki")
    lines = browser.get("/chat/messages?after=0").json()["messages"]
    assert [(line["author"], line["text"]) for line in lines] == [
        ("citizen", "bir"), ("bot", "Buyurun"), ("citizen", "iki")
    ]  # fmt: skip
    assert lines[0]["client_id"] == first and lines[2]["id"] is None
    assert lines[1]["buttons"] == [{"label": "Geç", "payload": "skip"}] and lines[1]["wants_location"]


def test_staff_have_no_name_in_the_chat(stage: Stage, browser: TestClient) -> None:
    say(browser, "merhaba")
    stage.answer("Ben bakıyorum", author="staff:ayse")
    answer = browser.get("/chat/messages")
    assert answer.json()["messages"][-1]["author"] == "staff" and "ayse" not in answer.text


@pytest.mark.parametrize("state", [OutboxState.PENDING, OutboxState.WITHDRAWN, OutboxState.FAILED])
def test_what_delivery_has_not_handed_over_is_not_shown(stage: Stage, browser: TestClient, state: OutboxState) -> None:
    say(browser, "merhaba")
    stage.answer("gizli", state=state)
    assert "gizli" not in browser.get("/chat/messages").text


def test_what_was_held_back_overnight_comes_although_later_messages_were_seen(
    stage: Stage, browser: TestClient
) -> None:
    say(browser, "merhaba")
    stage.answer("çözüldü", not_before=stage.clock.now() + timedelta(hours=8))
    stage.answer("buyurun")
    stage.clock.advance(timedelta(hours=9))
    lines = browser.get("/chat/messages?after=999").json()["messages"]
    assert [line["text"] for line in lines] == ["buyurun", "çözüldü"]


def test_delivered_is_what_a_browser_acknowledged(stage: Stage, browser: TestClient) -> None:
    say(browser, "merhaba")
    stage.answer("bir")
    stage.answer("iki")
    lines = browser.get("/chat/messages").json()["messages"]
    assert [line["unseen"] for line in lines] == [False, True, True]
    assert browser.post("/chat/ack", json={"seen": [lines[1]["id"]]}).json() == {"changed": 1}
    assert browser.post("/chat/ack", json={"seen": [lines[1]["id"]]}).json() == {"changed": 0}
    first, second = stage.outbox()
    assert (first.state, first.sent_at) == ("sent", stage.clock.now())
    assert (second.state, second.sent_at) == ("waiting", None)


def test_nobody_acknowledges_or_reads_for_another(stage: Stage, browser: TestClient) -> None:
    say(browser, "gizli")
    stage.answer("yanıt")
    line = browser.get("/chat/messages").json()["messages"][-1]
    with TestClient(stage.app()) as other:
        other.get("/")
        assert other.get("/chat/messages").json()["messages"] == []
        assert other.post("/chat/ack", json={"seen": [line["id"]]}).json() == {"changed": 0}


def test_a_page_on_its_own_stores_nothing(stage: Stage, browser: TestClient) -> None:
    browser.get("/chat/messages")
    with stage.reads() as uow:
        assert uow.conversations.get(1) is None


# -- the stream
def _events(address: str, cookies: httpx.Cookies, headers: dict[str, str], wanted: int) -> list[str]:
    found: list[str] = []
    with httpx.stream("GET", f"{address}/chat/stream", cookies=cookies, headers=headers, timeout=10) as answer:
        assert answer.headers["content-type"].startswith("text/event-stream")
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                found.append(line)
            if len(found) == wanted:
                break
    return found


def _events_until(address: str, cookies: httpx.Cookies, headers: dict[str, str], text: str) -> list[str]:
    """Events up to the first that holds `text`; a message of one's own may come again, the page knows it by its id."""
    found: list[str] = []
    with httpx.stream("GET", f"{address}/chat/stream", cookies=cookies, headers=headers, timeout=10) as answer:
        for line in answer.iter_lines():
            if line.startswith("data: {"):
                found.append(line)
                if text in line:
                    break
    return found


def test_the_stream_brings_new_messages(stage: Stage) -> None:
    with served(stage.app(time.monotonic)) as address, httpx.Client(base_url=address) as client:
        client.get("/")
        client.post("/chat/send", json={"id": new_id(), "text": "merhaba"})
        threading.Timer(0.5, stage.answer, ["buyurun"]).start()
        events = _events(address, client.cookies, {}, 2)
    assert "merhaba" in events[0] and "buyurun" in events[1]


def test_a_browser_that_was_away_gets_what_it_missed(stage: Stage) -> None:
    with served(stage.app(time.monotonic)) as address, httpx.Client(base_url=address) as client:
        client.get("/")
        client.post("/chat/send", json={"id": new_id(), "text": "merhaba"})
        stage.answer("bir")
        stage.answer("iki")
        lines = client.get("/chat/messages").json()["messages"]
        client.post("/chat/ack", json={"seen": [line["id"] for line in lines]})
        stage.clock.advance(timedelta(hours=2))
        stage.answer("üç")
        newest = max(line["id"] for line in lines if line["id"] is not None)
        events = _events_until(address, client.cookies, {"last-event-id": str(newest)}, "üç")
    assert "üç" in events[-1]
    assert not any('"bir"' in event or '"iki"' in event for event in events)


def test_one_poller_asks_for_all_listeners(stage: Stage) -> None:
    looks: list[float] = []
    reads = stage.reads

    def counted() -> SqlUnitOfWork:
        looks.append(time.monotonic())
        return reads()

    stage.reads = counted  # type: ignore[assignment]  # a function in a partial's place
    with served(stage.app(time.monotonic)) as address, httpx.Client(base_url=address) as client:
        client.get("/")
        with (
            client.stream("GET", "/chat/stream") as first,
            client.stream("GET", "/chat/stream") as second,
        ):
            assert (first.status_code, second.status_code) == (200, 200)
            time.sleep(0.2)
            looks.clear()  # each stream reads its thread once
            time.sleep(1.0)
            seen = len(looks)
        time.sleep(0.8)
        after = len(looks)
        time.sleep(0.8)
    assert 2 <= seen <= 5 and len(looks) <= after + 1


def test_without_a_session_there_is_no_stream(stage: Stage) -> None:
    with TestClient(stage.app()) as client:
        assert client.get("/chat/stream").status_code == 401


def test_streams_end_when_the_server_stops(stage: Stage) -> None:
    app = stage.app(time.monotonic)
    with served(app) as address, httpx.Client(base_url=address) as client:
        client.get("/")
        with client.stream("GET", "/chat/stream", timeout=5) as answer:
            threading.Timer(0.3, app.state.chat_hub.close).start()
            assert "retry" in answer.read().decode()
        assert client.get("/chat/stream").status_code == 503


def test_the_end_of_the_chat_forgets_the_browser_and_keeps_the_conversation(stage: Stage, browser: TestClient) -> None:
    say(browser, "merhaba")
    assert browser.post("/chat/end", json={}).status_code == 200
    assert "hizmet_sohbet" not in browser.cookies
    assert browser.get("/chat/messages").json() == {"session": None, "messages": []}
    assert stage.conversation().channel == "web"


# -- the database is away, the disk is full
def test_a_database_that_is_away_is_told_so_that_the_browser_tries_again(stage: Stage, engine_away: Engine) -> None:
    broken = Stage(engine_away, stage.settings.home)
    with TestClient(broken.app()) as client:
        client.get("/")
        answer = client.post("/chat/send", json={"id": new_id(), "text": "merhaba"})
    assert (answer.status_code, answer.json()) == (503, {"error": "try_again"})
    assert answer.headers["retry-after"] == "5"


@pytest.fixture
def engine_away(tmp_path: Path) -> Engine:
    return make_engine(f"sqlite:///{tmp_path}")  # a folder is no database


def test_a_full_disk_is_told_so_that_the_browser_tries_again(stage: Stage) -> None:
    (stage.settings.home / "files").write_text("a file where a folder must be")
    with TestClient(stage.app()) as client:
        client.get("/")
        assert upload(client, "foto.jpg", photo()).status_code == 503
    assert stage.inbox() == []


@pytest.mark.anyio
async def test_the_channel_leaves_messages_waiting() -> None:
    assert (await WebChatChannel().send({}, Reply("merhaba"))).waiting


def test_a_wrong_widget_origin_is_told_at_the_start(stage: Stage, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="HIZMET_WIDGET_ORIGINS"):
        Stage(stage.engine, tmp_path, origins=("https://a.example; script-src *",)).app()
