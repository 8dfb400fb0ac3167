"""Figures of the digests for Prometheus, read from the database."""

from collections.abc import Iterator
from datetime import datetime
from typing import get_args

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlmodel import Session

from service.digests import repository as digests
from service.digests.delivering import Cause
from service.health.metrics import DatabaseMetrics, seconds_since


class DigestMetrics(DatabaseMetrics):
    """What is queued, what was sent, what failed and why."""

    def read(self, session: Session, now: datetime) -> Iterator[Metric]:
        """Of all digests."""
        counts = digests.counts(session)

        def total(state: str) -> int:
            return sum(count for (found, _), count in counts.items() if found == state)

        yield GaugeMetricFamily("passerelle_digests_queued", "Digests that wait.", total("waiting"))
        yield CounterMetricFamily("passerelle_digests_sent", "Digests that were sent.", total("sent"))
        yield CounterMetricFamily(
            "passerelle_digests_dropped", "Digests that had nothing left to say.", total("dropped")
        )
        failed = CounterMetricFamily(
            "passerelle_digests_failed", "Digests that failed for good, by class.", labels=["class"]
        )
        put_off = GaugeMetricFamily(
            "passerelle_digests_put_off",
            "Waiting digests that have failed before, by class.",
            labels=["class"],
        )
        # Zeros are exported too: Prometheus does not see a counter that first appears at 1 as an increase.
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
            seconds_since(digests.oldest_due(session, now), now),
        )
