"""Files come from Telegram in a stream, are what their content says, and failures are told apart."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from PIL import Image

from bot.channels.files import DiskFiles
from bot.channels.telegram import TelegramChannel
from bot.domain.messages import FileRef
from bot.errors import RateLimited, TransientError
from tests.channels.fake_bot_api import FakeBotApi
from tests.channels.pictures import jpeg

pytestmark = pytest.mark.anyio
MEGABYTE = 1024 * 1024


def photo(size: int | None = None) -> FileRef:
    return FileRef("photo", "foto.jpg", "image/jpeg", remote="f1", size=size)


async def test_a_photo_is_stored_under_its_hash_with_its_position(
    channel: TelegramChannel, api: FakeBotApi, files: DiskFiles
) -> None:
    api.files["f1"] = jpeg(position=(37.95, 32.51))
    found = await channel.fetch(photo())
    assert found.sha256 is not None and found.problem is None
    assert (found.latitude, found.longitude) == (37.95, 32.51)
    stored = Path(files.path(found.sha256)).read_bytes()
    assert len(stored) == found.size
    assert not Image.open(io.BytesIO(stored)).getexif()


async def test_a_zip_named_jpg_is_kept_as_what_it_is(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.files["f1"] = b"PK\x03\x04" + b"\0" * 500
    found = await channel.fetch(photo())
    assert (found.kind, found.mime, found.name) == ("document", "application/zip", "foto.jpg")


async def test_25_megabytes_that_are_announced_are_not_even_asked_for(
    channel: TelegramChannel, api: FakeBotApi
) -> None:
    found = await channel.fetch(photo(25 * MEGABYTE))
    assert (found.problem, found.sha256) == ("too_large", None)
    assert api.calls == []


async def test_25_megabytes_that_telegram_refuses_are_too_large(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.files["f1"] = b"\xff\xd8\xff" + b"x" * 25 * MEGABYTE
    assert (await channel.fetch(photo())).problem == "too_large"


async def test_a_stream_over_the_limit_is_cut_off_and_leaves_nothing(
    channel: TelegramChannel, api: FakeBotApi, files: DiskFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tests.channels.fake_bot_api.FILE_LIMIT", 99 * MEGABYTE)
    api.files["f1"] = b"\xff\xd8\xff" + b"x" * 25 * MEGABYTE
    assert (await channel.fetch(photo(1000))).problem == "too_large"
    assert [path for path in files.root.rglob("*") if path.is_file()] == []


async def test_a_file_that_telegram_no_longer_has_is_gone(channel: TelegramChannel, api: FakeBotApi) -> None:
    assert (await channel.fetch(photo())).problem == "gone"
    api.files["f1"] = b"x"
    api.refuse("download", 404, "Not Found")
    assert (await channel.fetch(photo())).problem == "gone"


async def test_what_may_pass_is_tried_again_later(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.files["f1"] = b"x"
    api.refuse("getFile", 500, "Internal Server Error")
    api.refuse("download", 502, "Bad Gateway")
    api.hang("download")
    for _ in range(3):
        with pytest.raises(TransientError) as told:
            await channel.fetch(photo())
        assert api.token not in str(told.value)
    assert (await channel.fetch(photo())).size == 1


async def test_a_time_out_of_the_question_is_transient_as_asking_twice_harms_nothing(
    channel: TelegramChannel, api: FakeBotApi
) -> None:
    api.files["f1"] = b"x"
    api.hang("getFile")
    with pytest.raises(TransientError):
        await channel.fetch(photo())


async def test_a_rate_limit_of_the_question_carries_its_seconds(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.refuse("getFile", 429, "Too Many Requests", 3)
    with pytest.raises(RateLimited) as told:
        await channel.fetch(photo())
    assert told.value.retry_after == 3
