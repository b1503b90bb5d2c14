"""The X account's reads among the metrics."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from prometheus_client import generate_latest
from sqlalchemy import Engine

from bot.channels.x.budget import Reads
from bot.clock import ManualClock
from bot.operations.metrics import make_registry
from bot.ports import UnitOfWorkFactory

NOW = datetime(2026, 6, 8, 9, 0, tzinfo=UTC)


def test_the_month_s_reads_and_what_is_left_are_told(engine: Engine, uows: UnitOfWorkFactory) -> None:
    clock = ManualClock(NOW)
    Reads(uows, "4242", 1000).count(NOW, posts=120, messages=3)
    shown = generate_latest(make_registry(engine, clock)).decode()
    assert 'hizmet_x_read{what="posts"} 120.0' in shown
    assert 'hizmet_x_read{what="messages"} 3.0' in shown
    assert "hizmet_x_posts_left 880.0" in shown
    clock.advance(timedelta(days=30))
    shown = generate_latest(make_registry(engine, clock)).decode()
    assert "hizmet_x_posts_left 1000.0" in shown
