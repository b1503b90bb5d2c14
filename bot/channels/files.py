"""Files on disk under the hash of their content (the FileStore of bot/ports.py)."""

from __future__ import annotations

import hashlib
import mmap
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from io import BufferedRandom
from pathlib import Path

from bot.channels.filetypes import HEAD, JPEG, UNKNOWN, FileType, file_type
from bot.channels.jpeg import Stripped, stripped
from bot.domain.messages import FileRef
from bot.errors import Rejected, TransientError

TOO_LARGE, GONE = "too_large", "gone"
_CHUNK = 256 * 1024
_PREFIX = "incoming-"


class _OverLimit(Rejected):
    """Apart from a Rejected that comes out of the chunks."""


@dataclass(frozen=True)
class StoredFile:
    """What became of the bytes; position in degrees where a JPEG's EXIF had one."""

    sha256: str
    size: int
    type: FileType
    latitude: float | None = None
    longitude: float | None = None


class DiskFiles:
    """Streams to a temporary file, looks at the content, strips a JPEG's metadata, renames; safe from any thread."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def path(self, sha256: str) -> str:
        """Where the bytes lie. Raises ValueError for what is no SHA-256."""
        if len(sha256) != 64 or not set(sha256) <= set("0123456789abcdef"):
            raise ValueError("not a SHA-256")
        return str(self.root / sha256[:2] / sha256)

    def put(self, chunks: Iterable[bytes], limit: int) -> tuple[str, int]:
        """(sha256, size) of what was stored. Raises Rejected over `limit` bytes, TransientError on a full disk."""
        stored = self.store(chunks, limit)
        return stored.sha256, stored.size

    def remove(self, sha256: str) -> None:
        """Take the file away; nothing happens where it is gone already."""
        Path(self.path(sha256)).unlink(missing_ok=True)

    def keep(self, file: FileRef, chunks: Iterable[bytes], limit: int) -> FileRef:
        """The file as it was stored: kind and type by content, position by EXIF; or TOO_LARGE as its `problem`."""
        try:
            stored = self.store(chunks, limit)
        except _OverLimit:
            return replace(file, problem=TOO_LARGE)
        return replace(
            file,
            kind=_kind(file.kind, stored.type),
            mime=stored.type.mime,
            size=stored.size,
            sha256=stored.sha256,
            latitude=stored.latitude,
            longitude=stored.longitude,
            problem=None,
        )

    def store(self, chunks: Iterable[bytes], limit: int) -> StoredFile:
        """As `put`, and what the file is. Errors of `chunks` pass through; nothing is left behind then."""
        try:
            self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
            with self._incoming() as (file, name):
                _spool(chunks, file, limit)
                return self._settle(file, name)
        except OSError as error:
            raise TransientError(f"the file cannot be stored: {error.strerror}") from error

    def _settle(self, file: BufferedRandom, name: str) -> StoredFile:
        file.seek(0)
        found = file_type(file.read(HEAD))
        if found != JPEG:
            return StoredFile(*self._place(file, name), found)
        try:
            parts = _without_metadata(file)
        except ValueError:  # only its first bytes are a JPEG's
            return StoredFile(*self._place(file, name), UNKNOWN)
        with self._incoming() as (clean, clean_name):
            _spool(_pieces(file, parts), clean, None)
            placed = self._place(clean, clean_name)
        return StoredFile(*placed, JPEG, parts.exif.latitude, parts.exif.longitude)

    @contextmanager
    def _incoming(self) -> Iterator[tuple[BufferedRandom, str]]:
        """A temporary file, gone at the end unless it was renamed."""
        handle, name = tempfile.mkstemp(dir=self.root, prefix=_PREFIX)
        try:
            with os.fdopen(handle, "w+b") as file:
                yield file, name
        finally:
            Path(name).unlink(missing_ok=True)

    def _place(self, file: BufferedRandom, name: str) -> tuple[str, int]:
        """Make it durable and move it under its hash."""
        file.seek(0)
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        os.fsync(file.fileno())
        target = Path(self.path(sha256))
        target.parent.mkdir(exist_ok=True, mode=0o700)
        os.replace(name, target)
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return sha256, file.tell()


def _kind(claimed: str, found: FileType) -> str:
    """By content; but MP4 and WebM hold sound or film, and only the sender knows which."""
    return claimed if claimed == "voice" and found.kind == "video" else found.kind


def _spool(chunks: Iterable[bytes], into: BufferedRandom, limit: int | None) -> None:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if limit is not None and size > limit:
            raise _OverLimit(f"over {limit} bytes")
        into.write(chunk)
    into.flush()


def _without_metadata(file: BufferedRandom) -> Stripped:
    with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        return stripped(data)


def _pieces(file: BufferedRandom, parts: Stripped) -> Iterator[bytes]:
    yield parts.head
    for start, end in parts.ranges:
        file.seek(start)
        while start < end:
            piece = file.read(min(_CHUNK, end - start))
            start += len(piece)
            yield piece
