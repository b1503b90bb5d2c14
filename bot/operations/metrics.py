"""Prometheus metrics, read from the database when they are asked for. Nothing personal: states, channels, codes.

Rows that wait are counted exactly (the partial indexes hold only them); outcomes are those of the last RECENT rows, so
that a scrape costs the same after years.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.registry import Collector
from sqlalchemy import Connection, Engine, Table, func, select
from sqlalchemy.exc import SQLAlchemyError

from bot.channels.x.budget import READS, parse_spent
from bot.db.queues import UNREAD, UNSENT
from bot.db.tables import inbox, leases, outbox, review_items
from bot.operations.meter import LEASE, Histogram, TurnMeter
from bot.ports import Clock

log = logging.getLogger(__name__)
RECENT = 10_000


class DatabaseCollector(Collector):
    """Asks the database at each scrape; where it is away, only `hizmet_database_up 0` is told."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self._engine = engine
        self._clock = clock

    def describe(self) -> Iterable[Metric]:
        """Nothing is asked of the database when the collector is registered."""
        return ()

    def collect(self) -> Iterable[Metric]:
        up = GaugeMetricFamily("hizmet_database_up", "1 where the database answers")
        try:
            with self._engine.execution_options(write=False).connect() as connection:
                found = list(_everything(connection, self._clock.now()))
        except SQLAlchemyError as error:
            log.warning("metrics without database", extra={"cause": type(error).__name__})
            found = []
        up.add_metric([], 1 if found else 0)
        yield up
        yield from found


def make_registry(engine: Engine, clock: Clock) -> CollectorRegistry:
    """A registry of its own: what libraries register globally stays out."""
    registry = CollectorRegistry()
    registry.register(DatabaseCollector(engine, clock))
    ProcessCollector(namespace="hizmet", registry=registry)
    PlatformCollector(registry=registry)
    return registry


def _everything(connection: Connection, now: datetime) -> Iterator[Metric]:
    yield from _inbox(connection, now)
    yield from _outbox(connection, now)
    yield from _people(connection)
    yield from _turns(connection, now)
    yield from _x(connection, now)


def _x(connection: Connection, now: datetime) -> Iterator[Metric]:
    """What the X account read in this month."""
    read = GaugeMetricFamily("hizmet_x_read", "Read from X in this month", labels=["what"])
    left = GaugeMetricFamily("hizmet_x_posts_left", "Posts that the plan lets us read in the rest of the month")
    rows = select(leases.c.value).where(leases.c.name.startswith(READS), leases.c.value.is_not(None))
    for value in connection.scalars(rows):
        spent = parse_spent(value, now)
        for what in ("posts", "messages", "requests"):
            read.add_metric([what], getattr(spent, what))
        left.add_metric([], max(0, spent.plan - spent.posts))
    yield from (read, left)


def _inbox(connection: Connection, now: datetime) -> Iterator[Metric]:
    lag = GaugeMetricFamily("hizmet_inbox_lag_seconds", "How long the oldest due message waits")
    oldest = select(func.min(inbox.c.ready_at)).where(UNREAD, inbox.c.ready_at <= now)
    lag.add_metric([], _age(connection.scalar(oldest), now))
    yield lag
    waiting = GaugeMetricFamily("hizmet_inbox_waiting", "Messages not yet handled", labels=["channel", "state"])
    query = select(inbox.c.channel, inbox.c.state, func.count()).where(UNREAD)
    for channel, state, number in connection.execute(query.group_by(inbox.c.channel, inbox.c.state)):
        waiting.add_metric([channel, state], number)
    yield waiting
    yield _recent(connection, inbox, "hizmet_inbox_recent", f"States of the last {RECENT} messages received")


def _outbox(connection: Connection, now: datetime) -> Iterator[Metric]:
    age = GaugeMetricFamily("hizmet_outbox_age_seconds", "How long the oldest message that may be sent waits")
    oldest = select(func.min(outbox.c.not_before)).where(UNSENT, outbox.c.not_before <= now)
    age.add_metric([], _age(connection.scalar(oldest), now))
    yield age
    waiting = GaugeMetricFamily("hizmet_outbox_waiting", "Messages not yet sent", labels=["channel", "state"])
    query = select(outbox.c.channel, outbox.c.state, func.count()).where(UNSENT)
    for channel, state, number in connection.execute(query.group_by(outbox.c.channel, outbox.c.state)):
        waiting.add_metric([channel, state], number)
    yield waiting
    yield _recent(connection, outbox, "hizmet_delivery_recent", f"Outcomes of the last {RECENT} messages to send")


def _people(connection: Connection) -> Iterator[Metric]:
    escalations = CounterMetricFamily("hizmet_escalations", "Review items by reason", labels=["reason"])
    query = select(review_items.c.reason, func.count()).group_by(review_items.c.reason)
    for reason, number in connection.execute(query):
        escalations.add_metric([reason], number)
    yield escalations
    open_items = GaugeMetricFamily("hizmet_review_open", "Review items not yet closed", labels=["urgent"])
    query_open = select(review_items.c.urgent, func.count()).where(review_items.c.state != "closed")
    for urgent, number in connection.execute(query_open.group_by(review_items.c.urgent)):
        open_items.add_metric([str(bool(urgent)).lower()], number)
    yield open_items


def _turns(connection: Connection, now: datetime) -> Iterator[Metric]:
    alive = GaugeMetricFamily("hizmet_process_alive", "1 where the process's heartbeat is fresh", labels=["process"])
    beats = select(leases.c.name, leases.c.until).where(leases.c.name.startswith("heartbeat:"))
    for name, until in connection.execute(beats):
        alive.add_metric([name.removeprefix("heartbeat:")], float(until is not None and until > now))
    yield alive
    turns = CounterMetricFamily("hizmet_turns", "Turns since the process started", labels=["worker"])
    worked = HistogramMetricFamily("hizmet_turn_seconds", "Time of a turn", labels=["worker"])
    waited = HistogramMetricFamily("hizmet_turn_wait_seconds", "From 'may begin' to commit", labels=["worker"])
    for name, state in connection.execute(
        select(leases.c.name, leases.c.value).where(leases.c.name.startswith(LEASE), leases.c.value.is_not(None))
    ):
        try:
            meter = TurnMeter.of(state)
        except ValueError:
            continue
        worker = name.removeprefix(LEASE)
        turns.add_metric([worker], sum(meter.worked.counts))
        _add(worked, worker, meter.worked)
        _add(waited, worker, meter.waited)
    yield from (turns, worked, waited)


def _recent(connection: Connection, table: Table, name: str, text: str) -> Metric:
    family = GaugeMetricFamily(name, text, labels=["channel", "state"])
    newest = connection.scalar(select(func.max(table.c.id))) or 0
    query = select(table.c.channel, table.c.state, func.count()).where(table.c.id > newest - RECENT)
    for channel, state, number in connection.execute(query.group_by(table.c.channel, table.c.state)):
        family.add_metric([channel, state], number)
    return family


def _add(family: HistogramMetricFamily, worker: str, histogram: Histogram) -> None:
    family.add_metric([worker], histogram.cumulated(), histogram.total)


def _age(oldest: datetime | None, now: datetime) -> float:
    return 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
