"""``passerelle worker`` and ``passerelle beat``: the background work in processes of its own, for production."""

from typing import Annotated

import typer

from console.environment import Stopping, expect_current_database, expect_many_objects, fail, until_stopped
from service.db.engine import open_engine
from service.logs import configure_logs
from service.settings import PREFIX, Settings, load_settings
from workers.app import make_app
from workers.schedule import Schedule
from workers.standalone import run_worker

LOOK_UP_SECONDS = 0.2
WORKER_STOP_SECONDS = 2.0


def worker(
    threads: Annotated[
        int, typer.Option(min=1, max=64, help="How many tasks are done beside each other.")
    ] = 4,
) -> None:
    """Do the background work: suggestions and digests. Run as many workers as you like."""
    configure_logs()
    settings = _with_broker("worker")
    expect_many_objects()
    run_worker(settings, threads)


def beat() -> None:
    """Wake the workers regularly. One is enough; two do no harm."""
    configure_logs()
    settings = _with_broker("beat")
    engine = open_engine(settings.database)
    schedule = Schedule(make_app(settings), engine)

    def send(stopping: Stopping) -> None:
        schedule.start()
        while not stopping.asked:
            if not schedule.goes_on(LOOK_UP_SECONDS):
                raise fail("The scheduler has ended by itself. Its log says why; start it again.")
        schedule.stop()
        schedule.goes_on(WORKER_STOP_SECONDS)
        engine.dispose()

    until_stopped(send)


def _with_broker(command: str) -> Settings:
    settings = load_settings()
    if settings.broker_url is None:
        raise fail(
            f"{PREFIX}BROKER_URL is missing: {command} needs a broker, such as redis://127.0.0.1:6379/0. "
            "Without one, passerelle up does everything in one process."
        )
    expect_current_database(settings)
    return settings
