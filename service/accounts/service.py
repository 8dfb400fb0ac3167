"""Tokens of the API: made, shown once, listed, revoked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from schemas.translation import message
from service.accounts import repository
from service.accounts.repository import FoundToken
from service.audit.log import write_down
from service.db.tables import ApiToken, Profile
from service.errors import NotFound
from service.security.authentication import AccountRole, new_token

SUBJECT = "token"
"""What the audit log calls tokens."""


def create_token(
    session: Session,
    *,
    role: AccountRole,
    name: str,
    organisation: Profile | None,
    by: str,
    now: datetime,
    days: int | None = None,
) -> tuple[ApiToken, str]:
    """Make a token; the second is the token itself, which is not kept and cannot be shown again.

    ``organisation`` is the profile that a member speaks for. After ``days`` it is valid no more.
    """
    token, hashed = new_token()
    row = ApiToken(
        name=name,
        role=role.value,
        organisation_number=organisation.number if organisation else None,
        token_hash=hashed,
        created_by=by[:120],
        created_at=now,
        expires_at=now + timedelta(days=days) if days is not None else None,
    )
    session.add(row)
    session.flush()
    write_down(session, SUBJECT, row.id, "created", by=by, at=now, name=name, role=role.value)
    return row, token


def replace_token(session: Session, *, role: AccountRole, name: str, by: str, now: datetime) -> str:
    """A fresh token of this name; former ones of the same name are revoked."""
    for former in repository.valid_named(session, name):
        _revoke(session, former, by=by, now=now)
    return create_token(session, role=role, name=name, organisation=None, by=by, now=now)[1]


def list_tokens(session: Session, *, after: UUID | None, limit: int) -> Sequence[FoundToken]:
    """At most ``limit`` + 1 tokens, the latest first, with the organisations for which they speak."""
    return repository.listed(session, after=after, limit=limit + 1)


def revoke_token(session: Session, token_id: UUID, *, by: str, now: datetime) -> None:
    """Have a token be valid no more; again, it changes nothing. Raises ``NotFound``."""
    token = repository.by_id(session, token_id)
    if token is None:
        raise NotFound(message("There is no token with this identifier."))
    if token.revoked_at is None:
        _revoke(session, token, by=by, now=now)


def _revoke(session: Session, token: ApiToken, *, by: str, now: datetime) -> None:
    token.revoked_at = now
    session.add(token)
    session.flush()
    write_down(session, SUBJECT, token.id, "revoked", by=by, at=now, name=token.name, role=token.role)
