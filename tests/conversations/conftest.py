"""Plays scenarios through the dialogue engine with the model in use, which is loaded once a run."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.config import load_settings
from bot.errors import ConfigError
from bot.nlu.chosen import model_in_use
from bot.ports import DialogueEngine
from bot.rehearsal.replay import Outcome, Player
from bot.rehearsal.stage import Stage
from tests.support import selcuklu

Play = Callable[[dict[str, Any]], Outcome]


@pytest.fixture(scope="session")
def dialogue_engine() -> DialogueEngine:
    """Skips where there is no model; one that doesn't load is an error."""
    settings = load_settings()
    try:
        model_in_use(settings.models)
    except ConfigError as error:
        pytest.skip(f"no trained model: {error}")
    # imported here because Rasa takes half a minute, and only these tests need it
    bootstrap = importlib.import_module("bot.bootstrap.dialogue")
    engine: DialogueEngine = bootstrap.load_engine(settings)
    return engine


@pytest.fixture(scope="session")
def find_information() -> Callable[[str], Any]:
    """Answers from the example municipality's entries."""
    module = importlib.import_module("bot.nlu.information")
    find: Callable[[str], Any] = module.InformationFinder(selcuklu().information).find
    return find


@pytest.fixture
def play(dialogue_engine: DialogueEngine, find_information: Callable[[str], Any], tmp_path: Path) -> Play:
    """Plays a scenario on a stage of its own."""

    def played(scenario: dict[str, Any]) -> Outcome:
        stage = Stage.at(
            tmp_path / f"{scenario['id']}.db", dialogue_engine, selcuklu(), find_information=find_information
        )
        try:
            return asyncio.run(Player(scenario, stage).play())
        finally:
            stage.database.engine.dispose()

    return played
