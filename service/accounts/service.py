"""Tokens of the API: made, shown once, revoked."""

from datetime import datetime

from sqlmodel import Session

from service.accounts import repository
from service.db.tables import ApiToken, Profile
from service.security.authentication import AccountRole, new_token


def create_token(
    session: Session, *, role: AccountRole, name: str, organisation: Profile | None, now: datetime
) -> str:
    """Make a token and return it: it is not kept and cannot be shown again.

    ``organisation`` is the profile that a member speaks for.
    """
    token, hashed = new_token()
    number = organisation.number if organisation else None
    session.add(
        ApiToken(name=name, role=role.value, organisation_number=number, token_hash=hashed, created_at=now)
    )
    session.flush()
    return token


def replace_token(session: Session, *, role: AccountRole, name: str, now: datetime) -> str:
    """A fresh token of this name; former ones of the same name are revoked."""
    repository.revoke_named(session, name, now)
    return create_token(session, role=role, name=name, organisation=None, now=now)
