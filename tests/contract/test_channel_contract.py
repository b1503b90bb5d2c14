"""What every channel owes to delivery. A new channel adds a scene (what it sends to, made to answer this way or that)
and a subclass with a fixture `scene`; a channel that cannot get into a situation says so by `cannot`."""

from __future__ import annotations

import random
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar, Protocol

import pytest
from starlette.testclient import TestClient

from bot.channels.fake import FakeChannel
from bot.channels.webchat import WebChatChannel
from bot.db.engine import make_engine
from bot.delivery.worker import DeliveryWorker
from bot.domain.messages import Button, FileRef, OutboxKind, OutboxState, Reply
from bot.errors import CredentialsRefused, RateLimited, Rejected, TransientError, UncertainError, Unreachable
from bot.ports import Channel, Delivered
from bot.service.posting import post
from tests.web.stage import NOON, Stage


class Scene(Protocol):
    """A channel, an address on it, and the hand that decides how the other side answers the next call."""

    channel: Channel
    address: dict[str, Any]
    cannot: frozenset[str]

    def received(self) -> list[str]:
        """The texts that the other side took, in order."""
        ...

    def answer(self, situation: str) -> None:
        """The next call meets `transient`, `rate_limit` (7 seconds), `rejected`, `unreachable`, `credentials` or
        `uncertain` (taken, but no answer)."""
        ...


@pytest.mark.anyio
class ChannelContract:
    of: ClassVar[str]
    """The channel's module in bot/channels."""

    @pytest.fixture
    def scene(self) -> Scene:
        raise NotImplementedError("a subclass gives its channel's scene")

    def meet(self, scene: Scene, situation: str) -> None:
        if situation in scene.cannot:
            pytest.skip(f"the channel {scene.channel.name} knows no '{situation}'")
        scene.answer(situation)

    async def test_a_message_sent_is_received_once(self, scene: Scene) -> None:
        answer = await scene.channel.send(scene.address, Reply("Merhaba"))
        assert isinstance(answer, Delivered)
        assert answer.waiting or answer.provider_id
        assert scene.received() == ["Merhaba"]

    async def test_messages_arrive_in_the_order_sent_with_their_turkish_letters(self, scene: Scene) -> None:
        texts = ["Çöp konteyneri", "Yazır Mahallesi & <Osmanlı>", "ığüşöç İĞÜŞÖÇ"]
        for text in texts:
            await scene.channel.send(scene.address, Reply(text))
        assert scene.received() == texts

    async def test_buttons_do_not_hinder_a_message(self, scene: Scene) -> None:
        await scene.channel.send(
            scene.address, Reply("Onaylıyor musunuz?", (Button("Onayla", "confirm:1"),), asks=True)
        )
        [text] = scene.received()
        assert text.startswith("Onaylıyor musunuz?")  # a channel without buttons names them

    @pytest.mark.parametrize(
        ("situation", "error"),
        [
            ("transient", TransientError),
            ("rejected", Rejected),
            ("unreachable", Unreachable),
            ("credentials", CredentialsRefused),
            ("uncertain", UncertainError),
        ],
    )
    async def test_a_failure_is_told_as_exactly_one_error_of_ours(
        self, scene: Scene, situation: str, error: type[Exception]
    ) -> None:
        self.meet(scene, situation)
        with pytest.raises(error) as told:
            await scene.channel.send(scene.address, Reply("Merhaba"))
        assert type(told.value) is error

    async def test_a_rate_limit_carries_the_seconds_to_wait(self, scene: Scene) -> None:
        self.meet(scene, "rate_limit")
        with pytest.raises(RateLimited) as told:
            await scene.channel.send(scene.address, Reply("Merhaba"))
        assert told.value.retry_after == 7

    async def test_after_a_transient_error_the_same_message_can_be_sent(self, scene: Scene) -> None:
        self.meet(scene, "transient")
        with pytest.raises(TransientError):
            await scene.channel.send(scene.address, Reply("Merhaba"))
        await scene.channel.send(scene.address, Reply("Merhaba"))
        assert scene.received() == ["Merhaba"]


class FakeScene:
    cannot: frozenset[str] = frozenset()
    errors: ClassVar[dict[str, Exception]] = {
        "transient": TransientError("500"),
        "rate_limit": RateLimited("429", retry_after=7),
        "rejected": Rejected("400"),
        "unreachable": Unreachable("403"),
        "credentials": CredentialsRefused("401"),
        "uncertain": UncertainError("time-out"),
    }

    def __init__(self) -> None:
        self.channel = FakeChannel()
        self.address = {"account": "ayse"}

    def received(self) -> list[str]:
        return self.channel.texts

    def answer(self, situation: str) -> None:
        self.channel.fail_next(self.errors[situation])


class TestFakeChannel(ChannelContract):
    of = "fake"

    @pytest.fixture
    def scene(self) -> Iterator[FakeScene]:
        yield FakeScene()


class PostedFirst:
    """The web chat as delivery uses it: a message lies in the database before it is sent; the browser fetches it."""

    def __init__(self, stage: Stage) -> None:
        self.name, self._stage, self._number = WebChatChannel.name, stage, 0
        channels = {self.name: WebChatChannel()}
        self._delivery = DeliveryWorker(stage.uows, channels, stage.clock, stage.municipality, random.Random(1))

    async def send(self, address: dict[str, Any], reply: Reply) -> Delivered:
        self._number += 1
        with self._stage.uows() as uow:
            row = post(uow, self._stage.conversation(), reply, str(self._number), OutboxKind.REPLY, NOON)
            uow.commit()
        assert row is not None and await self._delivery.drain() == 1
        state = self._stage.outbox()[-1].state
        return Delivered(waiting=state == OutboxState.WAITING)

    async def fetch(self, file: FileRef) -> FileRef:
        return file

    async def aclose(self) -> None:
        return None


class WebScene:
    """Nothing is sent over a network: what delivery can meet elsewhere cannot happen here."""

    cannot = frozenset({"transient", "rate_limit", "rejected", "unreachable", "credentials", "uncertain"})

    def __init__(self, stage: Stage) -> None:
        self._browser = TestClient(stage.app())
        assert self._browser.get("/").status_code == 200
        assert self._browser.post("/chat/send", json={"id": str(uuid.uuid4()), "text": "merhaba"}).status_code == 200
        self.channel, self.address = PostedFirst(stage), dict[str, Any]()

    def received(self) -> list[str]:
        """What the browser shows."""
        shown = self._browser.get("/chat/messages").json()["messages"]
        return [line["text"] for line in shown if line["author"] != "citizen"]

    def answer(self, situation: str) -> None:
        raise AssertionError(f"the web chat knows no '{situation}'")


class TestWebChat(ChannelContract):
    of = "webchat"

    @pytest.fixture
    def scene(self, sqlite_url: str, tmp_path: Path) -> Iterator[WebScene]:
        engine = make_engine(sqlite_url)
        yield WebScene(Stage(engine, tmp_path))
        engine.dispose()
