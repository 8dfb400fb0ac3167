"""Profiles that may be one and the same, and profiles that were merged into another."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument, new_id


class Duplicate(SQLModel, table=True):
    """Two profiles of a kind that may be the same, the older one first.

    ``state`` is open or dismissed; a pair that is merged is none any more. ``degree`` is between 0 and 1, ``because``
    names what the two have in common.
    """

    __tablename__ = "duplicate"
    __table_args__ = (UniqueConstraint("first_number", "second_number"), {"sqlite_autoincrement": True})

    number: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(default_factory=new_id, unique=True)
    first_number: int = Field(foreign_key="profile.number", ondelete="CASCADE")
    second_number: int = Field(foreign_key="profile.number", ondelete="CASCADE", index=True)
    degree: float
    because: list[Any] = Field(sa_type=JsonDocument)
    state: str = Field(default="open", max_length=12, index=True)
    found_at: datetime
    decided_by: str | None = Field(default=None, max_length=120)
    decided_at: datetime | None = None
    reason: str | None = Field(default=None, max_length=2000)


class MergedProfile(SQLModel, table=True):
    """A profile that was merged into another, as it was; its identifier and its key go on to lead there.

    ``moved`` holds what hung on it and could not move along because the other had its equal, row by row.
    """

    __tablename__ = "merged_profile"

    id: UUID = Field(primary_key=True)
    kind: str = Field(max_length=12)
    key: str = Field(max_length=209, unique=True)
    into_number: int = Field(foreign_key="profile.number", ondelete="CASCADE", index=True)
    document: JsonObject = Field(sa_type=JsonDocument)
    sources: JsonObject | None = Field(default=None, sa_type=JsonDocument, nullable=True)
    record_hash: str = Field(max_length=64)
    moved: JsonObject = Field(sa_type=JsonDocument)
    created_at: datetime
    merged_at: datetime
    merged_by: str = Field(max_length=120)
    reason: str = Field(max_length=2000)
