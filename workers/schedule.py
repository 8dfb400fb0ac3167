"""When the scheduler wakes the workers. Two schedulers do no harm: what they ask for is done once."""

from celery import Celery

from workers.app import task_name

SWEEP = "sweep"
SWEEP_SECONDS = 10.0


def set_schedule(app: Celery) -> None:
    """Have the sweep asked for regularly; a message that nobody took by then is worth nothing."""
    app.conf.beat_schedule = {
        SWEEP: {
            "task": task_name(SWEEP),
            "schedule": SWEEP_SECONDS,
            "options": {"expires": SWEEP_SECONDS, "ignore_result": True},
        }
    }
