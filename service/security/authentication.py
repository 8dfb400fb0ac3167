"""Who is calling: bearer tokens, and what each role may do."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated

from fastapi import Depends, Request
from sqlmodel import Session

from schemas.translation import message
from service.db.session import ReadingSession
from service.errors import Forbidden, Unauthorised
from service.security import repository

TOKEN_PREFIX = "psl_"  # noqa: S105 - how a token is recognised, not a token


class AccountRole(StrEnum):
    """What a token may do, each role more than the one before."""

    MEMBER = "member"
    STEWARD = "steward"
    ADMIN = "admin"

    def reaches(self, needed: "AccountRole") -> bool:
        """Whether this role may do what ``needed`` may."""
        order = list(AccountRole)
        return order.index(self) >= order.index(needed)


@dataclass(frozen=True, slots=True)
class Actor:
    """The caller behind a valid token. ``organisation_number`` is the profile a member speaks for."""

    id: str
    name: str
    role: AccountRole
    organisation_number: int | None

    def may_edit(self, owner_number: int | None, profile_number: int | None) -> bool:
        """Whether the caller may change this profile: a steward any, a member its own."""
        if self.role.reaches(AccountRole.STEWARD):
            return True
        return self.organisation_number is not None and self.organisation_number in (
            owner_number,
            profile_number,
        )


def new_token() -> tuple[str, str]:
    """A fresh token and the hash to store: the token itself is shown once and never kept."""
    token = TOKEN_PREFIX + secrets.token_urlsafe(32)
    return token, token_hash(token)


def token_hash(token: str) -> str:
    """SHA-256 of a token, in hexadecimal; enough, since a token holds 256 random bits."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller(request: Request, session: ReadingSession) -> Actor | None:
    """The caller, or ``None`` without an ``Authorization`` header; a wrong token is refused."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    actor = actor_of(session, token.strip()) if scheme.lower() == "bearer" else None
    if actor is None:
        raise Unauthorised(message("This token is not valid. Ask an administrator for a new one."))
    return actor


def actor_of(session: Session, token: str) -> Actor | None:
    """The actor a token belongs to, if it is known and not revoked."""
    wanted = token_hash(token)
    row = repository.by_hash(session, wanted)
    if row is None or row.revoked_at is not None or not hmac.compare_digest(row.token_hash, wanted):
        return None
    return Actor(str(row.id), row.name, AccountRole(row.role), row.organisation_number)


Caller = Annotated[Actor | None, Depends(caller)]
"""For routes that answer everybody, and more to those who are known."""


def _known(actor: Caller) -> Actor:
    if actor is None:
        raise Unauthorised(message("This needs a token. Send it as: Authorization: Bearer <token>."))
    return actor


Member = Annotated[Actor, Depends(_known)]
"""For routes that need any valid token."""


def _steward(actor: Member) -> Actor:
    if not actor.role.reaches(AccountRole.STEWARD):
        raise Forbidden(message("This needs a platform manager’s token."))
    return actor


Steward = Annotated[Actor, Depends(_steward)]
"""For routes that administer rules, imports and reviews."""


def _admin(actor: Member) -> Actor:
    if not actor.role.reaches(AccountRole.ADMIN):
        raise Forbidden(message("This needs an administrator’s token."))
    return actor


Admin = Annotated[Actor, Depends(_admin)]
"""For routes that administer tokens and users."""
