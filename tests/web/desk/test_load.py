"""The made-up year holds together, the desk pages through it, and no page asks more of the database for more rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import event, func, select
from starlette.testclient import TestClient

from bot.db.engine import make_engine
from bot.db.mapping import metadata
from bot.db.tables import history, messages, requests
from bot.domain.staff import Role
from bot.rehearsal.desk_load import PAGES, Answered
from bot.rehearsal.desk_town import Size, Town
from tests.web.desk.office import StaffBrowser, enroll, file_request
from tests.web.stage import Stage

SMALL = Size(requests=300, messages=600, citizens=50, items=160, failures=5)


@contextmanager
def queries(stage: Stage) -> Iterator[list[str]]:
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        asked.append(statement)

    event.listen(stage.engine, "before_cursor_execute", note)
    yield asked
    event.remove(stage.engine, "before_cursor_execute", note)


def filled(stage: Stage, size: Size = SMALL) -> Stage:
    Town(stage.municipality, stage.clock.now(), size).fill(stage.engine)
    return stage


def test_the_year_holds_together_and_goes_on(both: Stage) -> None:
    filled(both)
    with both.reads() as uow:
        said = uow.session.scalar(select(func.count()).select_from(messages))
        without = select(func.count()).where(requests.c.id.not_in(select(history.c.request_id)))
        assert said == SMALL.messages and uow.session.scalar(without) == 0
    assert file_request(both).tracking_no == f"SLC-2026-{SMALL.requests + 1:06d}"


def test_every_measured_page_answers_on_both_databases(both: Stage) -> None:
    filled(both)
    with TestClient(both.app()) as client:
        seda = StaffBrowser(both, client, enroll(both, Role.SUPERVISOR))
        seda.log_in()
        for paths in PAGES.values():
            for path in paths:
                assert (
                    seda.get(path.replace("{number}", "SLC-2026-000290").replace("{item}", "120")).status_code == 200
                ), path


@pytest.mark.parametrize("name", ["table", "board", "detail", "conversation", "map data", "queue"])
def test_more_rows_ask_no_more_queries(tmp_path: Any, name: str) -> None:
    """No page asks once a row."""
    path, counts = PAGES[name][0], []
    for number in (40, 400):
        engine = make_engine(f"sqlite:///{tmp_path / str(number)}.db")
        metadata.create_all(engine)
        size = Size(requests=number, messages=number, citizens=20, items=150 + number // 4, failures=1)
        address = path.replace("{number}", f"SLC-2026-{number - 1:06d}").replace("{item}", str(size.items - 1))
        stage = filled(Stage(engine, tmp_path), size)
        with TestClient(stage.app()) as client:
            seda = StaffBrowser(stage, client, enroll(stage, Role.SUPERVISOR))
            seda.log_in()
            seda.get("/masa/hesabim")
            with queries(stage) as asked:
                assert seda.get(address).status_code == 200
            counts.append(len(asked))
        engine.dispose()
    assert counts[1] <= counts[0] + 1 and counts[0] > 1, counts


def test_what_was_not_answered_in_time_or_at_all_is_not_good() -> None:
    assert Answered(100, 20.0, 199.0, 400.0, 0).good
    assert not Answered(100, 20.0, 200.0, 400.0, 0).good
    assert not Answered(100, 20.0, 50.0, 60.0, 1).good
    assert not Answered(0, 0.0, 0.0, 0.0, 0).good
