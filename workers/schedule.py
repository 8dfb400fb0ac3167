"""When the scheduler wakes the workers. Two schedulers do no harm: what they ask for is done once."""

import threading
from collections.abc import Callable
from functools import partial
from typing import Any

from celery import Celery
from celery.beat import Scheduler, Service
from sqlalchemy import Engine

from service.health.heartbeat_repository import SCHEDULER
from workers.app import task_name
from workers.heartbeat import Heartbeat

SWEEP = "sweep"
SWEEP_SECONDS = 10.0


class LivingScheduler(Scheduler):
    """Shows after each tick that it lives: one that hangs on a broker falls silent, whatever the workers do."""

    def __init__(self, *arguments: Any, show_life: Callable[[], None], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._show_life = show_life

    def tick(self, *arguments: Any, **options: Any) -> float:
        """Ask for what is due; seconds until it should be called again."""
        pause = super().tick(*arguments, **options)
        self._show_life()
        return pause


class Schedule:
    """The scheduler, which has the sweep asked for regularly: a thread, so that no signal interrupts what it does.

    Celery's own thread for this can only be stopped by waiting for it.
    """

    def __init__(self, app: Celery, engine: Engine) -> None:
        # A message that nobody took before the next one comes is worth nothing.
        app.conf.beat_schedule = {
            SWEEP: {
                "task": task_name(SWEEP),
                "schedule": SWEEP_SECONDS,
                "options": {"expires": SWEEP_SECONDS, "ignore_result": True},
            }
        }
        living = partial(LivingScheduler, show_life=Heartbeat(engine, SCHEDULER))
        self._service = Service(app, max_interval=1, scheduler_cls=living)  # type: ignore[arg-type]  # whatever makes one will do
        self._thread = threading.Thread(target=self._service.start, name="scheduler", daemon=True)

    def start(self) -> None:
        """Begin to ask."""
        self._thread.start()

    def goes_on(self, seconds: float) -> bool:
        """Whether it is still at work after a while."""
        self._thread.join(seconds)
        return self._thread.is_alive()

    def stop(self) -> None:
        """Ask nothing more; it ends within the second in which it looks up next."""
        self._service.stop()
