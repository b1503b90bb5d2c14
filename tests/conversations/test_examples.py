"""The acceptance examples that came with the task; they lie beside this repository, not in it."""

from __future__ import annotations

from typing import Any

import pytest

from bot.rehearsal.replay import read_scenarios
from tests.conversations.conftest import Play
from tests.support import SHARED

EXAMPLES = SHARED / "scenarios" / "examples.yml"
SCENARIOS = read_scenarios(EXAMPLES) if EXAMPLES.is_file() else []


@pytest.mark.skipif(not EXAMPLES.is_file(), reason=f"the examples are not here: {EXAMPLES}")
def test_there_are_examples() -> None:
    assert SCENARIOS


@pytest.mark.model
@pytest.mark.xdist_group("model")
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: str(scenario["id"]))
def test_example(scenario: dict[str, Any], play: Play) -> None:
    outcome = play(scenario)
    assert outcome.passed, "\n".join((scenario["title"], *outcome.failures))
