"""The tasks, by name. Each only wakes the drain that does the work."""

from collections.abc import Callable

from celery import Celery
from sqlalchemy.exc import DBAPIError

from service.db.faults import log_refusal
from service.outbox.announcing import DELIVERY, REMATCH
from workers.app import task_name
from workers.schedule import SWEEP
from workers.work import WorkerDuties


def register_tasks(app: Celery, work: WorkerDuties) -> None:
    """Give an application its tasks."""

    @app.task(name=task_name(REMATCH), ignore_result=True, shared=False)
    def rematch() -> None:
        _do(work.rematch)

    @app.task(name=task_name(DELIVERY), ignore_result=True, shared=False)
    def deliver() -> None:
        _do(work.deliver)

    @app.task(name=task_name(SWEEP), ignore_result=True, shared=False)
    def sweep() -> None:
        _do(work.sweep)


def _do(work: Callable[[], None]) -> None:
    """Do what waits; where the storage fails, the next sweep finds what is left."""
    try:
        work()
    except DBAPIError as error:
        log_refusal("passerelle.worker", "what waits is left for the next sweep", error)
