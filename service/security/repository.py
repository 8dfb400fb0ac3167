"""Queries on tokens, to find out who is calling."""

from sqlmodel import Session, select

from service.db.tables import ApiToken


def by_hash(session: Session, token_hash: str) -> ApiToken | None:
    """The token with this hash, revoked or not."""
    return session.exec(select(ApiToken).where(ApiToken.token_hash == token_hash)).first()
