"""``passerelle serve`` and ``passerelle up``: the service on its own, and everything embedded."""

import os
import socket
import sys
from contextlib import nullcontext, suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from console.data_folder import note_address
from console.environment import (
    Stopping,
    expect_current_database,
    expect_many_objects,
    fail,
    prepared_engine,
    print_message,
    settings_in,
    until_stopped,
)
from console.only_one import only_one
from console.web_server import StoppableServer, server_config
from seed.loading import seed_database
from service.accounts.service import replace_token
from service.app import create_app
from service.clock import now
from service.db.session import Wake, unit_of_work
from service.logs import configure_logs
from service.security.authentication import AccountRole
from service.settings import Settings, load_settings
from workers.app import make_app
from workers.embedded import EmbeddedWorker
from workers.wake_ups import WakeUps

Host = Annotated[str, typer.Option(help="The address to listen on.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="The port to listen on; 0 takes a free one.")]
ADMINISTRATOR = "administrator of this installation"
THIS_COMMAND = "passerelle up"
TOKEN_FILE = "admin-token"  # noqa: S105 - a file's name, not a token
SHUTDOWN_SECONDS = 3
"""How long open requests may go on after Ctrl-C."""


def serve(host: Host = "127.0.0.1", port: Port = 8000) -> None:
    """Run the API and the pages. The database must be up to date: ``passerelle db upgrade``."""
    configure_logs()
    settings = load_settings()
    expect_current_database(settings)
    expect_many_objects()
    wake_up = WakeUps(make_app(settings)) if settings.broker_url else None

    def answer(stopping: Stopping) -> None:
        with _listening(host, port) as listener:
            _serve(settings, listener, wake_up, stopping)

    until_stopped(answer)


def up(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    data_dir: Annotated[Path | None, typer.Option(help="Where the data lies; by default var.")] = None,
    demo: Annotated[
        bool, typer.Option("--demo", help="Load the documented initiatives, and a few demo subscribers.")
    ] = False,
    no_worker: Annotated[
        bool, typer.Option("--no-worker", help="Leave the background work to a worker of its own.")
    ] = False,
) -> None:
    """Run everything in one place with nothing else needed: SQLite, API, pages, worker and scheduler. Ctrl-C ends it."""
    configure_logs()
    expect_many_objects()
    settings = settings_in(data_dir)
    until_stopped(partial(_everything, settings, (host, port), demo=demo, no_worker=no_worker))


def _everything(
    settings: Settings, place: tuple[str, int], stopping: Stopping, *, demo: bool, no_worker: bool
) -> None:
    host, _ = place
    with only_one(settings.data_dir), _listening(*place) as listener:
        with prepared_engine(settings) as engine:
            stopping.interruptible(
                partial(seed_database, engine, print_message, documented=demo, subscribers=demo)
            )
            with unit_of_work(engine) as session:
                token = replace_token(
                    session, role=AccountRole.ADMIN, name=ADMINISTRATOR, by=THIS_COMMAND, now=now()
                )
        address = f"http://{host}:{listener.getsockname()[1]}"
        note_address(settings.data_dir, address)
        if "public_url" not in settings.model_fields_set:
            settings = settings.model_copy(update={"public_url": address})
        typer.echo(
            f"Passerelle   {address}\nAPI          {address}/api/v1/docs\n{_mail(settings)}"
            f"Admin token  {_for_eyes_only(token, settings.data_dir)}"
        )
        worker = None if no_worker else stopping.interruptible(partial(EmbeddedWorker, settings))
        with suppress(KeyboardInterrupt), worker or nullcontext():
            _serve(settings, listener, worker.wake_up if worker else None, stopping)
        if worker is not None and worker.is_busy:
            # Python would wait for it, however long a mail server takes; its lease tells others what it left.
            sys.stdout.flush()
            os._exit(0)


def _for_eyes_only(token: str, data_dir: Path) -> str:
    """A token for whoever sits at the terminal; where there is none, and output may be kept, the file that holds it."""
    file = data_dir.resolve() / TOKEN_FILE
    file.unlink(missing_ok=True)
    if sys.stdout.isatty():
        return token
    with open(file, "x", opener=lambda path, flags: os.open(path, flags, 0o600)) as opened:
        opened.write(f"{token}\n")
    return str(file)


def _mail(settings: Settings) -> str:
    return "" if settings.smtp_url else f"Mail         {settings.mail_folder}\n"


def _listening(host: str, port: int) -> socket.socket:
    # The port is taken before anything else is done, so that a second start says so at once.
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise fail(
            f"{host}:{port} cannot be used ({reason}). Stop what runs there, or choose another --port."
        ) from None
    return listener


def _serve(settings: Settings, listener: socket.socket, wake: Wake | None, stopping: Stopping) -> None:
    application = stopping.interruptible(partial(create_app, settings, wake))
    StoppableServer(server_config(application, SHUTDOWN_SECONDS, settings.trusted_proxies), stopping).run(
        sockets=[listener]
    )
