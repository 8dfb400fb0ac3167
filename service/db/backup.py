"""Whole copies of an embedded database (SQLite), made and put back while the service runs."""

import secrets
import shutil
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from tempfile import TemporaryDirectory

from service.clock import now
from service.db import migrate
from service.db.base import LARGEST_NUMBER
from service.db.engine import BUSY_TIMEOUT_MS
from service.db.faults import StorageFault, sqlite_fault

EPOCH = "epoch"
"""The counter whose value tells one life of a database from another: it changes with each restore."""


class BackupError(Exception):
    """A copy that cannot be made or put back; says why, and what to do."""


def back_up(database: Path, target: Path) -> None:
    """Write a whole copy to ``target``, as the database is at one instant; others read and write meanwhile.

    The copy appears under its name only once it is whole. Raises ``BackupError``.
    """
    if not database.is_file():
        raise BackupError(f"there is no database at {database} yet")
    unfinished = target.with_name(f"{target.name}.unfinished")
    try:
        with _opened(database) as source, _opened(unfinished) as copy:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")
        _check(unfinished)
        unfinished.replace(target)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{target} cannot be written: {error}") from None
    finally:
        unfinished.unlink(missing_ok=True)


def restore(database: Path, source: Path) -> Path | None:
    """Put a copy in place of everything in the database, all at once or not at all; readers see the old or the new.

    A database too damaged to be written to is put aside, and where it lies then is returned: what runs has to be started
    again. Raises ``BackupError`` for a file that is no copy of ours or is of another version, and changes nothing then.
    """
    _check(source)
    _check_version(source)
    database.parent.mkdir(parents=True, exist_ok=True)
    try:
        with TemporaryDirectory(dir=database.parent) as folder:
            # The mark of a new life must arrive together with the content.
            prepared = Path(folder) / "prepared.sqlite3"
            shutil.copyfile(source, prepared)
            with _opened(prepared) as copy:
                mark = (EPOCH, secrets.randbelow(LARGEST_NUMBER))
                copy.execute("INSERT OR REPLACE INTO counter (name, value) VALUES (?, ?)", mark)
                copy.commit()
            return _put_in_place(prepared, database)
    except (OSError, sqlite3.Error) as error:
        raise BackupError(f"{database} cannot be restored: {error}. It is as it was.") from None


def _put_in_place(prepared: Path, database: Path) -> Path | None:
    try:
        with _opened(prepared) as copy, _opened(database) as target:
            copy.backup(target)
    except sqlite3.DatabaseError as error:
        if sqlite_fault(error) is not StorageFault.DAMAGED:
            raise
    else:
        return None
    aside = database.with_name(f"{database.name}.damaged-{now():%Y%m%dT%H%M%S}")
    for suffix in ("", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            database.with_name(database.name + suffix).replace(aside.with_name(aside.name + suffix))
    prepared.replace(database)
    return aside


def _opened(file: Path) -> "closing[sqlite3.Connection]":
    """A connection that is closed at the end; its own context manager would only commit."""
    return closing(sqlite3.connect(file, timeout=BUSY_TIMEOUT_MS / 1000))


def _check(file: Path) -> None:
    """Raise ``BackupError`` unless this is a whole database."""
    try:
        with _opened(file) as copy:
            found = copy.execute("PRAGMA quick_check").fetchone()[0]
    except sqlite3.Error as error:
        raise BackupError(f"{file} is not a backup of Passerelle ({error})") from None
    if found != "ok":
        raise BackupError(f"{file} is damaged: {found}")


def _check_version(file: Path) -> None:
    with _opened(file) as copy:
        try:
            row = copy.execute("SELECT version_num FROM alembic_version").fetchone()
        except sqlite3.Error:
            row = None
    if row is None:
        raise BackupError(f"{file} is not a backup of Passerelle")
    version, expected = str(row[0]), migrate.head()
    if version < expected:
        raise BackupError(
            f"{file} has the shape of version {version}; this Passerelle needs {expected}. Bring the backup up to date "
            f"first: PASSERELLE_DATABASE_URL=sqlite:///{file.resolve()} passerelle db upgrade"
        )
    if version > expected:
        raise BackupError(
            f"{file} was made by a newer Passerelle (version {version}; this one knows {expected}). "
            "Install that one, then restore again."
        )
