"""Queries on requests that were answered under an idempotency key."""

from uuid import UUID

from sqlalchemy import delete, func, select, text
from sqlmodel import Session, col

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


def forget_answers_about(session: Session, identifier: UUID) -> None:
    """Delete the answers that tell of what is deleted."""
    session.execute(delete(IdempotentRequest).where(col(IdempotentRequest.body).contains(str(identifier))))
