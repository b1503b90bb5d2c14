"""The doctor: each check says ok, warns or fails, and how to mend."""

from __future__ import annotations

import io
import json
import socket
import socketserver
import tarfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from rich.console import Console

from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.db.engine import make_engine
from bot.db.migrate import upgrade
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.messages import EventKind, IncomingEvent
from bot.errors import ConfigError
from bot.municipality import load_municipality
from bot.operations.connections import check_clock, check_database, check_mail, check_telegram
from bot.operations.content import check_holidays, check_model, check_municipality
from bot.operations.doctor import examine, healthy, show
from bot.operations.findings import Finding, Level, fail, ok, warn
from bot.operations.machine import GIB, check_disk, check_file_store, check_port, check_python, check_time_zones
from bot.service.receiving import Receiver

TOKEN = "123456789:AAH-abcdefghijklmnopqrstuvwxyz01234"
DOMAIN = "intents: [report, greet: {use_entities: true}]\nactions: [action_report]\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"HIZMET_HOME": str(tmp_path), "HIZMET_PORT": "0"}, root=tmp_path)


@contextmanager
def answering(status: int, body: str) -> Iterator[str]:
    """A server on loopback that answers every GET alike; its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, *args: object) -> None:
            """Silence."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@contextmanager
def mail_server(login: str) -> Iterator[int]:
    """A mail server that answers AUTH with `login`; its port."""

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            self.wfile.write(b"220 hello\r\n")
            for line in self.rfile:
                word = line.split()[0].upper()
                answers = {b"EHLO": b"250-x\r\n250 AUTH PLAIN", b"AUTH": login.encode(), b"QUIT": b"221 bye"}
                self.wfile.write(answers.get(word, b"250 ok") + b"\r\n")

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


def model_in(folder: Path, domain: dict[str, list[object]] | None) -> Callable[[], Path]:
    """A finder for a model that was trained for `domain`; None: a broken archive."""
    path = folder / "model.tar.gz"
    if domain is None:
        path.write_bytes(b"not a model")
        return lambda: path
    metadata = folder / "metadata.json"
    metadata.write_text(json.dumps({"domain": domain}))
    with tarfile.open(path, "w:gz") as archive:
        archive.add(metadata, "metadata.json")
    return lambda: path


def no_model() -> Path:
    raise ConfigError("there is no model here; train one with: hizmet train")


def bad(finding: Finding, *words: str) -> bool:
    """Fails, and says how to mend it."""
    return finding.level is Level.FAIL and bool(finding.mend) and all(word in finding.found for word in words)


def test_python_other_than_3_11_fails() -> None:
    assert check_python((3, 11, 9)).level is Level.OK
    assert bad(check_python((3, 12, 0)), "3.12.0")


def test_a_disk_that_fills_warns_then_fails(tmp_path: Path) -> None:
    assert check_disk(tmp_path, 100 * GIB).level is Level.OK
    assert check_disk(tmp_path, 2 * GIB).level is Level.WARN
    assert bad(check_disk(tmp_path, GIB // 4), "0.2 GiB")
    assert check_disk(tmp_path / "not" / "yet" / "there").check == "disk"


def test_a_file_store_that_cannot_be_written_fails(tmp_path: Path) -> None:
    assert check_file_store(tmp_path / "files").level is Level.OK
    assert list((tmp_path / "files").iterdir()) == []
    (tmp_path / "taken").write_text("a file")
    assert bad(check_file_store(tmp_path / "taken"))


def test_time_zone_data_is_there() -> None:
    assert check_time_zones().level is Level.OK


def test_a_port_is_free_ours_or_somebody_elses() -> None:
    with answering(200, "ok") as address:
        assert "running" in check_port("127.0.0.1", int(address.rpartition(":")[2])).found
    with answering(404, "who?") as address:
        assert bad(check_port("127.0.0.1", int(address.rpartition(":")[2])), "in use")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    assert check_port("127.0.0.1", port).level is Level.OK


def test_a_mistake_in_the_municipality_file_is_told_with_its_line(tmp_path: Path, settings: Settings) -> None:
    assert check_municipality(settings.municipality)[0].level is Level.OK
    wrong = tmp_path / "wrong.yml"
    wrong.write_text("code: x\nname: [\n")
    assert bad(check_municipality(wrong)[0], "wrong.yml:")


def test_the_end_of_the_holidays_is_warned_of_60_days_before(settings: Settings) -> None:
    municipality = replace(load_municipality(settings.municipality), holidays={date(2027, 10, 29): None})
    assert check_holidays(municipality, date(2027, 8, 30)).level is Level.OK
    assert check_holidays(municipality, date(2027, 8, 31)).level is Level.WARN
    assert check_holidays(municipality, date(2027, 10, 30)).level is Level.FAIL
    assert check_holidays(replace(municipality, holidays={}), date(2027, 1, 1)).level is Level.WARN


@pytest.mark.parametrize(
    ("trained", "level"),
    [
        ({"intents": ["report", "greet"], "actions": ["action_report"]}, Level.OK),
        ({"intents": ["report"], "actions": ["action_report"]}, Level.FAIL),
        ({"intents": ["report", "greet"], "actions": ["action_report", "action_old"]}, Level.FAIL),
        (None, Level.FAIL),
    ],
)
def test_a_model_must_be_of_todays_domain(
    tmp_path: Path, trained: dict[str, list[object]] | None, level: Level
) -> None:
    domain = tmp_path / "domain.yml"
    domain.write_text(DOMAIN)
    assert check_model(model_in(tmp_path, trained), domain).level is level


def test_no_model_fails_and_says_how_to_train(tmp_path: Path) -> None:
    assert "hizmet train" in check_model(no_model, tmp_path / "domain.yml").mend


def test_a_database_is_reached_and_migrated(empty_url: str) -> None:
    assert bad(check_database(empty_url), "no tables")
    upgrade(empty_url)
    assert check_database(empty_url).level is Level.OK


def test_a_database_that_is_away_or_unknown_fails_without_showing_its_password() -> None:
    finding = check_database("postgresql://hizmet:s3cret@127.0.0.1:1/none")
    assert bad(finding, "away") and "s3cret" not in finding.found
    assert bad(check_database("mysql://x/y"), "not supported")
    assert bad(check_database("nonsense"))


def test_a_clock_that_differs_from_the_databases_or_went_back_is_told(empty_url: str) -> None:
    upgrade(empty_url)
    now = datetime.now(UTC)
    assert check_clock(empty_url, now).level is Level.OK
    if empty_url.startswith("postgresql"):
        assert check_clock(empty_url, now + timedelta(seconds=10)).level is Level.WARN
        assert bad(check_clock(empty_url, now + timedelta(minutes=5)), "differs")
    engine = make_engine(empty_url)
    receiver = Receiver(lambda: SqlUnitOfWork(engine), ManualClock(now + timedelta(hours=1)), 2.0)
    receiver.receive(IncomingEvent("web", "1", "a", "a", EventKind.TEXT, now, text="x", address={}))
    engine.dispose()
    assert bad(check_clock(empty_url, now), "behind the newest message")


@pytest.mark.parametrize(
    ("status", "body", "level"),
    [
        (200, '{"ok": true, "result": {"username": "selcuklu_bot"}}', Level.OK),
        (401, '{"ok": false}', Level.FAIL),
        (404, '{"ok": false}', Level.FAIL),
        (502, '{"ok": false}', Level.WARN),
        (200, "<html>", Level.FAIL),
    ],
)
def test_telegram_is_asked_who_we_are(settings: Settings, status: int, body: str, level: Level) -> None:
    with answering(status, body) as address:
        finding = check_telegram(replace(settings, telegram_token=TOKEN, telegram_api=address))
    assert finding.level is level and TOKEN not in finding.found + finding.mend


def test_telegram_that_is_away_fails_and_none_is_fine(settings: Settings) -> None:
    finding = check_telegram(replace(settings, telegram_token=TOKEN, telegram_api="http://127.0.0.1:1"))
    assert bad(finding, "reached") and TOKEN not in finding.found
    assert check_telegram(settings).level is Level.OK


def test_alerts_need_a_way_out(settings: Settings) -> None:
    assert check_mail(settings).level is Level.WARN
    assert check_mail(replace(settings, staff_chat="-1")).level is Level.OK
    assert bad(check_mail(replace(settings, smtp_url="smtp://mail")), "HIZMET_ALERT_TO")
    away = replace(settings, smtp_url="smtp://u:s3cret@127.0.0.1:1", alert_to=("a@b",))
    assert bad(check_mail(away), "127.0.0.1:1") and "s3cret" not in check_mail(away).found


@pytest.mark.parametrize(("login", "level"), [("235 welcome", Level.OK), ("535 no", Level.FAIL)])
def test_the_mail_server_is_logged_in_to(settings: Settings, login: str, level: Level) -> None:
    with mail_server(login) as port:
        mail = replace(settings, smtp_url=f"smtp://u:p@127.0.0.1:{port}", alert_to=("a@b",))
        assert check_mail(mail).level is level


def test_the_whole_examination_names_every_check(settings: Settings, tmp_path: Path) -> None:
    upgrade(settings.database)
    domain = tmp_path / "domain.yml"
    domain.write_text(DOMAIN)
    find = model_in(tmp_path, {"intents": ["report", "greet"], "actions": ["action_report"]})
    clock = ManualClock(datetime(2026, 11, 23, tzinfo=UTC))
    findings = list(examine(settings, find, clock, domain))
    assert [finding.check for finding in findings] == [
        "python", "time zone", "municipality", "holidays", "model", "disk", "files", "database", "clock", "port",
        "telegram", "x", "alerts",
    ]  # fmt: skip
    assert healthy(findings)


def test_the_table_shows_what_to_mend_and_failures_are_not_healthy() -> None:
    out = io.StringIO()
    findings = [ok("disk", "fine"), warn("alerts", "[nobody]", "set it"), fail("model", "none", "hizmet train")]
    show(findings, Console(file=out, width=100))
    assert "[nobody]" in out.getvalue() and "hizmet train" in out.getvalue()
    assert not healthy(findings) and healthy(findings[:2])
