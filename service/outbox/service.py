"""The outbox: work that committed changes ask for. The database is the truth, a broker message only a wake-up.

A message is claimed by lease. A worker that dies leaves its lease to run out, and another takes the message:
everything a message asks for can therefore be begun again.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import Engine
from sqlmodel import Session

from service.db.session import WAKE, after_commit, reading, unit_of_work
from service.db.tables import OutboxMessage
from service.outbox import repository

LEASE = timedelta(minutes=15)
FIRST_RETRY = timedelta(seconds=5)
LONGEST_RETRY = timedelta(hours=1)


def enqueue(
    session: Session, topic: str, subject: str, now: datetime, *, available_at: datetime | None = None
) -> None:
    """Ask for work on one subject, in the caller's unit of work."""
    enqueue_all(session, topic, [subject], now, available_at=available_at)


def enqueue_all(
    session: Session,
    topic: str,
    subjects: Sequence[str],
    now: datetime,
    *,
    available_at: datetime | None = None,
) -> None:
    """Ask for work on many subjects at once; the workers are woken after the commit."""
    rows: list[dict[str, object]] = [
        {
            "topic": topic,
            "subject": subject,
            "created_at": now,
            "available_at": available_at or now,
            "attempts": 0,
        }
        for subject in subjects
    ]
    if not rows:
        return
    repository.add(session, rows)
    wake = session.info.get(WAKE)
    if wake is not None:
        after_commit(session, wake)


def claim(
    engine: Engine, now: datetime, *, limit: int, worker: str, topics: Sequence[str]
) -> list[OutboxMessage]:
    """Take at most ``limit`` messages, oldest first, for as long as the lease lasts."""
    with reading(engine) as session:
        if not repository.anything_available(session, topics, now):
            return []
    with unit_of_work(engine) as session:
        taken = list(repository.available(session, topics, now, limit))
        session.expunge_all()
        repository.lease(session, numbers_of(taken), worker, now + LEASE)
    return taken


def finish(session: Session, numbers: Iterable[int]) -> None:
    """What these messages asked for is done."""
    repository.remove(session, numbers)


def retry_later(session: Session, messages: Sequence[OutboxMessage], error: str, now: datetime) -> None:
    """What these messages asked for failed: try again, each time after a longer while."""
    attempts = max((message.attempts for message in messages), default=0)
    delay = min(FIRST_RETRY * 2 ** min(attempts, 12), LONGEST_RETRY)
    repository.postpone(session, numbers_of(messages), error[:500], now + delay)


def numbers_of(messages: Iterable[OutboxMessage]) -> list[int]:
    """The numbers of stored messages."""
    return [message.number or 0 for message in messages]


def pending_count(session: Session) -> int:
    """How many messages wait or are being worked on."""
    return repository.count(session)
