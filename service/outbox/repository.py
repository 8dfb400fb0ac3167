"""Queries on what is still to be done."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from schemas.inputs import JsonObject
from service.db.bulk import changed_rows, insert_if_absent
from service.db.tables import Counter, OutboxRow
from service.leases import LEASE, this_process

DAY = "day"
"""The counter that holds the last day that has begun."""


def add(session: Session, row: OutboxRow) -> None:
    """Store a row."""
    session.add(row)
    session.flush()


def first_rows(session: Session, topic: str, limit: int) -> Sequence[OutboxRow]:
    """The oldest rows of a topic, kept from other takers until the commit."""
    query = select(OutboxRow).where(OutboxRow.topic == topic).order_by(col(OutboxRow.number))
    return session.exec(query.limit(limit).with_for_update().execution_options(populate_existing=True)).all()


def keep_hold(session: Session, numbers: Collection[int], now: datetime, **values: Any) -> bool:
    """Renew the leases on these rows, with new values for some columns; whether this process held all of them."""
    held = update(OutboxRow).where(*_held(numbers)).values(lease_until=now + LEASE, **values)
    return changed_rows(session, held) == len(numbers)


def finish(session: Session, numbers: Collection[int]) -> bool:
    """Delete rows that are done; whether this process held all of them."""
    return changed_rows(session, delete(OutboxRow).where(*_held(numbers))) == len(numbers)


def release(session: Session, numbers: Collection[int], *, due_at: datetime | None = None) -> None:
    """Let go of rows: to be done at once by whoever comes next or, after a failed attempt, from ``due_at`` on."""
    values: JsonObject = {"lease_owner": None, "lease_until": None}
    if due_at is not None:
        values |= {"attempts": OutboxRow.attempts + 1, "due_at": due_at}
    session.execute(update(OutboxRow).where(*_held(numbers)).values(values))


def begin_again(session: Session, topic: str) -> None:
    """Have those rows of a topic begin again that were broken off."""
    for row in session.exec(select(OutboxRow).where(OutboxRow.topic == topic)):
        if "after" in row.payload:
            row.payload = {"all": True}
            session.add(row)
    session.flush()


def waiting(session: Session) -> tuple[int, datetime | None]:
    """How many rows there are, and when the oldest was made."""
    count, oldest = session.execute(
        select(func.count(col(OutboxRow.number)), func.min(col(OutboxRow.created_at)))
    ).one()
    return int(count), oldest


def left(session: Session, topic: str, now: datetime) -> tuple[int, int]:
    """How many rows of a topic wait after a failed attempt, and how many others there are."""
    failed = func.count(col(OutboxRow.number)).filter(col(OutboxRow.due_at) > now)
    query = select(failed, func.count(col(OutboxRow.number))).where(OutboxRow.topic == topic)
    later, count = session.execute(query).one()
    return int(later), int(count) - int(later)


def stale_topics(session: Session, now: datetime, *, older_than: timedelta) -> Sequence[str]:
    """The topics of rows that have been waiting for longer than ``older_than``."""
    query = select(OutboxRow.topic).where(col(OutboxRow.due_at) <= now - older_than).distinct()
    return session.exec(query).all()


def turn_day(session: Session, today: int) -> bool:
    """Note that this day (an ordinal) has begun; whether it is a later one than the last that was noted."""
    if insert_if_absent(session, Counter, {"name": DAY, "value": today}):
        return False
    turned = update(Counter).where(col(Counter.name) == DAY, col(Counter.value) < today).values(value=today)
    return bool(changed_rows(session, turned))


def _held(numbers: Collection[int]) -> tuple[Any, ...]:
    return (col(OutboxRow.number).in_(numbers), col(OutboxRow.lease_owner) == this_process())
