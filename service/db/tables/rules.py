"""Versioned rulesets; exactly one is active."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument, new_id, unique_where


class Ruleset(SQLModel, table=True):
    """One version of the match rules, with who made it, why and when; the audit log tells every step.

    ``key`` is that of the file it was put in as. ``replaced`` is the version whose place it took when it was last activated.
    ``evidence`` tells from what its weights were learnt.
    """

    __tablename__ = "ruleset"
    __table_args__ = (
        unique_where("uq_ruleset_active", "state", "state = 'active'"),
        {"sqlite_autoincrement": True},
    )

    version: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(default_factory=new_id, unique=True)
    key: str | None = Field(default=None, max_length=60, index=True)
    name: str = Field(max_length=120)
    reason: str = Field(max_length=2000)
    source: str | None = Field(default=None, max_length=2000)
    state: str = Field(max_length=12)
    based_on: int | None = Field(default=None, foreign_key="ruleset.version")
    settings: JsonObject = Field(sa_type=JsonDocument)
    evidence: list[JsonObject] | None = Field(default=None, sa_type=JsonDocument, nullable=True)
    revision: int = 1
    created_by: str = Field(max_length=120)
    created_at: datetime
    activated_by: str | None = Field(default=None, max_length=120)
    activated_at: datetime | None = None
    activation_reason: str | None = Field(default=None, max_length=2000)
    retired_at: datetime | None = None
    replaced: int | None = Field(default=None, foreign_key="ruleset.version")
