"""Who is calling: bearer tokens, and what each role may do."""

import hashlib
import hmac
import secrets
import string
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from schemas.translation import message
from service.clock import now
from service.db.session import ReadingSession, unit_of_work
from service.db.tables import ApiToken
from service.errors import Forbidden, Unauthorised
from service.security import repository
from service.security.rate_limits import RateLimits

TOKEN_PREFIX = "passerelle_"  # noqa: S105 - how a token is recognised, not a token
"""With this and six characters of checksum, programs that look for secrets in what is published know a token."""
USE_NOTED_AFTER = timedelta(hours=1)
"""How exactly it is kept when a token was last used: no request should have to write for that."""
SECRET_LENGTH = 43
"""Characters of a secret: more than 256 random bits."""
NOT_VALID = message("This token is not valid. Ask an administrator for a new one.")
DIGITS = string.digits + string.ascii_uppercase + string.ascii_lowercase


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
    secret = "".join(secrets.choice(DIGITS) for _ in range(SECRET_LENGTH))
    token = f"{TOKEN_PREFIX}{secret}{checksum(secret)}"
    return token, token_hash(token)


def checksum(secret: str) -> str:
    """The CRC-32 of a token's secret in six characters, by which a token is told from what only looks like one."""
    rest, written = zlib.crc32(secret.encode()), ""
    for _ in range(6):
        rest, digit = divmod(rest, len(DIGITS))
        written = DIGITS[digit] + written
    return written


def token_hash(token: str) -> str:
    """SHA-256 of a token, in hexadecimal; enough, since a token holds 256 random bits or more."""
    return hashlib.sha256(token.encode()).hexdigest()


def caller(request: Request, session: ReadingSession) -> Iterator[Actor | None]:
    """The caller, or ``None`` without an ``Authorization`` header; a wrong token is refused."""
    header = request.headers.get("authorization")
    if header is None:
        yield None
        return
    scheme, _, token = header.partition(" ")
    instant = now()
    row = _known_token(session, token.strip()) if scheme.lower() == "bearer" else None
    limits: RateLimits = request.app.state.rate_limits
    if row is None:
        limits.charge_address(request)
        raise limits.failure(request, Unauthorised(NOT_VALID))
    limits.charge_token(request, str(row.id))
    if not _valid(row, instant):
        raise Unauthorised(NOT_VALID)
    try:
        yield _actor(row)
    finally:
        # The answer is on its way by now: nobody waits for this.
        if row.last_used_at is None or instant - row.last_used_at >= USE_NOTED_AFTER:
            _note_use(request.app.state.engine, row.id, instant)


def actor_of(session: Session, token: str) -> Actor | None:
    """The actor a token belongs to, if it is known and neither revoked nor expired."""
    row = _known_token(session, token)
    return _actor(row) if row and _valid(row, now()) else None


def _known_token(session: Session, token: str) -> ApiToken | None:
    wanted = token_hash(token)
    row = repository.by_hash(session, wanted)
    return row if row is not None and hmac.compare_digest(row.token_hash, wanted) else None


def _valid(token: ApiToken, instant: datetime) -> bool:
    return token.revoked_at is None and not expired(token, instant)


def expired(token: ApiToken, instant: datetime) -> bool:
    """Whether a token is valid no more because its time is over."""
    return token.expires_at is not None and token.expires_at <= instant


def _note_use(engine: Engine, token_id: UUID, instant: datetime) -> None:
    # Of no importance for the answer: where the database is busy or full, the next request notes it.
    with suppress(DBAPIError), unit_of_work(engine) as session:
        repository.note_use(session, token_id, instant)


def _actor(row: ApiToken) -> Actor:
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
