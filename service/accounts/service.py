"""Tokens of the API: made, shown once, revoked."""

from datetime import datetime

from sqlmodel import Session

from schemas.kinds import Kind
from schemas.translation import message
from service.accounts import repository
from service.db.tables import ApiToken, Profile
from service.errors import Conflict, NotFound
from service.profiles import repository as profiles
from service.security import AccountRole, new_token

ORGANISATION_KINDS = (Kind.ASSOCIATION, Kind.AUTHORITY, Kind.PROGRAMME)


def create_token(
    session: Session, *, role: AccountRole, name: str, organisation: str | None, now: datetime
) -> str:
    """Make a token and return it: it is not kept and cannot be shown again.

    ``organisation`` is the identifier or key of the profile that a member speaks for.
    """
    token, hashed = new_token()
    number = _organisation(session, organisation).number if organisation else None
    session.add(
        ApiToken(name=name, role=role.value, organisation_number=number, token_hash=hashed, created_at=now)
    )
    session.flush()
    return token


def replace_token(session: Session, *, role: AccountRole, name: str, now: datetime) -> str:
    """A fresh token of this name; former ones of the same name are revoked."""
    repository.revoke_named(session, name, now)
    return create_token(session, role=role, name=name, organisation=None, now=now)


def _organisation(session: Session, organisation: str) -> Profile:
    profile = profiles.by_id_or_key(session, organisation)
    if profile is None:
        raise NotFound(
            message("There is no profile with this identifier or key: {given}.", given=organisation)
        )
    if profile.kind not in ORGANISATION_KINDS:
        raise Conflict(message("A token speaks for an association, an authority or a programme."))
    return profile
