"""What a failure of the storage means, in a sentence that says what to do: full, read-only, damaged, away, in use, too new.

SQLite says it by its result codes (https://sqlite.org/rescode.html), PostgreSQL by SQLSTATE, files by ``errno``.
"""

import errno
import logging
import sqlite3
from enum import StrEnum

from sqlalchemy.exc import DBAPIError

from schemas.translation import Message, message


class StorageFault(StrEnum):
    """Why nothing could be stored or read."""

    FULL = "full"
    READ_ONLY = "read-only"
    DAMAGED = "damaged"
    FAILING = "failing"
    IN_USE = "in use"
    AWAY = "away"


class NewerDatabaseError(Exception):
    """The database was made by a version of Passerelle that came after this one."""

    def __init__(self, version: str, known: str) -> None:
        super().__init__(
            f"The database was made by a newer Passerelle (version {version}; this one knows {known}). "
            "Install that one, or restore a backup from before."
        )


REMEDIES: dict[StorageFault, Message] = {
    StorageFault.FULL: message(
        "The disk is full, and this was not stored. An administrator of this service has to make room; then try again."
    ),
    StorageFault.READ_ONLY: message(
        "The place where data is kept cannot be written to, and this was not stored. An administrator of this service has to make it writable; then try again."
    ),
    StorageFault.DAMAGED: message(
        "The database is damaged. An administrator of this service has to restore a backup: passerelle restore."
    ),
    StorageFault.FAILING: message(
        "The disk cannot be read or written as it should. An administrator of this service has to see whether it is full or broken."
    ),
    StorageFault.IN_USE: message(
        "The database is busy just now. Nothing was changed; try again in a moment."
    ),
    StorageFault.AWAY: message(
        "The database does not answer just now. Nothing was changed; try again in a moment."
    ),
}
TO_OPERATORS = {
    StorageFault.FULL: "the disk under {where} is full; make room",
    StorageFault.READ_ONLY: "{where} cannot be written to; change its owner, or how it is mounted",
    StorageFault.DAMAGED: "{where} is damaged; restore a backup: passerelle restore FILE",
    StorageFault.FAILING: "the disk under {where} cannot be read or written as it should; see whether it is full or broken",
    StorageFault.IN_USE: "{where} is busy with another program; try again in a moment",
    StorageFault.AWAY: "{where} does not answer; start it, or correct PASSERELLE_DATABASE_URL",
}
"""The same for those who run this service, who know where its data lies."""
LASTING = frozenset({StorageFault.FULL, StorageFault.READ_ONLY, StorageFault.DAMAGED, StorageFault.FAILING})
"""Faults that somebody has to mend: to try again at once is of no use."""
SQLITE_CODES = {
    sqlite3.SQLITE_FULL: StorageFault.FULL,
    sqlite3.SQLITE_READONLY: StorageFault.READ_ONLY,
    sqlite3.SQLITE_PERM: StorageFault.READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: StorageFault.READ_ONLY,
    sqlite3.SQLITE_CORRUPT: StorageFault.DAMAGED,
    sqlite3.SQLITE_NOTADB: StorageFault.DAMAGED,
    sqlite3.SQLITE_IOERR: StorageFault.FAILING,
    sqlite3.SQLITE_BUSY: StorageFault.IN_USE,
    sqlite3.SQLITE_LOCKED: StorageFault.IN_USE,
}
PRIMARY_CODE = 0xFF
"""The bits of SQLite's extended result codes that hold the primary one."""
SQLSTATES = {
    "53100": StorageFault.FULL,
    "25006": StorageFault.READ_ONLY,
    "42501": StorageFault.READ_ONLY,
    "XX001": StorageFault.DAMAGED,
    "XX002": StorageFault.DAMAGED,
    "55P03": StorageFault.IN_USE,
}
AWAY_CLASSES = ("08", "53", "57")
"""SQLSTATE classes: no connection, too few resources, an operator stepped in."""
ERRNOS = {
    errno.ENOSPC: StorageFault.FULL,
    errno.EDQUOT: StorageFault.FULL,
    errno.EACCES: StorageFault.READ_ONLY,
    errno.EPERM: StorageFault.READ_ONLY,
    errno.EROFS: StorageFault.READ_ONLY,
    errno.EIO: StorageFault.FAILING,
}


def sqlite_fault(error: sqlite3.Error) -> StorageFault | None:
    """Which fault of the storage SQLite tells of."""
    code = getattr(error, "sqlite_errorcode", None)
    return SQLITE_CODES.get(code & PRIMARY_CODE) if code is not None else None


def fault_of(error: BaseException) -> StorageFault | None:
    """Which fault of the storage an error tells of; ``None`` where it tells of none."""
    if isinstance(error, OSError):
        return ERRNOS.get(error.errno or 0)
    if not isinstance(error, DBAPIError):
        return None
    cause = error.orig
    if isinstance(cause, sqlite3.Error):
        return sqlite_fault(cause)
    return _of_sqlstate(error)


def _of_sqlstate(error: DBAPIError) -> StorageFault | None:
    state = getattr(error.orig, "sqlstate", None)
    if state in SQLSTATES:
        return SQLSTATES[state]
    lost = error.connection_invalidated or (state is None and type(error.orig).__name__ == "OperationalError")
    return StorageFault.AWAY if lost or (state or "").startswith(AWAY_CLASSES) else None


def log_refusal(logger: str, consequence: str, error: DBAPIError) -> None:
    """Leave word of what the storage refused, on one line where its fault is known."""
    fault, log = fault_of(error), logging.getLogger(logger)
    if fault is None:
        log.error("%s: the database refused", consequence, exc_info=error)
    else:
        log.error("%s: storage %s", consequence, fault.value)
