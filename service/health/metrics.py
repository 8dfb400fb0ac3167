"""``GET /metrics``: figures for Prometheus. What workers did is read from the database, so that any process can tell."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlmodel import Session

from service.clock import now
from service.db.session import reading
from service.health.heartbeat_repository import SCHEDULER, WORKER, last_heartbeat
from service.health.measurement_repository import measurements
from service.outbox import repository as outbox


class DatabaseMetrics(Collector, ABC):
    """Figures that are read from the database whenever they are asked for."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the database may not be there yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        with reading(self._engine) as session:
            yield from self.read(session, now())

    @abstractmethod
    def read(self, session: Session, now: datetime) -> Iterator[Metric]:
        """The figures at a moment."""


class BackgroundWork(DatabaseMetrics):
    """What is still to be done, how long work takes, and who is at work."""

    def read(self, session: Session, now: datetime) -> Iterator[Metric]:
        """Of the outbox, of what was measured, and of the processes."""
        yield from _outbox(session, now)
        yield from _durations(session)
        yield from _heartbeats(session, now)


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    count, oldest = outbox.waiting(session)
    yield GaugeMetricFamily("passerelle_outbox_rows", "What is still to be done.", count)
    yield GaugeMetricFamily(
        "passerelle_outbox_oldest_seconds",
        "The age of the oldest row of the outbox.",
        seconds_since(oldest, now),
    )


def _durations(session: Session) -> Iterator[Metric]:
    measured = measurements(session)
    for name, said in (
        ("rematch", "How long rematching took."),
        ("digest_sent", "How long sending a digest took."),
    ):
        found = measured.get(name)
        yield SummaryMetricFamily(
            f"passerelle_{name}_seconds", said,
            count_value=found.times if found else 0, sum_value=found.seconds if found else 0,
        )  # fmt: skip
        yield GaugeMetricFamily(
            f"passerelle_{name}_last_seconds", f"{said} The last time.", found.last_seconds if found else 0
        )


def _heartbeats(session: Session, now: datetime) -> Iterator[Metric]:
    silent = GaugeMetricFamily(
        "passerelle_silent_seconds", "Since when nothing was heard of a role.", labels=["role"]
    )
    for role in (WORKER, SCHEDULER):
        seen = last_heartbeat(session, role)
        if seen is not None:
            silent.add_metric([role], seconds_since(seen, now))
    yield silent


def seconds_since(since: datetime | None, now: datetime) -> float:
    """The age of something in seconds; 0 where there is nothing."""
    return max(0.0, (now - since).total_seconds()) if since else 0.0
