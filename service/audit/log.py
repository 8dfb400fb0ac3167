"""Writing into the audit log, in the same transaction as what is written down."""

from contextlib import closing
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlmodel import Session

from service.audit import repository
from service.audit.chain import BEGINNING, Break, canonical, first_break, hash_of
from service.db.counters import next_changes
from service.db.tables import AuditEntry

LONGEST_NAME = 120
"""Characters that are kept of who did something."""


def lock_log(session: Session) -> None:
    """Lock the log until the commit, so that nobody else writes an entry meanwhile."""
    next_changes(session, repository.SEQUENCE, 0)


def write_down(
    session: Session, kind: str, subject_id: UUID, did: str, *, by: str, at: datetime, **details: Any
) -> AuditEntry:
    """Add an entry. Whoever else writes one waits from here to the commit: there is one chain."""
    number = next_changes(session, repository.SEQUENCE)
    entry = AuditEntry(
        number=number,
        at=at,
        by=by[:LONGEST_NAME],
        kind=kind,
        subject_id=subject_id,
        did=did,
        details=canonical(details),
        hash="",
    )
    entry.hash = hash_of(entry, repository.hash_at(session, number - 1) or BEGINNING)
    session.add(entry)
    session.flush()
    return entry


def broken_at(session: Session) -> Break | None:
    """Where the log was changed or cut short afterwards, if it was."""
    with closing(repository.all_in_order(session)) as entries:
        return first_break(entries, repository.last_number(session))
