"""`hizmet channels …` and the doctor, against an X API on loopback: authorising, what is connected, what is wrong."""

from __future__ import annotations

import asyncio
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from bot.bootstrap.wiring import open_database
from bot.channels.files import DiskFiles
from bot.channels.side import Around
from bot.channels.x.budget import Reads
from bot.channels.x.keys import Keyring, make_keyring
from bot.channels.x.login import login_by_link, login_by_pin
from bot.channels.x.side import build, wait_for_account
from bot.clock import ManualClock
from bot.commands import channels
from bot.config import Settings, XSettings, load_settings
from bot.errors import ConfigError, CredentialsRefused
from bot.operations.findings import Level
from bot.operations.x_account import check_x
from bot.ports import UnitOfWorkFactory
from bot.sealing import Sealer
from bot.service.publicity import is_paused
from bot.service.receiving import Receiver
from tests.channels.x.conftest import KEYS, NOW
from tests.channels.x.fake_x_api import US, FakeXApi
from tests.support import selcuklu


@pytest.fixture
def whole(api: FakeXApi, sqlite_url: str, tmp_path: Path) -> Settings:
    """The settings of a system whose application is known to X and whose account is not authorised yet."""
    return load_settings(
        {
            "HIZMET_HOME": str(tmp_path),
            "HIZMET_DATABASE": sqlite_url,
            "HIZMET_SECRET": "secret",
            "HIZMET_X_API": api.url,
            "HIZMET_X_CONSUMER_KEY": "app",
            "HIZMET_X_CONSUMER_SECRET": "app-secret",
            "HIZMET_X_CLIENT_ID": "client",
            "HIZMET_X_MONTH_READS": "1000",
        },
        root=tmp_path,
    )


@pytest.fixture
def kept(whole: Settings, clock: ManualClock) -> Iterator[Keyring]:
    keyring = make_keyring(whole, open_database(whole).writes, clock)
    keyring.keep(KEYS)
    yield keyring


def test_the_holder_brings_a_pin(api: FakeXApi, settings: XSettings) -> None:
    shown: list[str] = []

    def ask(address: str) -> str:
        shown.append(address)
        return " 1234567 "

    keys = login_by_pin(settings, ask)
    assert (keys.user_id, keys.username, keys.token, keys.secret) == ("4242", US["username"], "4242-token", "s2")
    assert shown == [f"{api.url}/oauth/authorize?oauth_token=asked"]
    with pytest.raises(CredentialsRefused):
        login_by_pin(settings, lambda address: "7654321")


def test_the_holder_brings_the_address_that_came_back(api: FakeXApi, settings: XSettings, keyring: Keyring) -> None:
    def ask(address: str) -> str:
        query = parse_qs(urlsplit(address).query)
        assert query["code_challenge_method"] == ["S256"] and "dm.write" in query["scope"][0]
        return f"https://127.0.0.1/?state={query['state'][0]}&code=good-code"

    keys = login_by_link(settings, keyring, ManualClock(NOW), "https://127.0.0.1/", ask)
    assert (keys.token, keys.refresh) == (api.token, api.refresh_token)
    assert keys.expires_at == (NOW + timedelta(hours=2)).isoformat()
    assert len(api.called("oauth2")[0]["code_verifier"]) >= 43
    with pytest.raises(CredentialsRefused):
        login_by_link(
            settings, keyring, ManualClock(NOW), "https://127.0.0.1/", lambda address: "https://127.0.0.1/?code=x"
        )


def test_without_an_application_it_says_which_setting(settings: XSettings) -> None:
    with pytest.raises(ConfigError, match="HIZMET_X_CONSUMER_KEY"):
        login_by_pin(replace(settings, consumer_key=None), lambda address: "")


def test_keys_of_another_secret_do_not_open(kept: Keyring, whole: Settings, clock: ManualClock) -> None:
    other = Keyring(whole.x, open_database(whole).writes, clock, Sealer("another"))
    with pytest.raises(ConfigError, match="authorise anew"):
        other.kept()


# -- the command
def test_login_keeps_the_keys_only_when_x_says_whose_they_are(
    whole: Settings, api: FakeXApi, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("1234567\n1234567\n"))
    keyring = make_keyring(whole, open_database(whole).writes, clock)
    with pytest.raises(CredentialsRefused):
        channels.login(whole, oauth2=False, redirect="")
    assert keyring.kept() is None
    api.token = "4242-token"
    channels.login(whole, oauth2=False, redirect="")
    kept = keyring.kept()
    assert kept is not None and (kept.user_id, kept.username) == (US["id"], US["username"])


@pytest.mark.anyio
async def test_a_running_system_starts_anew_with_an_account_that_is_authorised(
    whole: Settings, clock: ManualClock, receiver: Receiver, tmp_path: Path
) -> None:
    database = open_database(whole)
    around = Around(whole, {}, database.writes, selcuklu(), DiskFiles(tmp_path), receiver, clock, "here")
    side, keyring = build(around), make_keyring(whole, database.writes, clock)
    assert side.channels == () and len(side.loops) == 1
    task = asyncio.create_task(wait_for_account(keyring, asyncio.Event(), 0.02))
    await asyncio.sleep(0.1)
    assert not task.done()
    keyring.keep(KEYS)
    with pytest.raises(ConfigError, match="starting anew"):
        await asyncio.wait_for(task, 5)


def test_pause_and_resume_turn_the_switch(whole: Settings, uows: UnitOfWorkFactory) -> None:
    channels.pause(whole, "x", "ece")
    with uows() as uow:
        assert is_paused(uow)
    channels.resume(whole, "x", "ece")
    with uows() as uow:
        assert not is_paused(uow)
    with pytest.raises(ConfigError):
        channels.pause(whole, "telegram", "ece")


def test_the_list_tells_the_account_and_its_reads(
    whole: Settings, kept: Keyring, capsys: pytest.CaptureFixture[str]
) -> None:
    channels.pause(whole, "x", "ece")
    channels.show_list(whole)
    shown = " ".join(capsys.readouterr().out.split())
    assert f"@{US['username']}" in shown and "0 of 1000" in shown and "paused" in shown


# -- the doctor
def findings(whole: Settings, clock: ManualClock, username: str | None = US["username"]) -> dict[str, Level]:
    return {finding.check: finding.level for finding in check_x(whole, clock, username)}


def test_without_an_account_the_doctor_says_how_to_authorise_one(whole: Settings, clock: ManualClock) -> None:
    [finding] = check_x(whole, clock)
    assert (finding.level, finding.mend) == (Level.WARN, "hizmet channels x login")
    [finding] = check_x(replace(whole, x=XSettings()), clock)
    assert finding.level is Level.OK


def test_each_permission_is_checked_and_no_post_is_read(
    whole: Settings, kept: Keyring, api: FakeXApi, clock: ManualClock, uows: UnitOfWorkFactory
) -> None:
    api.mention("eski", at=NOW - timedelta(hours=1))
    names = ("x account", "x reads mentions", "x reads messages", "x budget")
    assert findings(whole, clock) == dict.fromkeys(names, Level.OK)
    assert Reads(uows, US["id"], 0).spent(NOW).posts == 0
    api.refuse("dm_events", 403, "Forbidden")
    assert findings(whole, clock)["x reads messages"] is Level.FAIL
    api.refuse("mentions", 503, "Service Unavailable")
    assert findings(whole, clock)["x reads mentions"] is Level.WARN


def test_keys_without_direct_messages_are_told(
    whole: Settings, kept: Keyring, api: FakeXApi, clock: ManualClock
) -> None:
    api.access = "read-write"
    assert findings(whole, clock)["x account"] is Level.FAIL


def test_another_account_than_the_municipality_s_is_told(whole: Settings, kept: Keyring, clock: ManualClock) -> None:
    assert findings(whole, clock, "BaskaBelediye")["x"] is Level.WARN


def test_the_month_s_budget_warns_before_it_is_used_up(
    whole: Settings, kept: Keyring, clock: ManualClock, uows: UnitOfWorkFactory
) -> None:
    reads = Reads(uows, US["id"], 1000)
    reads.count(NOW, posts=800)
    assert findings(whole, clock)["x budget"] is Level.WARN
    reads.count(NOW, posts=200)
    assert findings(whole, clock)["x budget"] is Level.FAIL


def test_nothing_of_the_keys_is_kept_readable(kept: Keyring, uows: UnitOfWorkFactory) -> None:
    with uows() as uow:
        sealed = uow.credentials.get("x")
    assert sealed is not None
    with pytest.raises(ValueError):
        json.loads(sealed)
    assert KEYS.token not in sealed
