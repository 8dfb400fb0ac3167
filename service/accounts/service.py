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
from service.errors import Conflict, Forbidden, NotFound, Unauthorised
from service.security.authentication import NOT_VALID, AccountRole, expired, new_token

SUBJECT = "token"
"""What the audit log calls tokens."""
ABSENT = message("There is no token with this identifier.")
MOST_MADE = 20
"""How many valid tokens a holder may have made with one."""


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


def create_own_token(
    session: Session, token_id: UUID, *, name: str, now: datetime, days: int | None
) -> tuple[ApiToken, Profile | None, str]:
    """Another token of the holder of this one, which may do the same; with the organisation, and the token itself.

    Raises ``Unauthorised`` where this one was revoked a moment ago, and ``Forbidden`` where it was made so itself: what a thief makes must end with what was stolen.
    Raises ``Conflict`` where the holder has as many as it may.
    """
    holds = _found(session, token_id)
    if holds.revoked_at is not None:  # since the call began
        raise Unauthorised(NOT_VALID)
    if holds.made_with is not None:
        raise Forbidden(
            message("Make tokens with the one that an administrator gave you. This one was made with it.")
        )
    valid = [each for each in repository.valid_made_with(session, token_id) if not expired(each, now)]
    if len(valid) >= MOST_MADE:
        raise Conflict(
            message("You have {most} tokens, the most that you can make. Revoke one first.", most=MOST_MADE)
        )
    _, organisation = repository.with_organisation(session, token_id)
    role, by = AccountRole(holds.role), holds.name
    made, token = create_token(
        session, role=role, name=name, organisation=organisation, by=by, now=now, days=days
    )
    made.made_with = token_id
    made.expires_at = min(filter(None, (made.expires_at, holds.expires_at)), default=None)
    session.add(made)
    return made, organisation, token


def replace_token(session: Session, *, role: AccountRole, name: str, by: str, now: datetime) -> str:
    """A fresh token of this name; former ones of the same name are revoked, with those made with them."""
    for former in repository.valid_named(session, name):
        _revoke(session, former, by=by, now=now)
    return create_token(session, role=role, name=name, organisation=None, by=by, now=now)[1]


def list_tokens(
    session: Session, *, after: UUID | None, limit: int, own: UUID | None = None
) -> Sequence[FoundToken]:
    """At most ``limit`` + 1 tokens, the latest first, with the organisations for which they speak.

    Of all of them, or ``own`` and those made with it.
    """
    return repository.listed(session, after=after, limit=limit + 1, holder=own)


def revoke_token(
    session: Session, token_id: UUID, *, by: str, now: datetime, own: UUID | None = None
) -> None:
    """Have a token be valid no more, and those made with it; again, it changes nothing.

    Raises ``NotFound``, also where it is neither ``own`` nor made with that.
    """
    token = _found(session, token_id)
    if own is not None and own not in (token.id, token.made_with):
        raise NotFound(ABSENT)
    _revoke(session, token, by=by, now=now)


def revoke_made_with(session: Session, token_id: UUID, *, by: str, now: datetime) -> None:
    """Have all tokens be valid no more that were made with this one."""
    for made in repository.valid_made_with(session, token_id):
        _mark_revoked(session, made, by=by, now=now)


def _found(session: Session, token_id: UUID) -> ApiToken:
    token = repository.by_id(session, token_id)
    if token is None:
        raise NotFound(ABSENT)
    return token


def _revoke(session: Session, token: ApiToken, *, by: str, now: datetime) -> None:
    if token.revoked_at is None:
        _mark_revoked(session, token, by=by, now=now)
        revoke_made_with(session, token.id, by=by, now=now)


def _mark_revoked(session: Session, token: ApiToken, *, by: str, now: datetime) -> None:
    token.revoked_at = now
    session.add(token)
    session.flush()
    write_down(session, SUBJECT, token.id, "revoked", by=by, at=now, name=token.name, role=token.role)
