"""SIGKILL at random moments: nothing lost, nothing filed twice, order kept, everybody answered; on both databases."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from bot.config import ROOT, load_settings
from bot.errors import ConfigError
from bot.nlu.chosen import model_in_use


def _killed(kills: int, seed: int) -> list[dict[str, object]]:
    try:
        model_in_use(load_settings().models)
    except ConfigError as error:
        pytest.skip(f"no model is trained: {error}")
    command = [sys.executable, "-m", "bot.rehearsal.killing", "--kills", str(kills), "--seed", str(seed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=1500, check=False)
    reports = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
    assert len(reports) == 2, done.stderr[-3000:]
    return reports


def _check(reports: list[dict[str, object]], kills: int) -> None:
    assert {report["database"] for report in reports} == {"sqlite", "postgresql"}
    for report in reports:
        assert report["broken"] == []
        assert report["kills"] == kills
        assert int(str(report["requests"])) > 0


@pytest.mark.model
@pytest.mark.xdist_group("kills")
def test_twenty_kills_lose_nothing_and_file_nothing_twice() -> None:
    _check(_killed(20, seed=3), 20)


@pytest.mark.soak
@pytest.mark.parametrize("seed", [11, 12])
def test_a_hundred_kills_lose_nothing_and_file_nothing_twice(seed: int) -> None:
    _check(_killed(100, seed), 100)
