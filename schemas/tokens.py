"""Tokens of the API as administrators make and see them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from schemas.inputs import Input
from schemas.partnerships import ProfileReference
from schemas.texts import NAMING, ONE_LINE

RoleName = Literal["member", "steward", "admin"]
TokenName = Annotated[str, StringConstraints(min_length=1, max_length=120), NAMING, ONE_LINE]
Days = Annotated[int, Field(ge=1, le=3_650)]
"""For how many days from now."""


class TokenInput(Input):
    """A token to make: what it may do, whose it is, and for which organisation a member speaks with it."""

    role: RoleName
    name: TokenName
    organisation: Annotated[
        Annotated[str, StringConstraints(min_length=1, max_length=209), ONE_LINE] | None,
        Field(description="Identifier or key of the profile that a member speaks for."),
    ] = None
    expires_in_days: Days | None = None


class OwnTokenInput(Input):
    """Another token of the caller's own; it may do what the token of the call may, and does not outlive it."""

    name: TokenName
    expires_in_days: Days | None = None


class TokenPublic(BaseModel):
    """A token without its secret."""

    id: UUID
    name: str
    role: RoleName
    organisation: ProfileReference | None
    state: Literal["active", "expired", "revoked"]
    created_by: str
    made_with: UUID | None = Field(
        description="The token with which its holder made it; it is revoked with that one."
    )
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None = Field(description="To the hour.")
    revoked_at: datetime | None


class TokenCreated(TokenPublic):
    """A new token, shown this once."""

    token: str | None = Field(
        description="Send it as `Authorization: Bearer …`; `null` where the call is repeated."
    )
