"""The file store: streamed, limited, named by content, without what a picture tells of its maker."""

from __future__ import annotations

import errno
import hashlib
import io
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bot.channels.files import DiskFiles
from bot.channels.filetypes import file_type
from bot.channels.jpeg import read_exif, stripped
from bot.domain.messages import FileRef
from bot.errors import Rejected, TransientError
from tests.channels.pictures import jpeg

LIMIT = 20 * 1024 * 1024


@pytest.fixture
def files(tmp_path: Path) -> DiskFiles:
    return DiskFiles(tmp_path / "files")


def left_behind(files: DiskFiles) -> list[str]:
    return [path.name for path in files.root.rglob("*") if path.is_file()]


def stored(files: DiskFiles, content: bytes) -> bytes:
    return Path(files.path(files.put([content], LIMIT)[0])).read_bytes()


def test_a_file_lies_under_the_hash_of_its_content(files: DiskFiles) -> None:
    sha256, size = files.put([b"mer", b"haba"], LIMIT)
    assert (sha256, size) == (hashlib.sha256(b"merhaba").hexdigest(), 7)
    assert Path(files.path(sha256)).read_bytes() == b"merhaba"


def test_the_same_content_is_stored_once(files: DiskFiles) -> None:
    assert files.put([b"x"], LIMIT) == files.put([b"x"], LIMIT)
    assert len(left_behind(files)) == 1


def test_over_the_limit_nothing_more_is_read_and_nothing_is_left(files: DiskFiles) -> None:
    read = []

    def chunks() -> Iterator[bytes]:
        for number in range(100):
            read.append(number)
            yield b"x" * 10

    with pytest.raises(Rejected):
        files.put(chunks(), 25)
    assert read == [0, 1, 2]
    assert left_behind(files) == []


def test_exactly_the_limit_is_allowed(files: DiskFiles) -> None:
    assert files.put([b"x" * 25], 25)[1] == 25


def test_a_stream_that_breaks_leaves_nothing(files: DiskFiles) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x"
        raise TransientError("the connection broke")

    with pytest.raises(TransientError, match="broke"):
        files.put(chunks(), LIMIT)
    assert left_behind(files) == []


def test_a_full_disk_is_told_as_something_that_passes(files: DiskFiles) -> None:
    def chunks() -> Iterator[bytes]:
        yield b"x"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(TransientError, match="No space left"):
        files.put(chunks(), LIMIT)
    assert left_behind(files) == []


def test_a_large_file_is_never_held_in_memory(files: DiskFiles) -> None:
    tracemalloc.start()
    files.put((b"x" * 65536 for _ in range(256)), LIMIT)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 2 * 1024 * 1024


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "A" * 64, "g" * 64])
def test_only_a_hash_leads_to_a_path(files: DiskFiles, name: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        files.path(name)


# -- what a file is
@pytest.mark.parametrize(
    ("content", "kind", "mime"),
    [
        (b"PK\x03\x04zip", "document", "application/zip"),
        (b"%PDF-1.7", "document", "application/pdf"),
        (b"OggS\0", "voice", "audio/ogg"),
        (b"\0\0\0\x18ftypmp42", "video", "video/mp4"),
        (b"\0\0\0\x18ftypheic", "photo", "image/heic"),
        (b"RIFF\0\0\0\0WEBP", "photo", "image/webp"),
        (b"<html><script>", "document", "application/octet-stream"),
        (b"\xff\xd8\xff\xe0 no jpeg after all", "document", "application/octet-stream"),
        (b"", "document", "application/octet-stream"),
    ],
)
def test_a_file_is_what_its_content_says(files: DiskFiles, content: bytes, kind: str, mime: str) -> None:
    found = files.keep(FileRef("photo", "foto.jpg", "image/jpeg", remote="f"), [content], LIMIT)
    assert (found.kind, found.mime) == (kind, mime)


def test_sound_in_a_film_container_stays_sound(files: DiskFiles) -> None:
    found = files.keep(FileRef("voice", "ses.m4a", "audio/mp4"), [b"\0\0\0\x18ftypmp42"], LIMIT)
    assert (found.kind, found.mime) == ("voice", "video/mp4")


def test_a_file_over_the_limit_comes_back_with_its_problem(files: DiskFiles) -> None:
    assert files.keep(FileRef("photo", "a", "b"), [b"x" * 11], 10).problem == "too_large"


# -- what a picture tells
@pytest.mark.parametrize("position", [(37.9501, 32.5102), (-33.8688, 151.2093), (40.7128, -74.006)])
def test_the_position_is_read_before_it_is_stripped(files: DiskFiles, position: tuple[float, float]) -> None:
    found = files.store([jpeg(position)], LIMIT)
    assert (found.latitude, found.longitude) == pytest.approx(position, abs=1e-5)
    content = Path(files.path(found.sha256)).read_bytes()
    assert found.sha256 == hashlib.sha256(content).hexdigest()
    assert not Image.open(io.BytesIO(content)).getexif()


def test_nothing_of_the_maker_is_left_and_the_picture_is_the_same(files: DiskFiles) -> None:
    before = jpeg((37.9, 32.5)) + b"ftypmp42 a film with a position behind the picture"
    after = stored(files, before)
    for secret in (b"telephone", b"SERIAL", b"SECRET", b"Exif", b"film"):
        assert secret not in after
    assert Image.open(io.BytesIO(after)).tobytes() == Image.open(io.BytesIO(before)).tobytes()


def test_a_turned_picture_stays_upright(files: DiskFiles) -> None:
    picture = Image.open(io.BytesIO(stored(files, jpeg((37.9, 32.5), orientation=6))))
    assert dict(picture.getexif()) == {0x0112: 6}


@pytest.mark.parametrize("position", [None, (0.0, 0.0)])
def test_no_position_is_none(files: DiskFiles, position: tuple[float, float] | None) -> None:
    found = files.store([jpeg(position)], LIMIT)
    assert (found.latitude, found.longitude) == (None, None)


def test_a_picture_that_was_cut_off_is_kept_without_metadata(files: DiskFiles) -> None:
    whole = jpeg((37.9, 32.5), size=(200, 200))
    after = stored(files, whole[: len(whole) // 2])
    assert b"Exif" not in after
    assert len(after) > 1000


@pytest.mark.filterwarnings("ignore")
@given(st.binary(max_size=300))
def test_rubbish_as_exif_harms_nothing(rubbish: bytes) -> None:
    read_exif(b"Exif\0\0MM\0*\0\0\0\x08" + rubbish)


@given(st.binary(max_size=300))
def test_rubbish_as_jpeg_is_refused_or_cut_to_ranges_within_the_file(rubbish: bytes) -> None:
    data = b"\xff\xd8\xff" + rubbish
    try:
        parts = stripped(data)
    except ValueError:
        return
    assert all(0 <= start <= end <= len(data) for start, end in parts.ranges)
    assert file_type(data).mime == "image/jpeg"
