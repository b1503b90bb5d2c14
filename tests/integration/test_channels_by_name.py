"""Channels are found by their names in the configuration; the next one is a file and a block of settings."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from bot.bootstrap.channels import builder_of
from bot.bootstrap.serving import Serving
from bot.bootstrap.wiring import municipality_of, open_database
from bot.clock import SystemClock
from bot.config import ROOT, Settings, load_settings
from bot.domain.understanding import Act
from bot.engine.scripted import ScriptedEngine
from bot.errors import ConfigError
from bot.service.turn import TurnWorker
from tests.support import understood

TOY = "tests.channels.toy"


def settings_of(home: Path, url: str, **more: str) -> Settings:
    environ = {
        "HIZMET_HOME": str(home),
        "HIZMET_DATABASE": url,
        "HIZMET_SECRET": "secret",
        "HIZMET_GATHER_SECONDS": "0",
    }
    return load_settings(environ | more, root=home)


@pytest.mark.anyio
async def test_a_channel_that_only_the_configuration_names_hears_and_answers(sqlite_url: str, tmp_path: Path) -> None:
    for name in ("in", "out"):
        (tmp_path / "post" / name).mkdir(parents=True)
    block = {"HIZMET_CHANNELS": TOY, "HIZMET_TOY_FOLDER": str(tmp_path / "post")}
    settings = settings_of(tmp_path, sqlite_url, **block)
    serving = Serving(settings, frozenset({"channels", "delivery"}))
    database = open_database(settings)
    engine = ScriptedEngine({"merhaba": understood("merhaba", Act.GREET)})
    town = municipality_of(settings.municipality)
    turns = TurnWorker(database.writes, database.reads, engine, town, SystemClock(), "secret", gather_seconds=0.0)
    stop = asyncio.Event()
    (tmp_path / "post" / "in" / "1.ayse").write_text("merhaba", encoding="utf-8")
    running = [asyncio.create_task(serving.run(stop)), asyncio.create_task(turns.run(stop))]
    answer = tmp_path / "post" / "out" / "1.ayse"
    for _ in range(500):
        if answer.exists() and answer.read_text(encoding="utf-8"):
            break
        await asyncio.sleep(0.02)
    stop.set()
    await asyncio.gather(*running)
    assert town.name.split()[0] in answer.read_text(encoding="utf-8")
    assert list((tmp_path / "post" / "in").iterdir()) == []


def test_without_its_block_a_channel_says_what_is_missing(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="HIZMET_TOY_FOLDER"):
        Serving(settings_of(tmp_path, sqlite_url, HIZMET_CHANNELS=TOY), frozenset({"delivery"}))


@pytest.mark.parametrize("name", ["nothing", "files", "no.such.module", "bot.channels"])
def test_a_name_that_is_no_channel_is_told(name: str) -> None:
    with pytest.raises(ConfigError, match="HIZMET_CHANNELS"):
        builder_of(name)


@pytest.mark.parametrize(
    ("keys", "channels"),
    [
        ({}, ("webchat",)),
        ({"HIZMET_TELEGRAM_TOKEN": "1:a"}, ("webchat", "telegram")),
        ({"HIZMET_X_CONSUMER_KEY": "a"}, ("webchat",)),
        ({"HIZMET_X_CONSUMER_KEY": "a", "HIZMET_X_CONSUMER_SECRET": "b"}, ("webchat", "x")),
        ({"HIZMET_X_CLIENT_ID": "a", "HIZMET_CHANNELS": " webchat , messenger"}, ("webchat", "messenger")),
    ],
)
def test_without_a_list_the_channels_are_those_whose_keys_are_set(
    tmp_path: Path, keys: dict[str, str], channels: tuple[str, ...]
) -> None:
    assert settings_of(tmp_path, "sqlite://", **keys).channels == channels


def test_a_channel_reads_its_own_block_and_no_other(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, "sqlite://", HIZMET_TOY_FOLDER="/some-place", HIZMET_TOYS="2")
    assert settings.block("toy") == {"folder": "/some-place"}
    assert "/some-place" not in repr(settings)


def test_what_is_not_named_is_not_loaded() -> None:
    code = (
        "import bot.bootstrap.channels, sys; bot.bootstrap.channels.builder_of('webchat');"
        "print([name for name in ('tweepy', 'telegram') if name in sys.modules])"
    )
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert shown.stdout.strip() == "[]"
