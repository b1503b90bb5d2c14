"""A backup brings everything back: rows, files, secret; on both databases, and from one to the other."""

from __future__ import annotations

import hashlib
import json
import shutil
import tarfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select, text

from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.db.copying import dump
from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.db.migrate import current, head, upgrade
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.conversation import ReviewItem
from bot.domain.messages import EventKind, IncomingEvent
from bot.domain.requests import Filing, Kind, Place, Status
from bot.errors import ConfigError
from bot.municipality import load_municipality
from bot.operations.backup import backup, restore
from bot.rehearsal.postgres import PostgresServer
from bot.service.receiving import Receiver
from bot.service.requests import RequestDesk

NOW = datetime(2026, 11, 23, 9, 0, 0, 123456, tzinfo=UTC)
PHOTO = b"\xff\xd8 a photo"


def settings_of(home: Path, url: str) -> Settings:
    return load_settings({"HIZMET_HOME": str(home), "HIZMET_DATABASE": url}, root=home)


@pytest.fixture
def filled(tmp_path: Path, empty_url: str) -> Settings:
    """A system with two requests (the first refers to the second), history, notes, a follower, a file."""
    settings = settings_of(tmp_path / "old", empty_url)
    upgrade(settings.database)
    engine = make_engine(settings.database)
    municipality = load_municipality(settings.municipality)
    event = IncomingEvent(
        "web", "e1", "ada", "ada", EventKind.TEXT, NOW, text="Çöp alınmadı — ığüşöç\n😀", address={"a": [1]}
    )
    Receiver(lambda: SqlUnitOfWork(engine), ManualClock(NOW), 2.0).receive(event)
    with SqlUnitOfWork(engine) as uow:
        desk = RequestDesk(uow, municipality, NOW, b"key")
        filing = Filing("k1", "other", Kind.COMPLAINT, "Çöp", Place("Yazır Mahallesi", latitude=37.9, longitude=32.5))
        first = desk.file(filing, 1, 1, "web")
        second = desk.file(replace(filing, key="k2"), 1, 1, "web")
        desk.change(first, Status.DUPLICATE, "staff:ayse", note="Aynısı", notify=False)
        first.duplicate_of = second.id
        uow.reviews.add(ReviewItem("urgent", NOW, conversation_id=1, urgent=True))
        uow.audit.record(NOW, "staff:ayse", "viewed", "request:1")
        uow.leases.set_value("telegram:cursor", "17")
        uow.commit()
    engine.dispose()
    keep_file(settings.files, PHOTO)
    (settings.files / "incoming-half").write_bytes(b"x")
    return settings


def keep_file(files: Path, content: bytes) -> Path:
    name = hashlib.sha256(content).hexdigest()
    path = files / name[:2] / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def rows_of(url: str, folder: Path) -> dict[str, str]:
    engine = make_engine(url, pooled=False)
    dump(engine, folder)
    engine.dispose()
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


def other_database(url: str, tmp_path: Path, server: PostgresServer, same: bool) -> str:
    if url.startswith("sqlite") is same:
        return f"sqlite:///{tmp_path / 'restored.db'}"
    return server.empty_database()


@pytest.mark.parametrize("same", [True, False], ids=["same kind", "other kind"])
def test_what_is_restored_is_what_was_backed_up(
    filled: Settings, tmp_path: Path, postgres: PostgresServer, same: bool
) -> None:
    archive = tmp_path / "backup.tar.gz"
    made = backup(filled, archive, ManualClock(NOW))
    assert made.tables["requests"] == 2 and made.files == 1 and sum(made.tables.values()) >= 10
    new = settings_of(tmp_path / "new", other_database(filled.database, tmp_path, postgres, same))
    (new.home / "secret").unlink()
    restore(new, archive)
    assert rows_of(new.database, tmp_path / "a") == rows_of(filled.database, tmp_path / "b")
    assert current(new.database) == head()
    assert keep_file(new.files, PHOTO).read_bytes() == PHOTO
    assert [path.name for path in new.files.rglob("*") if path.is_file()] == [hashlib.sha256(PHOTO).hexdigest()]
    assert (new.home / "secret").read_text() == filled.secret


def test_new_rows_come_after_restored_ones_and_history_is_protected(filled: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    backup(filled, archive)
    restore(filled, archive, force=True)
    engine = make_engine(filled.database)
    with SqlUnitOfWork(engine) as uow:
        uow.reviews.add(item := ReviewItem("urgent", NOW))
        uow.commit()
    assert item.id == 2
    with pytest.raises(Exception, match="append-only"), engine.begin() as connection:
        connection.execute(text("DELETE FROM request_history"))
    engine.dispose()


def test_a_database_with_rows_is_refused_unless_forced_and_stays_as_it_was(filled: Settings, tmp_path: Path) -> None:
    archive = tmp_path / "backup.tar.gz"
    backup(filled, archive)
    with pytest.raises(ConfigError, match="holds rows"):
        restore(filled, archive)
    before = rows_of(filled.database, tmp_path / "a")
    restore(filled, archive, force=True)
    assert rows_of(filled.database, tmp_path / "b") == before


@pytest.fixture
def archive(tmp_path: Path, sqlite_settings: Settings) -> Path:
    path = tmp_path / "backup.tar.gz"
    backup(sqlite_settings, path)
    return path


@pytest.fixture
def sqlite_settings(tmp_path: Path) -> Settings:
    """A migrated, empty SQLite system with one file."""
    settings = settings_of(tmp_path / "small", f"sqlite:///{tmp_path / 'small.db'}")
    upgrade(settings.database)
    keep_file(settings.files, PHOTO)
    return settings


def test_a_backup_is_readable_by_its_owner_only_and_never_written_over(
    archive: Path, sqlite_settings: Settings
) -> None:
    assert archive.stat().st_mode & 0o077 == 0
    with pytest.raises(ConfigError, match="never written over"):
        backup(sqlite_settings, archive)
    assert not list(archive.parent.glob(".backup-*"))


def test_an_empty_database_has_nothing_to_back_up(tmp_path: Path) -> None:
    settings = settings_of(tmp_path / "none", f"sqlite:///{tmp_path / 'none.db'}")
    with pytest.raises(ConfigError, match="no tables"):
        backup(settings, tmp_path / "x.tar.gz")
    assert not (tmp_path / "x.tar.gz").exists()


@pytest.mark.parametrize("damage", ["table", "file", "missing file", "newer", "cut", "no archive", "manifest"])
def test_a_damaged_archive_is_refused_before_anything_is_changed(
    archive: Path, sqlite_settings: Settings, tmp_path: Path, damage: str
) -> None:
    engine = make_engine(sqlite_settings.database)
    with SqlUnitOfWork(engine) as uow:
        uow.leases.set_value("kept", "1")
        uow.commit()
    spoil(archive, tmp_path / "unpacked", damage)
    with pytest.raises(ConfigError, match=r"damaged|no backup|newer version"):
        restore(sqlite_settings, archive, force=True)
    assert rows_in_leases(engine) == 1
    engine.dispose()


def test_a_member_that_points_outside_is_refused(tmp_path: Path, sqlite_settings: Settings) -> None:
    evil = tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        archive.add(sqlite_settings.home / "secret", "../../outside")
    with pytest.raises(ConfigError, match="no backup"):
        restore(sqlite_settings, evil, force=True)
    assert not list(tmp_path.rglob("outside"))


def rows_in_leases(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalars(select(func.count()).select_from(metadata.tables["leases"])).one()


def spoil(archive: Path, folder: Path, damage: str) -> None:
    if damage == "cut":
        archive.write_bytes(archive.read_bytes()[:-200])
        return
    if damage == "no archive":
        archive.write_text("hello")
        return
    with tarfile.open(archive) as opened:
        opened.extractall(folder, filter="data")
    if damage == "table":
        (folder / "tables" / "citizens.jsonl").write_text("[]\n")
    elif damage == "file":
        next((folder / "files").glob("*/*")).write_bytes(b"other")
    elif damage == "missing file":
        shutil.rmtree(folder / "files")
    else:
        manifest = folder / "manifest.json"
        changed = json.loads(manifest.read_text()) | {"revision": "9999"}
        manifest.write_text(json.dumps(changed if damage == "newer" else {"format": 1}))
    with tarfile.open(archive, "w:gz") as packed:
        for path in folder.iterdir():
            packed.add(path, path.name)
