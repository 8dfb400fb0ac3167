"""Queries on tokens, to find out who is calling."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, select, update

from service.db.tables import ApiToken


def by_hash(session: Session, token_hash: str) -> ApiToken | None:
    """The token with this hash, revoked or not."""
    return session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash)).first()


def note_use(session: Session, token_id: UUID, now: datetime) -> None:
    """Take down that a token was used."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))
