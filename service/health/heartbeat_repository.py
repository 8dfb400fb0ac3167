"""Signs of life of workers and schedulers, in the database, where every process can see them."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func
from sqlmodel import Session, col, select

from service.db.tables import ProcessHeartbeat

WORKER = "worker"
SCHEDULER = "scheduler"
SILENT_AFTER = timedelta(seconds=45)
"""A process that has not been heard of for so long is taken to be gone."""
FORGOTTEN_AFTER = timedelta(days=1)


def beat_heart(session: Session, role: str, name: str, now: datetime) -> None:
    """Say that a process lives; those not heard of for a day are forgotten."""
    session.merge(ProcessHeartbeat(role=role, name=name, seen_at=now))
    session.execute(delete(ProcessHeartbeat).where(col(ProcessHeartbeat.seen_at) < now - FORGOTTEN_AFTER))


def last_heartbeat(session: Session, role: str) -> datetime | None:
    """When a process of this role was last heard of."""
    return session.exec(
        select(func.max(col(ProcessHeartbeat.seen_at))).where(ProcessHeartbeat.role == role)
    ).one()
