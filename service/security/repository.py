"""Queries on tokens: who is calling, and for whom."""

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


def bind_to_organisation(session: Session, token_id: UUID, organisation_number: int) -> bool:
    """Have a token speak for an organisation from now on; whether it spoke for none before."""
    unbound = (col(ApiToken.id) == token_id, col(ApiToken.organisation_number).is_(None))
    bound = update(ApiToken).where(*unbound).values(organisation_number=organisation_number)
    return session.execute(bound.returning(col(ApiToken.id))).first() is not None
