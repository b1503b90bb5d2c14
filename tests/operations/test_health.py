"""/health/ready and /metrics over both databases."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.clock import ManualClock
from bot.config import Settings, load_settings
from bot.db.engine import make_engine
from bot.db.migrate import upgrade
from bot.db.unit_of_work import SqlUnitOfWork
from bot.domain.conversation import ReviewItem, ReviewReason
from bot.domain.messages import EventKind, IncomingEvent, OutboxKind, OutboxRow, OutboxState
from bot.operations.health import HEARTBEAT, operations_routes, readiness
from bot.operations.meter import LEASE, TurnMeter
from bot.service.receiving import Receiver

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({"HIZMET_HOME": str(tmp_path)}, root=tmp_path)


@pytest.fixture
def migrated(empty_url: str) -> Iterator[Engine]:
    upgrade(empty_url)
    engine = make_engine(empty_url)
    yield engine
    engine.dispose()


def client_of(settings: Settings, engine: Engine, address: str = "127.0.0.1") -> TestClient:
    app = Starlette(routes=list(operations_routes(settings, engine, ManualClock(NOW))))
    return TestClient(app, client=(address, 5000))


def beat(engine: Engine, at: datetime) -> None:
    with SqlUnitOfWork(engine) as uow:
        uow.leases.take(f"{HEARTBEAT}0", "1", at, 15)
        uow.commit()


def test_ready_needs_database_migrations_and_a_fresh_heartbeat(migrated: Engine, settings: Settings) -> None:
    client = client_of(settings, migrated)
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json() == {"ready": False, "database": True, "migrated": True, "dialogue": False}
    beat(migrated, NOW)
    assert client.get("/health/ready").status_code == 200


def test_an_old_heartbeat_is_none(migrated: Engine) -> None:
    beat(migrated, NOW)
    assert readiness(migrated, NOW + timedelta(seconds=14)).dialogue
    assert not readiness(migrated, NOW + timedelta(seconds=16)).dialogue


def test_a_database_without_tables_is_not_ready(empty_url: str, settings: Settings) -> None:
    engine = make_engine(empty_url)
    assert client_of(settings, engine).get("/health/ready").json()["migrated"] is False
    engine.dispose()


def test_a_database_that_is_away_gives_503_and_metrics_that_say_so(settings: Settings) -> None:
    engine = make_engine("postgresql://nobody@127.0.0.1:1/none", pooled=False)
    client = client_of(settings, engine)
    assert client.get("/health/ready").status_code == 503
    assert "hizmet_database_up 0.0" in client.get("/metrics").text


def test_metrics_tell_of_waiting_messages_outcomes_escalations_and_turns(migrated: Engine, settings: Settings) -> None:
    event = IncomingEvent("telegram", "1", "5", "5", EventKind.COMMAND, NOW, text="Ayşe Yılmaz", address={"chat": 5})
    Receiver(lambda: SqlUnitOfWork(migrated), ManualClock(NOW - timedelta(seconds=30)), 2.0).receive(event)
    meter = TurnMeter()
    meter.turn(worked=0.012, waited=0.4, messages=1, replies=2)
    meter.turn(worked=60.0, waited=0.4, messages=1, replies=2)
    with SqlUnitOfWork(migrated) as uow:
        for key, state in (("a", OutboxState.PENDING), ("b", OutboxState.SENT), ("c", OutboxState.FAILED)):
            earlier = NOW - timedelta(seconds=12)
            uow.outbox.add(OutboxRow(key, OutboxKind.ALERT, "alert", {"text": "Ayşe"}, state, earlier, earlier))
        uow.reviews.add(ReviewItem(ReviewReason.URGENT, NOW, urgent=True, summary="Ayşe"))
        uow.leases.set_value(f"{LEASE}0", meter.state())
        uow.leases.set_value(f"{LEASE}1", "no json")
        uow.commit()
    beat(migrated, NOW)
    text = client_of(settings, migrated).get("/metrics").text
    for line in (
        "hizmet_database_up 1.0",
        "hizmet_inbox_lag_seconds 30.0",
        'hizmet_inbox_waiting{channel="telegram",state="ready"} 1.0',
        "hizmet_outbox_age_seconds 12.0",
        'hizmet_outbox_waiting{channel="alert",state="pending"} 1.0',
        'hizmet_delivery_recent{channel="alert",state="sent"} 1.0',
        'hizmet_delivery_recent{channel="alert",state="failed"} 1.0',
        'hizmet_escalations_total{reason="urgent"} 1.0',
        'hizmet_review_open{urgent="true"} 1.0',
        'hizmet_turns_total{worker="0"} 2.0',
        'hizmet_turn_seconds_bucket{le="0.02",worker="0"} 1.0',
        'hizmet_turn_seconds_bucket{le="+Inf",worker="0"} 2.0',
        'hizmet_process_alive{process="dialogue:0"} 1.0',
    ):
        assert line in text
    assert "Ayşe" not in text


@pytest.mark.parametrize(
    ("token", "address", "header", "status"),
    [
        (None, "127.0.0.1", "", 200),
        (None, "::1", "", 200),
        (None, "10.0.0.7", "", 404),
        ("s3cret-token", "10.0.0.7", "Bearer s3cret-token", 200),
        ("s3cret-token", "127.0.0.1", "Bearer other", 404),
        ("s3cret-token", "127.0.0.1", "", 404),
    ],
)
def test_metrics_are_for_this_machine_or_for_who_has_the_token(
    settings: Settings, sqlite_url: str, token: str | None, address: str, header: str, status: int
) -> None:
    engine = make_engine(sqlite_url)
    client = client_of(replace(settings, metrics_token=token), engine, address)
    assert client.get("/metrics", headers={"authorization": header}).status_code == status
    engine.dispose()


def test_a_meter_is_read_back_as_it_was_written() -> None:
    meter = TurnMeter()
    meter.turn(0.3, 0.1, 2, 1)
    assert TurnMeter.of(meter.state()) == meter


@pytest.mark.parametrize(
    "state", ["", "[]", "{}", '{"worked": {"counts": [1]}, "waited": {}, "messages": 0, "replies": 0}']
)
def test_what_is_no_meter_is_refused(state: str) -> None:
    with pytest.raises(ValueError):
        TurnMeter.of(state)
