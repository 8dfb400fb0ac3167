"""The tasks, by name. Each only wakes the drain that does the work."""

from celery import Celery

from service.outbox.announcing import DELIVERY, REMATCH
from workers.app import task_name
from workers.schedule import SWEEP
from workers.work import WorkerDuties


def register_tasks(app: Celery, work: WorkerDuties) -> None:
    """Give an application its tasks."""

    @app.task(name=task_name(REMATCH), ignore_result=True, shared=False)
    def rematch() -> None:
        work.rematch()

    @app.task(name=task_name(DELIVERY), ignore_result=True, shared=False)
    def deliver() -> None:
        work.deliver()

    @app.task(name=task_name(SWEEP), ignore_result=True, shared=False)
    def sweep() -> None:
        work.sweep()
