"""How long requests took, as Prometheus reads it."""

from prometheus_client import CollectorRegistry, Histogram

BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)


class RequestTimes:
    """How long requests took, by method, route and status; counted in this process."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._times = Histogram(
            "passerelle_request_seconds",
            "How long requests took.",
            ("method", "route", "status"),
            registry=registry,
            buckets=BUCKETS,
        )

    def count(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one request."""
        self._times.labels(method, route, str(status)).observe(seconds)
