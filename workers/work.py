"""What a worker has at hand: the database, a replica of the model, and one drain a topic."""

import threading
from typing import Protocol

from sqlalchemy import Engine

from service.clock import now
from service.db.session import unit_of_work
from service.digests.delivering import Delivery
from service.digests.preparing import prepare_due
from service.digests.repository import anything_due
from service.health.heartbeat_repository import WORKER
from service.outbox.announcing import DELIVERY, TOPICS
from service.outbox.sweeping import begin_day, topics_waiting
from service.rules.lifecycle import keep_to_calendar
from service.settings import Settings
from workers.coalescing_runner import CoalescingRunner
from workers.heartbeat import HEARTBEAT_SECONDS, Heartbeat
from workers.mail.sending import MailSender
from workers.wake_ups import WakeUps


class Rematch(Protocol):
    """Whatever rematches everything that waits when it is called."""

    def __call__(self) -> object:
        """Do it, and return when it is done."""

    def stop(self) -> None:
        """Leave what is unfinished to others."""


class WorkerDuties:
    """The work of one process. ``stopping`` makes it leave what is unfinished to others."""

    def __init__(self, settings: Settings, engine: Engine, wake_up: WakeUps, rematch: Rematch) -> None:
        self.engine, self._wake_up = engine, wake_up
        self.stopping = threading.Event()
        self._rematch = rematch
        self.rematch = CoalescingRunner(self._rematch_and_tell)
        self._delivery = Delivery(engine, MailSender(settings), stopping=self.stopping)
        self.deliver = CoalescingRunner(self._make_and_send)
        self._heart = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Let others see that this worker lives."""
        self._heart.start()

    def stop(self) -> None:
        """Leave what is unfinished to others."""
        self.stopping.set()
        self._rematch.stop()

    def _rematch_and_tell(self) -> None:
        self._rematch()
        self._wake_up(DELIVERY)

    def _make_and_send(self) -> None:
        prepare_due(self.engine, now(), self.stopping.is_set)
        self._delivery.run_waiting()

    def catch_up(self) -> None:
        """Wake up for what was left lying while nobody was at work."""
        for topic in TOPICS:
            self._wake_up(topic)

    def sweep(self) -> None:
        """Find what was lost on the way, and wake whoever does it."""
        with unit_of_work(self.engine) as session:
            keep_to_calendar(session, now())
            begin_day(session, now())
            waiting = [*topics_waiting(session, now()), *([DELIVERY] if anything_due(session, now()) else [])]
        for topic in waiting:
            self._wake_up(topic)

    def _beat(self) -> None:
        show_life = Heartbeat(self.engine, WORKER)
        while not self.stopping.is_set():
            show_life()
            self.stopping.wait(HEARTBEAT_SECONDS)
