"""Queries on the outbox."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from service.db.tables import OutboxMessage

CHUNK = 900


def add(session: Session, rows: Sequence[dict[str, object]]) -> None:
    """Store these messages."""
    session.execute(insert(OutboxMessage), rows)


def available(session: Session, topics: Sequence[str], now: datetime, limit: int) -> Sequence[OutboxMessage]:
    """Messages that may be worked on now, oldest first; on PostgreSQL those that nobody else is taking."""
    query = (
        select(OutboxMessage)
        .where(col(OutboxMessage.topic).in_(topics), OutboxMessage.available_at <= now)
        .order_by(col(OutboxMessage.number))
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return session.exec(query).all()


def lease(session: Session, numbers: Sequence[int], worker: str, until: datetime) -> None:
    """Keep these messages from everybody else until the lease ends."""
    for start in range(0, len(numbers), CHUNK):
        statement = (
            update(OutboxMessage)
            .where(col(OutboxMessage.number).in_(numbers[start : start + CHUNK]))
            .values(claimed_by=worker, available_at=until, attempts=OutboxMessage.attempts + 1)
        )
        session.execute(statement)


def remove(session: Session, numbers: Iterable[int]) -> None:
    """Delete these messages: what they asked for is done."""
    wanted = list(numbers)
    for start in range(0, len(wanted), CHUNK):
        chosen = wanted[start : start + CHUNK]
        session.execute(delete(OutboxMessage).where(col(OutboxMessage.number).in_(chosen)))


def postpone(session: Session, numbers: Sequence[int], error: str, until: datetime) -> None:
    """Have these messages tried again later."""
    for start in range(0, len(numbers), CHUNK):
        statement = (
            update(OutboxMessage)
            .where(col(OutboxMessage.number).in_(numbers[start : start + CHUNK]))
            .values(claimed_by=None, available_at=until, error=error)
        )
        session.execute(statement)


def count(session: Session) -> int:
    """How many messages wait or are being worked on."""
    return session.exec(select(func.count()).select_from(OutboxMessage)).one()


def anything_available(session: Session, topics: Sequence[str], now: datetime) -> bool:
    """Whether there is a message to be worked on now."""
    query = select(OutboxMessage.number).where(
        col(OutboxMessage.topic).in_(topics), OutboxMessage.available_at <= now
    )
    return session.exec(query.limit(1)).first() is not None
