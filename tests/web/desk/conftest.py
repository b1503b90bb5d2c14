"""People who are logged in at the desk, on a SQLite file (`stage`) or on both databases (`both`), or in Chromium."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from sqlalchemy import Engine
from starlette.testclient import TestClient

from bot.domain.staff import Role
from tests.web.desk.office import StaffBrowser, enroll
from tests.web.desk.windows import Windows, started
from tests.web.stage import Stage, served

DeskClient = Callable[..., StaffBrowser]


@pytest.fixture
def both(engine: Engine, tmp_path: Path) -> Stage:
    """The stage, on SQLite and on PostgreSQL."""
    return Stage(engine, tmp_path)


@pytest.fixture
def desk_client(stage: Stage) -> Iterator[DeskClient]:
    """`desk_client(Role.REVIEWER)`, `desk_client(Role.UNIT_STAFF, "cleaning")`: a browser logged in by the form."""
    with ExitStack() as stack:

        def logged_in(role: Role, unit: str | None = None, on: Stage | None = None) -> StaffBrowser:
            place = on or stage
            client = stack.enter_context(TestClient(place.app()))
            browser = StaffBrowser(place, client, enroll(place, role, unit))
            assert browser.log_in().status_code == 303
            return browser

        yield logged_in


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with started() as browser:
        yield browser


@pytest.fixture
def windows(stage: Stage, chromium: Browser) -> Iterator[Windows]:
    """`windows.of(Role.REVIEWER)`: the window of somebody who is logged in, on the served stage."""
    with served(stage.app(time.monotonic)) as address:
        opened = Windows(chromium, stage, address)
        yield opened
        opened.close()
