"""Queries on requests that were answered under an idempotency key."""

from sqlalchemy import func, select, text
from sqlmodel import Session

from service.db.tables import IdempotentRequest


def former_call(session: Session, actor: str, key: str) -> IdempotentRequest | None:
    """The request that this actor sent under this key before."""
    return session.get(IdempotentRequest, (actor, key))


def lock_call(session: Session, actor: str, key: str) -> None:
    """Wait until no other request of this actor under this key is being answered; held until the commit."""
    # SQLite lets one writer in at a time anyway.
    if session.get_bind().dialect.name == "postgresql":
        number = func.hashtextextended(text(":name"), 0)
        session.execute(select(func.pg_advisory_xact_lock(number)), {"name": f"{actor}:{key}"})
