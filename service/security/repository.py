"""Queries on tokens: who is calling, and for whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import func
from sqlmodel import Session, col, select, update

from service.db.tables import ApiToken


def by_hash(session: Session, token_hash: str) -> ApiToken | None:
    """The token with this hash, revoked or not."""
    return session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash)).first()


def note_use(session: Session, token_id: UUID, now: datetime) -> None:
    """Take down that a token was used."""
    session.execute(update(ApiToken).where(col(ApiToken.id) == token_id).values(last_used_at=now))


def bind_to_organisation(session: Session, token_id: UUID, organisation_number: int) -> bool:
    """Have all tokens of a token's holder speak for an organisation from now on; whether it spoke for none before."""
    holder = select(func.coalesce(ApiToken.made_with, ApiToken.id)).where(col(ApiToken.id) == token_id)
    first = session.exec(holder).first()
    if first is None:
        return False
    theirs = ApiToken.held_with(first)
    # In one order, so that two of them that register at once wait for each other rather than give way.
    session.exec(select(ApiToken.id).where(theirs).order_by(col(ApiToken.id)).with_for_update()).all()
    unbound = (theirs, col(ApiToken.organisation_number).is_(None))
    bound = update(ApiToken).where(*unbound).values(organisation_number=organisation_number)
    return token_id in session.execute(bound.returning(col(ApiToken.id))).scalars().all()
