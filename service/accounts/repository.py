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


def valid_made_with(session: Session, token_id: UUID) -> Sequence[ApiToken]:
    """The tokens made with this one that are not revoked, kept from other writers until the commit."""
    query = select(ApiToken).where(col(ApiToken.made_with) == token_id, col(ApiToken.revoked_at).is_(None))
    return session.exec(query.order_by(col(ApiToken.id)).with_for_update()).all()


def valid_named(session: Session, name: str) -> Sequence[ApiToken]:
    """The tokens of this name that are not revoked."""
    query = select(ApiToken).where(col(ApiToken.name) == name, col(ApiToken.revoked_at).is_(None))
    return session.exec(query.order_by(col(ApiToken.id)).with_for_update()).all()


def listed(
    session: Session, *, after: UUID | None, limit: int, holder: UUID | None = None
) -> Sequence[FoundToken]:
    """Tokens, of one holder or all, the latest first, with their organisations."""
    query = (
        select(ApiToken, Profile)
        .outerjoin(Profile, col(Profile.number) == ApiToken.organisation_number)
        .order_by(col(ApiToken.id).desc())
        .limit(limit)
    )
    if holder is not None:
        query = query.where(ApiToken.held_with(holder))
    found = session.execute(query.where(col(ApiToken.id) < after) if after else query)
    return [(row[0], row[1]) for row in found]


def with_organisation(session: Session, token_id: UUID) -> FoundToken:
    """A token that is known to exist, with its organisation."""
    query = select(ApiToken, Profile).outerjoin(Profile, col(Profile.number) == ApiToken.organisation_number)
    row = session.execute(query.where(ApiToken.id == token_id)).one()
    return row[0], row[1]


def delete_token(session: Session, token_id: UUID) -> None:
    """Delete a token and those made with it, and what was answered to them."""
    going = session.exec(select(ApiToken.id).where(ApiToken.held_with(token_id))).all()
    answered = col(IdempotentRequest.actor).in_([str(each) for each in going])
    session.exec(delete(IdempotentRequest).where(answered))
    session.exec(delete(ApiToken).where(ApiToken.held_with(token_id)))
