"""`hizmet`: errors are one clear line with exit status 2, nothing is lost by them."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from bot.config import ROOT


def hizmet(home: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HIZMET_")}
    environment |= {"HIZMET_HOME": str(home), **{f"HIZMET_{name.upper()}": value for name, value in settings.items()}}
    command = [sys.executable, "-m", "bot.cli", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr.strip().splitlines()[-1]


def test_requests_are_listed_from_a_migrated_database(tmp_path: Path) -> None:
    assert hizmet(tmp_path, "db", "upgrade").returncode == 0
    assert hizmet(tmp_path, "requests", "list", "--json").returncode == 0


def test_a_database_without_tables_says_what_to_do(tmp_path: Path) -> None:
    assert "hizmet db upgrade" in last_line(hizmet(tmp_path, "requests", "list"))


def test_an_unknown_request_is_told(tmp_path: Path) -> None:
    hizmet(tmp_path, "db", "upgrade")
    assert "request_not_found" in last_line(hizmet(tmp_path, "requests", "resolve", "SLC-2026-000001"))


def test_a_database_address_of_another_kind_is_told(tmp_path: Path) -> None:
    assert "mysql is not supported" in last_line(hizmet(tmp_path, "requests", "list", database="mysql://x/y"))


def test_a_missing_municipality_file_is_told_with_its_path(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.yml")
    assert missing in last_line(hizmet(tmp_path, "run", "--roles", "web", municipality=missing))


def test_a_port_in_use_is_told_with_the_setting(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        line = last_line(hizmet(tmp_path, "run", "--roles", "web", port=port))
    assert port in line
    assert "HIZMET_PORT" in line


def test_a_run_without_a_model_says_how_to_train(tmp_path: Path) -> None:
    line = last_line(hizmet(tmp_path, "run", "--roles", "dialogue", models=str(tmp_path / "models")))
    assert "hizmet train" in line


@pytest.mark.parametrize(("name", "value"), [("port", "many"), ("gather_seconds", "soon")])
def test_a_setting_that_is_no_number_is_told_by_name(tmp_path: Path, name: str, value: str) -> None:
    assert f"HIZMET_{name.upper()}" in last_line(hizmet(tmp_path, "requests", "list", **{name: value}))


def test_an_unknown_role_is_told(tmp_path: Path) -> None:
    assert "unknown role" in last_line(hizmet(tmp_path, "run", "--roles", "cooking"))
