"""Queries on the audit log."""

from collections.abc import Generator, Sequence
from contextlib import closing
from uuid import UUID

from sqlmodel import Session, col, select

from service.db.tables import AuditEntry, Counter

SEQUENCE = "audit"
"""The sequence that numbers the entries."""


def last_number(session: Session) -> int:
    """How many entries have been written."""
    return session.exec(select(Counter.value).where(Counter.name == SEQUENCE)).one()


def hash_at(session: Session, number: int) -> str | None:
    """The hash of the entry with this number."""
    return session.exec(select(AuditEntry.hash).where(AuditEntry.number == number)).first()


def all_in_order(session: Session) -> Generator[AuditEntry]:
    """Every entry in order, a few at a time."""
    query = select(AuditEntry).order_by(col(AuditEntry.number)).execution_options(yield_per=1_000)
    with closing(session.exec(query)) as rows:
        yield from rows


def of_subject(session: Session, kind: str, subject: UUID) -> Sequence[AuditEntry]:
    """What was done to this one, in order."""
    query = select(AuditEntry).where(AuditEntry.kind == kind, AuditEntry.subject_id == subject)
    return session.exec(query.order_by(col(AuditEntry.number))).all()


def newest_first(
    session: Session, before: int | None, limit: int, subject: UUID | None
) -> Sequence[AuditEntry]:
    """At most ``limit`` entries older than number ``before``, newest first; only of one ``subject`` if one is named."""
    query = select(AuditEntry).order_by(col(AuditEntry.number).desc()).limit(limit)
    if before is not None:
        query = query.where(col(AuditEntry.number) < before)
    if subject is not None:
        query = query.where(AuditEntry.subject_id == subject)
    return session.exec(query).all()
