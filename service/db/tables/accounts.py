"""Who may do what: API tokens, and requests that must not be done twice."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, or_
from sqlmodel import Field, SQLModel, col

from schemas.inputs import JsonObject
from service.db.base import JsonDocument, new_id


class ApiToken(SQLModel, table=True):
    """A token of the API. Only its SHA-256 is kept; the token itself is shown once. ``last_used_at`` is kept to the hour.

    ``made_with`` is the token with which its holder made this one, if no administrator did.
    """

    __tablename__ = "api_token"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    name: str = Field(max_length=120)
    role: str = Field(max_length=12)
    organisation_number: int | None = Field(
        default=None, foreign_key="profile.number", ondelete="CASCADE", index=True
    )
    token_hash: str = Field(max_length=64, unique=True)
    created_by: str = Field(max_length=120)
    made_with: UUID | None = Field(default=None, foreign_key="api_token.id", ondelete="CASCADE", index=True)
    created_at: datetime
    expires_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None

    @classmethod
    def held_with(cls, token_id: UUID) -> ColumnElement[bool]:
        """The condition for a token that an administrator gave, and those that its holder made with it."""
        return or_(col(cls.id) == token_id, col(cls.made_with) == token_id)


class IdempotentRequest(SQLModel, table=True):
    """The answer once given to a POST with an ``Idempotency-Key``, for the one who sent it."""

    __tablename__ = "idempotent_request"

    actor: str = Field(primary_key=True, max_length=64)
    key: str = Field(primary_key=True, max_length=255)
    request_hash: str = Field(max_length=64)
    status: int
    headers: JsonObject = Field(sa_type=JsonDocument)
    body: str
    created_at: datetime = Field(index=True)
