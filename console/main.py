"""The one console script: ``passerelle``. Data goes to standard output, progress to standard error."""

import sys

import typer
from sqlalchemy.exc import DBAPIError

from console import (
    backups,
    bench,
    database,
    digests,
    doctor,
    evaluate,
    files,
    server,
    suggestions,
    tokens,
    workers,
)
from console.data_folder import keep_new_files_private
from console.environment import storage_failure
from service.db.faults import NewerDatabaseError
from service.logs import configure_logs
from service.settings import SettingsError

app = typer.Typer(
    name="passerelle",
    help="Pairs migrant and diaspora associations with local authorities and funding programmes, and says why.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
app.add_typer(database.app, name="db")
app.add_typer(tokens.app, name="token")
app.add_typer(bench.app, name="bench")
app.command("serve")(server.serve)
app.command("up")(server.up)
app.command("worker")(workers.worker)
app.command("beat")(workers.beat)
app.command("doctor")(doctor.doctor)
app.command("seed")(database.seed)
app.command("import")(files.import_file)
app.command("export")(files.export)
app.command("rematch")(suggestions.rematch)
app.command("digest")(digests.digest)
app.command("evaluate")(evaluate.evaluate)
app.command("backup")(backups.backup)
app.command("restore")(backups.restore)


def run() -> None:
    """Run the command line; a wrong setting ends it with one line and exit code 1."""
    configure_logs(level="WARNING")
    keep_new_files_private()
    try:
        app()
    except SettingsError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)
    except (DBAPIError, OSError, NewerDatabaseError) as error:
        line = storage_failure(error)
        if line is None:
            raise
        sys.stderr.write(f"{line}\n")
        sys.exit(1)
