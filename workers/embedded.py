"""Worker and scheduler as threads of the process that serves the pages: one machine, no server."""

import threading
import time
from types import TracebackType
from typing import Self

from celery import Celery
from celery.worker import WorkController, state

from service.db.engine import open_engine
from service.db.session import with_wake_ups
from service.outbox.announcing import DELIVERY
from service.settings import Settings
from workers.app import make_app
from workers.rematch_process import RematchProcess
from workers.schedule import Schedule
from workers.tasks import register_tasks
from workers.wake_ups import WakeUps
from workers.work import WorkerDuties

THREADS = 4
STOP_SECONDS = 2.0


def worker_of(app: Celery, threads: int = THREADS) -> WorkController:
    """A worker with threads: what it does is mostly waiting, and one replica of the model serves them all."""
    # The threads of the pool look up tasks in the application that all threads share.
    app.set_default()
    return WorkController(
        app=app,
        pool="threads",
        concurrency=threads,
        without_heartbeat=True,
        without_mingle=True,
        without_gossip=True,
    )


class EmbeddedWorker:
    """The background work of one process, from ``with`` to its end. ``wake_up`` is for those who store changes."""

    def __init__(self, settings: Settings) -> None:
        self._app = make_app(settings)
        self.wake_up = WakeUps(self._app)
        self._engine = with_wake_ups(open_engine(settings.database), self.wake_up)
        self._work = WorkerDuties(settings, self._engine, self.wake_up, RematchProcess(settings.database))
        register_tasks(self._app, self._work)
        self._worker = worker_of(self._app)
        self._schedule = Schedule(self._app, self._engine)
        self._thread = threading.Thread(target=self._worker.start, name="worker", daemon=True)

    def __enter__(self) -> Self:
        state.should_stop = None
        self._thread.start()
        self._schedule.start()
        self._work.start()
        self._work.catch_up()
        return self

    @property
    def is_busy(self) -> bool:
        """Whether something is still being done after the end: a mail server that keeps a mail waiting, say."""
        return self._thread.is_alive()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        end = time.monotonic() + STOP_SECONDS
        self._schedule.stop()
        self._work.stop()
        state.should_stop = 0  # type: ignore[assignment]  # an exit code, which the stubs do not know
        # The worker looks up when a message comes, and every other second: whoever stops it should not wait.
        self.wake_up(DELIVERY)
        self._schedule.goes_on(max(0.0, end - time.monotonic()))
        self._thread.join(max(0.0, end - time.monotonic()))
        self.wake_up.stop()
        state.should_stop = None
        self._engine.dispose()
