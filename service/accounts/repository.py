"""Queries on tokens."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Session, col, update

from service.db.tables import ApiToken


def by_id(session: Session, token_id: UUID) -> ApiToken | None:
    """The token with this identifier."""
    return session.get(ApiToken, token_id)


def revoke_named(session: Session, name: str, now: datetime) -> None:
    """Revoke every token of this name."""
    session.exec(
        update(ApiToken)
        .where(col(ApiToken.name) == name, col(ApiToken.revoked_at).is_(None))
        .values(revoked_at=now)
    )


def bind_to_organisation(session: Session, token_id: UUID, organisation_number: int) -> bool:
    """Have a token speak for an organisation from now on; whether it spoke for none before."""
    unbound = (col(ApiToken.id) == token_id, col(ApiToken.organisation_number).is_(None))
    bound = update(ApiToken).where(*unbound).values(organisation_number=organisation_number)
    return session.execute(bound.returning(col(ApiToken.id))).first() is not None
