"""`hizmet privacy` and `hizmet incidents`: what staff do in a terminal."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from bot.bootstrap.wiring import Database
from bot.clock import SystemClock
from bot.db.engine import make_engine
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.requests import Filing, Kind, Status
from bot.service.requests import RequestDesk
from tests.cli.test_command import hizmet, last_line
from tests.support import YAZIR, selcuklu


def filed(home: Path) -> tuple[Database, str]:
    """A migrated database with one citizen and one open request."""
    assert hizmet(home, "db", "upgrade").returncode == 0
    database, now = Database(make_engine(f"sqlite:///{home / 'hizmet.db'}")), SystemClock().now()
    with database.writes() as uow:
        event = IncomingEvent("fake", "1", "ayşe", "ayşe", EventKind.TEXT, now, display_name="Ayşe Gül")
        conversation = uow.conversations.of_event(event, now)
        assert conversation.id is not None
        desk = RequestDesk(uow, selcuklu(), now, b"key")
        filing = Filing("1", "waste_container", Kind.COMPLAINT, "konteyner doldu", YAZIR)
        request = desk.file(filing, conversation.citizen_id, conversation.id, "fake")
        uow.commit()
    return database, request.tracking_no


def test_a_citizen_is_copied_into_a_zip_and_erased_when_nothing_is_open(tmp_path: Path) -> None:
    database, number = filed(tmp_path)
    target = tmp_path / "copy.zip"
    assert hizmet(tmp_path, "privacy", "export", number, str(target)).returncode == 0
    with zipfile.ZipFile(target) as archive:
        records = json.loads(archive.read("veriler.json"))
    assert records["citizen"][0]["display_name"] == "Ayşe Gül"
    assert records["requests"][0]["description"] == "konteyner doldu"
    assert target.stat().st_mode & 0o077 == 0
    assert "cannot be written" in last_line(hizmet(tmp_path, "privacy", "export", number, str(target)))

    assert number in last_line(hizmet(tmp_path, "privacy", "erase", number))
    with database.writes() as uow:
        request = uow.requests.by_number(number)
        assert request is not None
        RequestDesk(uow, selcuklu(), SystemClock().now(), b"key").change(request, Status.REJECTED, "staff:can")
        uow.commit()
    assert hizmet(tmp_path, "privacy", "erase", number).returncode == 0
    assert "erased_already" in last_line(hizmet(tmp_path, "privacy", "erase", number))
    assert hizmet(tmp_path, "privacy", "list").returncode == 0
    assert hizmet(tmp_path, "privacy", "retention").returncode == 0


def test_an_incident_is_announced_listed_and_ended(tmp_path: Path) -> None:
    assert hizmet(tmp_path, "db", "upgrade").returncode == 0
    until = "2099-01-01 18:00"
    announced = hizmet(tmp_path, "incidents", "announce", "water_outage", "Su yok.", "--until", until)
    assert announced.stdout.startswith("#1 until 01.01.2099 18:00")
    assert "Su yok." in hizmet(tmp_path, "incidents", "list").stdout
    assert hizmet(tmp_path, "incidents", "end", "1").returncode == 0
    assert "Su yok." not in hizmet(tmp_path, "incidents", "list").stdout
    assert "moment_expected" in last_line(
        hizmet(tmp_path, "incidents", "announce", "water_outage", "Su yok.", "--until", "soon")
    )
