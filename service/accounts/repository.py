"""Queries on tokens."""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, delete, select

from service.db.tables import ApiToken, IdempotentRequest, Profile

FoundToken = tuple[ApiToken, Profile | None]
"""A token with the organisation for which it speaks."""


def by_id(session: Session, token_id: UUID) -> ApiToken | None:
    """The token with this identifier, kept from other writers until the commit."""
    return session.get(ApiToken, token_id, with_for_update=True)


def valid_named(session: Session, name: str) -> Sequence[ApiToken]:
    """The tokens of this name that are not revoked."""
    query = select(ApiToken).where(col(ApiToken.name) == name, col(ApiToken.revoked_at).is_(None))
    return session.exec(query.order_by(col(ApiToken.id)).with_for_update()).all()


def listed(session: Session, *, after: UUID | None, limit: int) -> Sequence[FoundToken]:
    """Tokens, the latest first, with their organisations."""
    query = (
        select(ApiToken, Profile)
        .outerjoin(Profile, col(Profile.number) == ApiToken.organisation_number)
        .order_by(col(ApiToken.id).desc())
        .limit(limit)
    )
    found = session.execute(query.where(col(ApiToken.id) < after) if after else query)
    return [(row[0], row[1]) for row in found]


def with_organisation(session: Session, token_id: UUID) -> FoundToken:
    """A token that is known to exist, with its organisation."""
    query = select(ApiToken, Profile).outerjoin(Profile, col(Profile.number) == ApiToken.organisation_number)
    row = session.execute(query.where(ApiToken.id == token_id)).one()
    return row[0], row[1]


def delete_token(session: Session, token_id: UUID) -> None:
    """Delete a token, and what was answered to it."""
    session.exec(delete(IdempotentRequest).where(col(IdempotentRequest.actor) == str(token_id)))
    session.exec(delete(ApiToken).where(col(ApiToken.id) == token_id))
