"""What every channel owes to the inbox. A new channel adds a scene (a citizen who writes at the provider, and the
adapter that brings it) and a subclass with a fixture `scene`."""

from __future__ import annotations

import io
import uuid
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from PIL import Image
from starlette.testclient import TestClient

from bot.channels.telegram.intake import TelegramIntake
from bot.channels.x.parsing import MENTION, MESSAGE
from bot.channels.x.reading import Stream
from bot.clock import ManualClock
from bot.db.engine import make_engine
from bot.domain.messages import EventKind, FileRef, InboxRow, InboxState, IncomingEvent
from bot.ports import UnitOfWorkFactory
from bot.service.receiving import Receiver, event_of
from tests.channels.telegram import samples
from tests.channels.telegram.stored import inbox
from tests.channels.x import conftest as x
from tests.channels.x.fake_x_api import FakeXApi
from tests.web.stage import Stage

# the X account on loopback and its streams
api, client, keyring, receiver, settings, streams = x.api, x.client, x.keyring, x.receiver, x.settings, x.streams
clock, uows = x.clock, x.uows


class Scene(Protocol):
    """Two citizens, `ayse` and `can`, who write where the channel listens."""

    def writes(self, who: str, text: str, photo: bool = False) -> None:
        """A message that waits at the provider."""
        ...

    async def receive(self) -> None:
        """The adapter brings what waits."""
        ...

    async def receive_again(self) -> None:
        """The provider brings all of it once more, as after a restart."""
        ...

    def rows(self) -> Sequence[InboxRow]: ...


@pytest.mark.anyio
class ReceivingContract:
    of: ClassVar[str]
    """The channel's module in bot/channels."""

    @pytest.fixture
    def scene(self) -> Scene:
        raise NotImplementedError("a subclass gives its channel's scene")

    async def test_a_message_is_stored_as_it_was_written(self, scene: Scene) -> None:
        scene.writes("ayse", "Yazır'da çöp alınmadı: ığüşöç İĞÜŞÖÇ <b>&</b>")
        await scene.receive()
        [row] = scene.rows()
        event = event_of(row)
        assert event.text == "Yazır'da çöp alınmadı: ığüşöç İĞÜŞÖÇ <b>&</b>"
        assert (event.kind, row.state, event.for_us) == (EventKind.TEXT, InboxState.READY, True)

    async def test_what_comes_twice_is_stored_once(self, scene: Scene) -> None:
        for number in range(3):
            scene.writes("ayse", f"ileti {number}")
        await scene.receive()
        await scene.receive_again()
        await scene.receive_again()
        assert [row.payload["text"] for row in scene.rows()] == ["ileti 0", "ileti 1", "ileti 2"]

    async def test_of_one_person_the_order_is_kept(self, scene: Scene) -> None:
        for number in range(12):
            scene.writes("ayse", f"ileti {number}")
        await scene.receive()
        rows = sorted(scene.rows(), key=lambda row: (row.sequence, row.id))
        assert [row.payload["text"] for row in rows] == [f"ileti {number}" for number in range(12)]
        assert len({row.conversation_id for row in rows}) == 1

    async def test_two_people_have_two_conversations(self, scene: Scene) -> None:
        scene.writes("ayse", "merhaba")
        scene.writes("can", "merhaba")
        await scene.receive()
        assert len({row.conversation_id for row in scene.rows()}) == 2

    async def test_a_photo_comes_with_its_words_and_waits_for_its_bytes_or_has_them(self, scene: Scene) -> None:
        scene.writes("ayse", "kaldırım çökmüş", photo=True)
        await scene.receive()
        [row] = scene.rows()
        [file] = event_of(row).files
        assert (event_of(row).text, file.kind) == ("kaldırım çökmüş", "photo")
        assert row.state == (InboxState.READY if file.sha256 else InboxState.FETCHING)


# -- the fake
class FakeScene:
    def __init__(self, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> None:
        self._receiver, self._uows, self._clock = receiver, uows, clock
        self._waiting: list[IncomingEvent] = []

    def writes(self, who: str, text: str, photo: bool = False) -> None:
        number = len(self._waiting) + 1
        files = (FileRef("photo", "foto.jpg", "image/jpeg", remote="a"),) if photo else ()
        kind = EventKind.PHOTO if photo else EventKind.TEXT
        event = IncomingEvent("fake", str(number), who, who, kind, self._clock.now(), number, text, files=files)
        self._waiting.append(event)

    async def receive(self) -> None:
        self._receiver.receive(*self._waiting)

    receive_again = receive

    def rows(self) -> Sequence[InboxRow]:
        return inbox(self._uows)


class TestFakeChannel(ReceivingContract):
    of = "fake"

    @pytest.fixture
    def scene(self, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> FakeScene:
        return FakeScene(receiver, uows, clock)


# -- Telegram
class TelegramScene:
    def __init__(self, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> None:
        self._intake, self._uows = TelegramIntake(receiver, uows, clock), uows
        self._waiting: list[dict[str, Any]] = []

    def writes(self, who: str, text: str, photo: bool = False) -> None:
        number = 77 if who == "ayse" else 78
        people = {"chat": {"id": number, "type": "private"}, "sender": {"id": number, "first_name": who}}
        update = samples.photo(caption=text, **people) if photo else samples.text(text, **people)
        self._waiting.append({"update_id": 1000 + len(self._waiting), **update})

    async def receive(self) -> None:
        self._intake.accept(self._waiting, "selcuklu_bot", ("telegram", "1"))

    receive_again = receive

    def rows(self) -> Sequence[InboxRow]:
        return inbox(self._uows)


class TestTelegram(ReceivingContract):
    of = "telegram"

    @pytest.fixture
    def scene(self, receiver: Receiver, uows: UnitOfWorkFactory, clock: ManualClock) -> TelegramScene:
        return TelegramScene(receiver, uows, clock)


# -- X
class XScene:
    def __init__(self, channel: str, api: FakeXApi, streams: x.Streams, uows: UnitOfWorkFactory) -> None:
        self._channel, self._api, self._streams, self._uows = channel, api, streams, uows
        self._first: dict[str, str] = {}
        self._written = 0
        self._make().position_at(x.NOW)

    def _make(self) -> Stream:
        return self._streams()[0 if self._channel == MENTION else 1]

    def writes(self, who: str, text: str, photo: bool = False) -> None:
        self._written += 1
        at = x.NOW + timedelta(seconds=self._written)
        more: dict[str, Any] = {"attachments": {"media_keys": ["3_1"]}} if photo else {}
        self._api.media["3_1"] = {"media_key": "3_1", "type": "photo", "url": f"{self._api.url}/media/a.jpg"}
        number, written = "77" if who == "ayse" else "78", text.replace("&", "&amp;").replace("<", "&lt;")
        if self._channel == MENTION:
            if number in self._first:
                more["conversation_id"] = self._first[number]
            post = self._api.mention(written, number, at, **more)
            self._first.setdefault(number, post["id"])
        else:
            self._api.message(written, number, at, **more)

    async def receive(self) -> None:
        await self._read(self._make())

    async def receive_again(self) -> None:
        stream = self._make()
        stream.position_at(x.NOW)
        await self._read(stream)

    async def _read(self, stream: Stream) -> None:
        while (await stream.look())[1] is not None:
            pass

    def rows(self) -> Sequence[InboxRow]:
        return inbox(self._uows)


class TestXMentions(ReceivingContract):
    of = "x"

    @pytest.fixture
    def scene(self, api: FakeXApi, streams: x.Streams, uows: UnitOfWorkFactory) -> XScene:
        return XScene(MENTION, api, streams, uows)


class TestXMessages(ReceivingContract):
    of = "x"

    @pytest.fixture
    def scene(self, api: FakeXApi, streams: x.Streams, uows: UnitOfWorkFactory) -> XScene:
        return XScene(MESSAGE, api, streams, uows)


# -- the web chat
class WebScene:
    def __init__(self, stage: Stage) -> None:
        self._stage, self._browsers = stage, {name: TestClient(stage.app()) for name in ("ayse", "can")}
        for browser in self._browsers.values():
            assert browser.get("/").status_code == 200
        self._waiting: list[tuple[str, dict[str, str], bool]] = []

    def writes(self, who: str, text: str, photo: bool = False) -> None:
        self._waiting.append((who, {"id": str(uuid.uuid4()), "text": text}, photo))

    async def receive(self) -> None:
        for who, data, photo in self._waiting:
            browser = self._browsers[who]
            if photo:
                answer = browser.post("/chat/upload", data=data, files={"file": ("foto.jpg", _jpeg(), "image/jpeg")})
            else:
                answer = browser.post("/chat/send", json=data)
            assert answer.status_code == 200, answer.text
            self._stage.ticking.seconds += 60

    receive_again = receive

    def rows(self) -> Sequence[InboxRow]:
        return self._stage.inbox()


def _jpeg() -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(made, "JPEG")
    return made.getvalue()


class TestWebChat(ReceivingContract):
    of = "webchat"

    @pytest.fixture
    def scene(self, sqlite_url: str, tmp_path: Path) -> Iterator[WebScene]:
        engine = make_engine(sqlite_url)
        yield WebScene(Stage(engine, tmp_path))
        engine.dispose()
