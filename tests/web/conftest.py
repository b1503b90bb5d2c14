"""The stage on a SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from bot.db.engine import make_engine
from tests.web.stage import Stage


@pytest.fixture
def stage(sqlite_url: str, tmp_path: Path) -> Iterator[Stage]:
    engine = make_engine(sqlite_url)
    yield Stage(engine, tmp_path)
    engine.dispose()


@pytest.fixture
def browser(stage: Stage) -> Iterator[TestClient]:
    """A browser that has opened the page and so has its cookie."""
    with TestClient(stage.app()) as client:
        assert client.get("/").status_code == 200
        yield client
