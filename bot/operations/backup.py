"""Backup and restore: every row and every file in one archive, the same format for both databases.

A backup is a .tar.gz: `manifest.json` (what is in it, with checksums), `tables/<name>.jsonl` (a row a line), `files/…`
(attachments, named by their hash) and `secret` where it was made by us. It is a copy at one moment: one read
transaction. It may be restored into the other kind of database: that is the way from SQLite to PostgreSQL.

It holds personal data and the secret that signs cookies, so only its owner may read it.
"""

from __future__ import annotations

import hashlib
import json
import os
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import DBAPIError

from bot.clock import SystemClock
from bot.config import Settings
from bot.db.copying import dump, is_empty, load, wipe
from bot.db.engine import as_ours, make_engine
from bot.db.migrate import knows, revision, upgrade
from bot.errors import ConfigError
from bot.ports import Clock

FORMAT = 1
_CHUNK = 1024 * 1024


@dataclass(frozen=True)
class Manifest:
    """What an archive holds. `tables` maps names to rows and `checksums` the members but files to their SHA-256."""

    format: int
    made_at: str
    revision: str
    database: str
    tables: dict[str, int]
    files: int
    checksums: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{sum(self.tables.values())} rows and {self.files} files of {self.made_at}"


def backup(settings: Settings, target: Path, clock: Clock | None = None) -> Manifest:
    """Write the archive; it appears under its name only when it is complete. Raises ConfigError or DatabaseAway."""
    if target.exists():
        raise ConfigError("is there already; a backup is never written over", str(target))
    now = (clock or SystemClock()).now()
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".backup-") as folder:
        scratch = Path(folder)
        manifest = _write_tables(settings, scratch, now)
        draft = scratch / "archive"
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as raw:
            with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=6) as archive:
                manifest = _pack(archive, settings, scratch, manifest)
            raw.flush()
            os.fsync(raw.fileno())
        os.replace(draft, target)
    return manifest


def restore(settings: Settings, source: Path, force: bool = False) -> Manifest:
    """Bring the archive back and the schema up to date. The archive is checked before anything is changed.

    Raises ConfigError where the archive is broken or newer than this version, or where the database holds rows and
    `force` isn't given; with `force` what is there is removed first.
    """
    settings.home.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as folder:
        scratch = Path(folder)
        manifest = _unpack(source, scratch)
        engine = make_engine(settings.database, pooled=False)
        try:
            if not is_empty(engine) and not force:
                raise ConfigError("the database holds rows already; --force removes them first")
            wipe(engine)
            upgrade(settings.database, manifest.revision)
            load(engine, scratch / "tables", manifest.tables)
            upgrade(settings.database)
        except DBAPIError as error:
            raise as_ours(error) from error
        finally:
            engine.dispose()
        _place_files(scratch / "files", settings.files)
        _place_secret(scratch / "secret", settings.home / "secret", force)
    return manifest


def _write_tables(settings: Settings, scratch: Path, now: datetime) -> Manifest:
    engine = make_engine(settings.database, pooled=False)
    try:
        there = revision(engine)
        if there is None:
            raise ConfigError("the database has no tables yet: there is nothing to back up")
        tables = dump(engine, scratch / "tables")
    except DBAPIError as error:
        raise as_ours(error) from error
    finally:
        engine.dispose()
    return Manifest(FORMAT, now.isoformat(), there, engine.dialect.name, tables, 0)


def _pack(archive: tarfile.TarFile, settings: Settings, scratch: Path, manifest: Manifest) -> Manifest:
    """Tables, secret and files; the manifest comes last, when all is known."""
    checksums = {}
    members = sorted((scratch / "tables").iterdir())
    for path in members:
        checksums[f"tables/{path.name}"] = _sha256(path)
        archive.add(path, f"tables/{path.name}")
    secret = settings.home / "secret"
    if secret.is_file():
        checksums["secret"] = _sha256(secret)
        archive.add(secret, "secret")
    number = 0
    for path in _stored_files(settings.files):
        archive.add(path, f"files/{path.name[:2]}/{path.name}")
        number += 1
    complete = Manifest(**asdict(manifest) | {"files": number, "checksums": checksums})
    described = scratch / "manifest.json"
    described.write_text(json.dumps(asdict(complete), indent=1), encoding="utf-8")
    archive.add(described, "manifest.json")
    return complete


def _unpack(source: Path, scratch: Path) -> Manifest:
    """Extract and check every member. Raises ConfigError."""
    with _told(source):
        with tarfile.open(source, "r:gz") as archive:
            archive.extractall(scratch, filter="data")
        manifest = Manifest(**json.loads((scratch / "manifest.json").read_text(encoding="utf-8")))
        if manifest.format > FORMAT or not knows(manifest.revision):
            raise ConfigError("was made by a newer version of hizmet: install that one", str(source))
        for name, expected in manifest.checksums.items():
            if _sha256(scratch / name) != expected:
                raise ConfigError(f"is damaged: {name} is not what was backed up", str(source))
        files = list(_stored_files(scratch / "files"))
        if len(files) != manifest.files or any(_sha256(path) != path.name for path in files):
            raise ConfigError("is damaged: a file is missing or not what was backed up", str(source))
    return manifest


@contextmanager
def _told(source: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, tarfile.TarError, EOFError, ValueError, TypeError) as error:
        raise ConfigError(f"is no backup that can be read ({type(error).__name__})", str(source)) from error


def _stored_files(files: Path) -> Iterator[Path]:
    """What lies under its hash; unfinished downloads are left out."""
    for path in sorted(files.glob("??/*")):
        if path.is_file() and len(path.name) == 64:
            yield path


def _place_files(found: Path, files: Path) -> None:
    for path in _stored_files(found):
        place = files / path.name[:2] / path.name
        place.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not place.exists():
            os.replace(path, place) if _same_disk(path, place.parent) else _copy(path, place)


def _place_secret(found: Path, secret: Path, force: bool) -> None:
    """The secret of the backup, so that its cookies and hashes stay valid; an own one is kept unless forced."""
    if found.is_file() and (force or not secret.exists()):
        _copy(found, secret)


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all."""
    with tempfile.NamedTemporaryFile(dir=target.parent, delete=False) as file:
        with source.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    os.replace(file.name, target)


def _same_disk(one: Path, other: Path) -> bool:
    return one.stat().st_dev == other.stat().st_dev


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
