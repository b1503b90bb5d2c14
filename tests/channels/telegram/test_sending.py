"""Replies as Telegram's server sees them, and the contract of every channel kept over a real socket."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, ClassVar

import pytest

from bot.channels.files import DiskFiles
from bot.channels.splitting import parts, units
from bot.channels.telegram import TelegramChannel
from bot.channels.telegram.keyboards import rows
from bot.config import Settings
from bot.domain.messages import Button, Reply
from bot.errors import CredentialsRefused, TransientError, UncertainError, Unreachable
from tests.channels.fake_bot_api import FakeBotApi
from tests.contract.test_channel_contract import ChannelContract

pytestmark = pytest.mark.anyio
AYSE = {"chat_id": 77}
GROUP = {"chat_id": -100500, "reply_to": 31, "topic": 9, "private_chat": "https://t.me/selcuklu_bot"}


class TelegramScene:
    cannot: frozenset[str] = frozenset()
    faults: ClassVar[dict[str, tuple[Any, ...]]] = {
        "transient": (500, "Internal Server Error"),
        "rate_limit": (429, "Too Many Requests: retry after 7", 7),
        "rejected": (400, "Bad Request: message is too strange"),
        "unreachable": (403, "Forbidden: bot was blocked by the user"),
        "credentials": (401, "Unauthorized"),
    }

    def __init__(self, channel: TelegramChannel, api: FakeBotApi) -> None:
        self.channel = channel
        self.address = AYSE
        self._api = api

    def received(self) -> list[str]:
        return [sent["text"] for sent in self._api.sent]

    def answer(self, situation: str) -> None:
        if situation == "uncertain":
            self._api.hang("sendMessage")
        else:
            self._api.refuse("sendMessage", *self.faults[situation])


class TestTelegramChannel(ChannelContract):
    of = "telegram"

    @pytest.fixture
    def scene(self, channel: TelegramChannel, api: FakeBotApi) -> Iterator[TelegramScene]:
        yield TelegramScene(channel, api)


def inline(api: FakeBotApi) -> list[list[str]]:
    return [[button["text"] for button in row] for row in api.sent[-1]["reply_markup"]["inline_keyboard"]]


async def test_a_reply_is_plain_text_without_previews(channel: TelegramChannel, api: FakeBotApi) -> None:
    await channel.send(AYSE, Reply("<b>Yazır</b> *12* http://x.example"))
    [sent] = api.sent
    assert sent["text"] == "<b>Yazır</b> *12* http://x.example"
    assert "parse_mode" not in sent
    assert sent["link_preview_options"] == {"is_disabled": True}


async def test_the_provider_id_is_that_of_the_message(channel: TelegramChannel) -> None:
    assert (await channel.send(AYSE, Reply("x"))).provider_id == "5001"


async def test_buttons_carry_their_payload_three_short_ones_a_row(channel: TelegramChannel, api: FakeBotApi) -> None:
    buttons = tuple(Button(label, f"{label}:1") for label in ("Onayla", "Düzelt", "Vazgeç"))
    await channel.send(AYSE, Reply("Doğru mu?", buttons))
    [row] = api.sent[-1]["reply_markup"]["inline_keyboard"]
    assert [(button["text"], button["callback_data"]) for button in row] == [
        ("Onayla", "Onayla:1"),
        ("Düzelt", "Düzelt:1"),
        ("Vazgeç", "Vazgeç:1"),
    ]


async def test_a_rating_stands_in_one_row_and_the_rest_below(channel: TelegramChannel, api: FakeBotApi) -> None:
    stars = tuple(Button(str(star), f"rate:1:{star}") for star in range(1, 6))
    await channel.send(AYSE, Reply("Puanlayın", (*stars, Button("Çözülmedi", "reopen:1"))))
    assert inline(api) == [["1", "2", "3", "4", "5"], ["Çözülmedi"]]


def test_long_labels_have_a_row_each_and_the_order_is_kept() -> None:
    labels = ["Yol bozukluğu, çukur", "Kaldırım ve bordür", "Başka", "Geç", "Vazgeç", "Görevli"]
    found = [[button.label for button in row] for row in rows([Button(label, "x") for label in labels])]
    assert found == [
        ["Yol bozukluğu, çukur"],
        ["Kaldırım ve bordür"],
        ["Başka", "Geç", "Vazgeç"],
        ["Görevli"],
    ]


async def test_a_payload_of_too_many_bytes_does_not_cost_the_message(channel: TelegramChannel, api: FakeBotApi) -> None:
    await channel.send(AYSE, Reply("Hangisi?", (Button("Uzun", "place:" + "ığüşöç" * 9),)))
    assert len(api.sent) == 1


async def test_a_location_is_asked_for_by_a_keyboard_that_the_next_reply_removes(
    channel: TelegramChannel, api: FakeBotApi
) -> None:
    await channel.send(AYSE, Reply("Nerede?", (Button("Geç", "skip:1"),), wants_location=True))
    markup = api.sent[-1]["reply_markup"]
    assert markup["keyboard"] == [[{"text": "Konum paylaş", "request_location": True}], [{"text": "Geç"}]]
    assert markup["one_time_keyboard"]
    await channel.send(AYSE, Reply("Teşekkürler."))
    assert api.sent[-1]["reply_markup"] == {"remove_keyboard": True}


async def test_in_a_group_the_answer_has_the_way_to_the_private_chat_and_nothing_to_press(
    channel: TelegramChannel, api: FakeBotApi
) -> None:
    await channel.send(GROUP, Reply("Özelden yazın.", (Button("Onayla", "ok:1"),), wants_location=True, public=True))
    [sent] = api.sent
    assert sent["chat_id"] == -100500
    assert sent["message_thread_id"] == 9
    assert sent["reply_parameters"] == {"message_id": 31, "allow_sending_without_reply": True}
    [[button]] = sent["reply_markup"]["inline_keyboard"]
    assert button["url"] == "https://t.me/selcuklu_bot"
    assert "callback_data" not in button


# -- long texts
def test_a_text_is_cut_at_a_paragraph_before_a_word() -> None:
    text = f"{'a ' * 30}\n\n{'b ' * 30}"
    assert parts(text, 100) == [("a " * 30).strip(), "b " * 30]


def test_a_text_without_pauses_is_cut_where_it_must_be() -> None:
    assert parts("x" * 250, 100) == ["x" * 100, "x" * 100, "x" * 50]


def test_the_length_counts_as_telegram_counts() -> None:
    assert units("a👍ğ") == 4
    found = parts("👍" * 5000)
    assert all(units(part) <= 4096 for part in found)
    assert "".join(found) == "👍" * 5000


async def test_a_long_text_arrives_whole_with_the_buttons_under_its_end(
    channel: TelegramChannel, api: FakeBotApi
) -> None:
    words = " ".join(f"kelime{number}" for number in range(1200))
    sent = await channel.send(AYSE, Reply(words, (Button("Tamam", "ok:1"),)))
    assert len(api.sent) > 2
    assert " ".join(call["text"] for call in api.sent) == words
    assert ["reply_markup" in call for call in api.sent] == [False] * (len(api.sent) - 1) + [True]
    assert sent.provider_id == str(5000 + len(api.sent))


# -- failures beyond the contract
async def test_a_hanging_server_is_given_up_in_the_time_out(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.hang("sendMessage")
    begun = time.monotonic()
    with pytest.raises(UncertainError):
        await channel.send(AYSE, Reply("x"))
    assert time.monotonic() - begun < 20


async def test_no_connection_is_transient(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.stop()
    with pytest.raises(TransientError):
        await channel.send(AYSE, Reply("x"))


async def test_a_chat_that_is_gone_is_unreachable(channel: TelegramChannel, api: FakeBotApi) -> None:
    api.refuse("sendMessage", 400, "Bad Request: chat not found")
    with pytest.raises(Unreachable):
        await channel.send(AYSE, Reply("x"))


@pytest.mark.parametrize("token", ["999999:WRONG-token_abcdefgh", "rubbish with spaces\n"])
async def test_a_wrong_token_is_refused_and_never_shown(
    settings: Settings, files: DiskFiles, token: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    channel = TelegramChannel(_with_token(settings, token), files, seconds=0.3)
    with pytest.raises(CredentialsRefused) as told:
        await channel.send(AYSE, Reply("x"))
    assert token not in str(told.value)
    assert token.partition(":")[2] not in caplog.text or ":" not in token
    await channel.aclose()


def _with_token(settings: Settings, token: str) -> Settings:
    return replace(settings, telegram_token=token)
