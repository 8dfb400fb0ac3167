"""A worker as a process of its own, from start to end."""

import signal
import threading
from types import FrameType

from celery.worker import state

from service.db.engine import open_engine
from service.db.session import with_wake_ups
from service.settings import Settings
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching
from workers.app import make_app
from workers.embedded import worker_of
from workers.tasks import register_tasks
from workers.wake_ups import WakeUps
from workers.work import WorkerDuties


def run_worker(settings: Settings, threads: int) -> None:
    """Work until SIGTERM or Ctrl-C; then end after the task at hand, which leaves what is unfinished to others."""
    app = make_app(settings)
    wake_up = WakeUps(app)
    engine = with_wake_ups(open_engine(settings.database), wake_up)
    work = WorkerDuties(settings, engine, wake_up, Rematching(engine, MatchIndex(engine)))
    register_tasks(app, work)
    worker = worker_of(app, threads)

    def end(_signal: int, _frame: FrameType | None) -> None:
        work.stop()
        state.should_stop = 0  # type: ignore[assignment]  # an exit code, which the stubs do not know

    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, end)
    work.start()
    # What was left lying while nobody was at work is found without waiting for the scheduler.
    threading.Thread(target=work.catch_up, name="catch-up", daemon=True).start()
    try:
        worker.start()
    finally:
        work.stop()
        wake_up.stop()
        engine.dispose()
