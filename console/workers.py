"""``passerelle worker`` and ``passerelle beat``: the background work in processes of its own, for production."""

from typing import Annotated

import typer
from celery import Celery
from celery.apps.beat import Beat

from console.environment import Stopping, expect_current_database, expect_many_objects, fail, until_stopped
from service.logs import configure_logs
from service.settings import PREFIX, Settings, load_settings
from workers.app import make_app
from workers.schedule import set_schedule
from workers.standalone import run_worker


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
    app: Celery = make_app(_with_broker("beat"))
    set_schedule(app)

    def send(_stopping: Stopping) -> None:
        # Celery's handler of signals needs this too: one that comes while it is being imported would find half of it.
        app.amqp.Producer  # noqa: B018
        Beat(
            app=app,
            scheduler_cls="celery.beat:Scheduler",
            loglevel="WARNING",
            redirect_stdouts=False,
            quiet=True,
        ).run()

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
