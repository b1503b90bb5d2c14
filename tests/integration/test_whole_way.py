"""From a citizen's message on Telegram to "it is solved": real processes, the real model, a Bot API on loopback."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bot.config import ROOT, load_settings
from bot.errors import ConfigError
from bot.nlu.chosen import model_in_use
from tests.channels.fake_bot_api import FakeBotApi
from tests.support import SELCUKLU

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("kills")]
CHAT = {"id": 4711, "type": "private"}
PERSON = {"id": 4711, "is_bot": False, "first_name": "Ayşe"}


class Town:
    """A running system with its fake Telegram."""

    def __init__(self, api: FakeBotApi, environment: dict[str, str]) -> None:
        self.api, self._environment = api, environment
        self._messages = 0

    def hizmet(self, *arguments: str) -> str:
        command = [sys.executable, "-m", "bot.cli", *arguments]
        done = subprocess.run(command, cwd=ROOT, env=self._environment, capture_output=True, text=True, check=True)
        return done.stdout

    def write(self, text: str) -> None:
        self._messages += 1
        message = {"message_id": self._messages, "date": 1795500000, "chat": CHAT, "from": PERSON, "text": text}
        self.api.push(message=message)

    def press(self, label: str) -> None:
        """The button on the newest message that offers it."""
        for sent in reversed(self.api.sent):
            for row in (sent.get("reply_markup") or {}).get("inline_keyboard", []):
                for button in row:
                    if button["text"] == label:
                        shown = {"message_id": 5000, "date": 1795500000, "chat": CHAT, "text": sent["text"]}
                        query = {"id": str(len(self.api.calls)), "from": PERSON, "message": shown}
                        self.api.push(callback_query=query | {"chat_instance": "1", "data": button["callback_data"]})
                        return
        raise AssertionError(f"no button {label}")

    def hears(self, part: str) -> str:
        return await_(lambda: next((s["text"] for s in self.api.sent if part in s["text"]), None), part)


def await_(look: Callable[[], Any], what: str, seconds: float = 90.0) -> Any:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {what}")


@pytest.fixture
def town(tmp_path: Path) -> Iterator[Town]:
    try:
        model_in_use(load_settings().models)
    except ConfigError as error:
        pytest.skip(f"no trained model: {error}")
    for path in SELCUKLU.parent.glob("selcuklu*.yml"):
        text = path.read_text(encoding="utf-8")
        awake = text.replace('quiet_hours: {from: "22:00", to: "08:00"}', 'quiet_hours: {from: "03:00", to: "03:00"}')
        (tmp_path / path.name).write_text(awake, encoding="utf-8")
    api = FakeBotApi()
    api.start()
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HIZMET_")} | {
        "HIZMET_HOME": str(tmp_path),
        "HIZMET_MUNICIPALITY": str(tmp_path / "selcuklu.yml"),
        "HIZMET_TELEGRAM_TOKEN": api.token,
        "HIZMET_TELEGRAM_API": api.url,
        "HIZMET_GATHER_SECONDS": "0.2",
    }
    command = [sys.executable, "-m", "bot.cli", "run", "--roles", "channels,delivery,dialogue"]
    with (tmp_path / "log").open("wb") as log:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        yield Town(api, environment)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)
        api.stop()
        assert api.token not in (tmp_path / "log").read_text(encoding="utf-8")


def test_a_citizen_on_telegram_is_understood_gets_a_number_and_hears_that_it_is_solved(town: Town) -> None:
    town.write("Yazır mahallesi Osmanlı caddesi 12 önündeki çöp konteyneri 3 gündür boşaltılmadı")
    summary = town.hears("Onaylıyor musunuz?")
    assert "Çöp konteyneri" in summary
    assert "Temizlik İşleri Müdürlüğü" in summary
    assert "Yazır Mahallesi, Osmanlı Caddesi No: 12" in summary
    town.press("Onayla")
    town.hears("-000001")
    number = town.hizmet("requests", "list", "--json").split('"tracking_no": "')[1].split('"')[0]
    town.hizmet("requests", "resolve", number, "--note", "Konteyner boşaltıldı.")
    town.hears("çözüldü. Not: Konteyner boşaltıldı.")
    town.press("5")
    await_(lambda: '"rating": 5' in town.hizmet("requests", "show", number, "--json"), "the rating")
