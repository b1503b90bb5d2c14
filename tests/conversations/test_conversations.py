"""The project's own scenarios: each file of this folder is a theme."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from bot.rehearsal.replay import read_scenarios
from tests.conversations.conftest import Play
from tests.support import selcuklu

FILES = sorted(Path(__file__).parent.glob("*.yml"))
SCENARIOS = [scenario for path in FILES for scenario in read_scenarios(path)]
TURNS = {
    "user", "location", "photo", "voice", "sticker", "button", "staff", "wait",
    "as", "channel", "if_asked", "reply_include", "reply_exclude",
}  # fmt: skip
EXPECTATIONS = {
    "requests", "request", "any_order", "notified", "escalated", "max_bot_questions", "replies_include",
    "replies_exclude", "incident_reports",
}  # fmt: skip


def _wanted(scenario: dict[str, Any]) -> list[dict[str, Any]]:
    wanted = scenario["expect"].get("request", [])
    return wanted if isinstance(wanted, list) else [wanted]


def test_there_are_scenarios_and_each_is_well_formed() -> None:
    """Otherwise a misspelt key would be an expectation that nobody checks."""
    assert len(SCENARIOS) >= 60
    assert [name for name, count in Counter(s["id"] for s in SCENARIOS).items() if count > 1] == []
    municipality = selcuklu()
    for scenario in SCENARIOS:
        assert set(scenario) == {"id", "title", "channel", "turns", "expect"}, scenario["id"]
        assert set(scenario["expect"]) <= EXPECTATIONS, scenario["id"]
        for turn in scenario["turns"]:
            assert set(turn) <= TURNS, (scenario["id"], turn)
        for wanted in _wanted(scenario):
            assert wanted.get("service", "other") in municipality.services, (scenario["id"], wanted)
            assert wanted.get("neighbourhood", "Yazır") in municipality.neighbourhoods, (scenario["id"], wanted)


def test_the_scenarios_are_varied() -> None:
    wanted = [description for scenario in SCENARIOS for description in _wanted(scenario)]
    assert len({description.get("service") for description in wanted} - {None}) >= 30
    assert len({description.get("neighbourhood") for description in wanted} - {None}) >= 30
    assert {scenario["channel"] for scenario in SCENARIOS} == {"telegram", "web", "x_dm", "x_mention"}


@pytest.mark.model
@pytest.mark.xdist_group("model")
def test_nine_conversations_in_ten_end_as_the_citizen_may_expect(play: Play) -> None:
    """What fails is what the model does not understand yet; `hizmet replay tests/conversations/*.yml` tells which."""
    failed = [f"{outcome.id}: {outcome.failures}" for outcome in map(play, SCENARIOS) if not outcome.passed]
    assert len(failed) <= len(SCENARIOS) // 10, "\n".join(failed)
