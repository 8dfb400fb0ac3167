"""``passerelle backup`` and ``passerelle restore``: whole copies of an embedded database."""

from pathlib import Path
from typing import Annotated

import typer

from console.environment import fail, print_message
from service.db.backup import BackupError, back_up
from service.db.backup import restore as put_back
from service.settings import load_settings


def backup(
    file: Annotated[
        Path, typer.Argument(help="Where to write the copy; a former one is replaced.", dir_okay=False)
    ],
) -> None:
    """Write a copy of the whole database, while the service runs."""
    try:
        back_up(_embedded_database(), file)
    except BackupError as error:
        raise fail(str(error)) from None
    print_message(
        f"{file}: {file.stat().st_size:,} bytes. Keep it as safe as the database: it holds addresses and tokens’ hashes."
    )


def restore(
    file: Annotated[
        Path, typer.Argument(help="A copy that backup has written.", exists=True, dir_okay=False)
    ],
) -> None:
    """Put a copy in place of the whole database, while the service runs."""
    try:
        aside = put_back(_embedded_database(), file)
    except BackupError as error:
        raise fail(str(error)) from None
    print_message("Restored.")
    if aside is not None:
        print_message(f"The damaged database is kept as {aside}. Start again what runs on this data folder.")


def _embedded_database() -> Path:
    database = load_settings().database
    if not database.startswith("sqlite:///"):
        raise fail("This installation runs on PostgreSQL: use pg_dump and pg_restore.")
    return Path(database.removeprefix("sqlite:///"))
