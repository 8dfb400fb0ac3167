"""``GET /metrics``: figures for Prometheus. What workers did is read from the database, so that any process can tell."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric, SummaryMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlmodel import Session

from service.clock import now
from service.db.session import reading
from service.digests import repository as digests
from service.digests.delivering import Cause
from service.heartbeats import SCHEDULER, WORKER, last_heartbeat
from service.measurements import measurements
from service.outbox import repository as outbox


class BackgroundWork(Collector):
    """What is queued, what was sent, what failed and why, and how long it takes."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def describe(self) -> Iterable[Metric]:
        """Nothing beforehand: the database may not be there yet."""
        return ()

    def collect(self) -> Iterator[Metric]:
        """The figures as they are now."""
        instant = now()
        with reading(self._engine) as session:
            yield from _digests(session, instant)
            yield from _outbox(session, instant)
            yield from _durations(session)
            yield from _heartbeats(session, instant)


def _digests(session: Session, now: datetime) -> Iterator[Metric]:
    counts = digests.counts(session)

    def total(state: str) -> int:
        return sum(count for (found, _), count in counts.items() if found == state)

    yield GaugeMetricFamily("passerelle_digests_queued", "Digests that wait.", total("waiting"))
    yield CounterMetricFamily("passerelle_digests_sent", "Digests that were sent.", total("sent"))
    yield CounterMetricFamily(
        "passerelle_digests_dropped", "Digests with nothing left to tell.", total("dropped")
    )
    failed = CounterMetricFamily(
        "passerelle_digests_failed", "Digests that failed for good, by class.", labels=["class"]
    )
    put_off = GaugeMetricFamily(
        "passerelle_digests_put_off", "Waiting digests that have failed before, by class.", labels=["class"]
    )
    # What never happened is told as well: a rise from nothing is not seen as one.
    for cause in get_args(Cause):
        failed.add_metric([cause], counts.get(("failed", cause), 0))
        put_off.add_metric([cause], counts.get(("waiting", cause), 0))
    yield failed
    yield put_off
    yield CounterMetricFamily(
        "passerelle_digests_perhaps_twice",
        "Digests that may have arrived twice.",
        digests.perhaps_twice(session),
    )
    yield GaugeMetricFamily(
        "passerelle_digest_oldest_due_seconds",
        "For how long the oldest digest that is due has been due.",
        _age(digests.oldest_due(session, now), now),
    )


def _outbox(session: Session, now: datetime) -> Iterator[Metric]:
    count, oldest = outbox.waiting(session)
    yield GaugeMetricFamily("passerelle_outbox_rows", "What is still to be done.", count)
    yield GaugeMetricFamily(
        "passerelle_outbox_oldest_seconds", "The age of the oldest row of the outbox.", _age(oldest, now)
    )


def _durations(session: Session) -> Iterator[Metric]:
    measured = measurements(session)
    for name, said in (
        ("rematch", "How long making suggestions anew took."),
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
            silent.add_metric([role], _age(seen, now))
    yield silent


def _age(since: datetime | None, now: datetime) -> float:
    return max(0.0, (now - since).total_seconds()) if since else 0.0
