"""Sends wake-ups from a thread of its own, so that no request ever waits for the broker."""

import threading

import structlog
from celery import Celery

from workers.app import wake

LOG = structlog.stdlib.get_logger("passerelle.wake_ups")


class WakeUps:
    """Called with a topic, it sends its wake-up soon; calls that come meanwhile are one wake-up."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._topics: dict[str, None] = {}
        self._changed = threading.Condition()
        self._ending = False
        self._thread = threading.Thread(target=self._run, name="wake-ups", daemon=True)
        self._thread.start()

    def __call__(self, topic: str) -> None:
        with self._changed:
            self._topics[topic] = None
            self._changed.notify()

    def stop(self) -> None:
        """Send no more; what was not sent is found by the sweep."""
        with self._changed:
            self._ending = True
            self._changed.notify()
        self._thread.join(timeout=1)

    def _run(self) -> None:
        while (topics := self._next()) is not None:
            for topic in topics:
                self._send(topic)

    def _next(self) -> list[str] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._topics or self._ending)
            topics, self._topics = list(self._topics), {}
            return None if self._ending else topics

    def _send(self, topic: str) -> None:
        try:
            wake(self._app, topic)
        except Exception as error:  # whatever a broker's client raises, the sweep will do
            LOG.warning("no wake-up could be sent", topic=topic, error=type(error).__name__)
