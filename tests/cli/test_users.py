"""`hizmet users` and `hizmet audit`: people and keys from the terminal, and the chain of what was done."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.cli import app
from bot.errors import HizmetError


@dataclass
class Done:
    returncode: int
    stdout: str
    error: str


def hizmet(home: Path, *arguments: str, **settings: str) -> Done:
    """The command in this process: starting Python for each call would take most of the time."""
    environment = {"HIZMET_HOME": str(home)} | {f"HIZMET_{name.upper()}": value for name, value in settings.items()}
    result = CliRunner().invoke(app, list(arguments), env=environment)
    assert result.exception is None or isinstance(result.exception, HizmetError | SystemExit), result.exception
    return Done(result.exit_code, result.stdout, str(result.exception or ""))


def error_of(done: Done) -> str:
    assert done.returncode != 0
    return done.error


@pytest.fixture
def home(tmp_path: Path) -> Path:
    assert hizmet(tmp_path, "db", "upgrade").returncode == 0
    return tmp_path


def _drop_triggers(database: sqlite3.Connection) -> None:
    named = database.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'audit'").fetchall()
    assert named, "the audit is append-only by a trigger"
    for (name,) in named:
        database.execute(f"DROP TRIGGER {name}")


def test_people_are_invited_added_and_deactivated(home: Path) -> None:
    link = hizmet(home, "users", "setup-link", public_url="https://masa.selcuklu.example/")
    assert link.stdout.startswith("https://masa.selcuklu.example/masa/baglanti/")
    added = hizmet(home, "users", "add", "ayse", "--role", "administrator", "--password", "kavak yelleri eser")
    assert added.returncode == 0, added.error
    assert "there are people already" in error_of(hizmet(home, "users", "setup-link"))
    assert "unit_needed" in error_of(hizmet(home, "users", "invite", "--role", "unit_staff"))
    assert "/masa/baglanti/" in hizmet(home, "users", "invite", "--role", "unit_staff", "--unit", "parks").stdout
    assert "/masa/baglanti/" in hizmet(home, "users", "reset", "AYSE", "--codes").stdout
    assert "last_administrator" in error_of(hizmet(home, "users", "deactivate", "ayse"))
    (person,) = [json.loads(line) for line in hizmet(home, "users", "list", "--json").stdout.splitlines()]
    assert (person["username"], person["role"], person["active"]) == ("ayse", "administrator", True)


def test_a_key_is_printed_once(home: Path) -> None:
    made = hizmet(home, "users", "token", "park-takip", "--unit", "parks", "--write")
    assert made.stdout.startswith("hzm_")
    assert "token_taken" in error_of(hizmet(home, "users", "token", "park-takip"))


def test_the_chain_tells_the_first_row_that_was_changed(home: Path) -> None:
    for number in range(4):
        hizmet(home, "users", "token", f"key-{number}")
    whole = hizmet(home, "audit", "verify")
    assert whole.returncode == 0 and whole.stdout.startswith("4 rows, unbroken; head ")
    assert len(hizmet(home, "audit", "list", "--action", "token_", "--json").stdout.splitlines()) == 4
    with sqlite3.connect(home / "hizmet.db") as database:  # what only who owns the file can do
        _drop_triggers(database)
        database.execute("UPDATE audit SET actor = 'staff:nobody' WHERE id = 3")
    broken = hizmet(home, "audit", "verify")
    assert broken.returncode == 1 and "broken at row 3: the row was changed" in broken.stdout


def test_rows_that_were_cut_off_are_missed_by_a_head_that_was_kept(home: Path) -> None:
    for number in range(3):
        hizmet(home, "users", "token", f"key-{number}")
    head = hizmet(home, "audit", "verify").stdout.rsplit(maxsplit=1)[-1]
    with sqlite3.connect(home / "hizmet.db") as database:
        _drop_triggers(database)
        database.execute("DELETE FROM audit WHERE id = 3")
    assert hizmet(home, "audit", "verify").returncode == 0
    missed = hizmet(home, "audit", "verify", "--head", head)
    assert missed.returncode == 1 and "removed" in missed.stdout
