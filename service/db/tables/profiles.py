"""Profiles of all four kinds, what they can be filtered by, and the order of their changes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument, new_id


class Profile(SQLModel, table=True):
    """One association, authority, programme or project.

    ``number`` orders profiles by creation and never returns; ``id`` is what the world sees; ``key`` is the
    sender's own and unique. ``document`` is what :data:`schemas.records.FIELDS` validates, with places
    resolved. ``change_number`` is taken from one sequence over all profiles, so a reader who has seen all
    numbers up to n finds everything newer with ``change_number > n``. ``confirmed_at`` is when its sender last said
    that it holds; nobody ever has where there is none.
    """

    __tablename__ = "profile"
    __table_args__ = (
        Index("ix_profile_kind_number", "kind", "number"),
        {"sqlite_autoincrement": True},
    )

    number: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(default_factory=new_id, unique=True)
    kind: str = Field(max_length=12)
    key: str = Field(max_length=209, unique=True)
    name: str = Field(max_length=300)
    document: JsonObject = Field(sa_type=JsonDocument)
    sources: JsonObject | None = Field(default=None, sa_type=JsonDocument, nullable=True)
    owner_number: int | None = Field(
        default=None, foreign_key="profile.number", ondelete="SET NULL", index=True
    )
    published: bool = True
    version: int = 1
    change_number: int = Field(index=True)
    record_hash: str = Field(max_length=64)
    created_at: datetime
    updated_at: datetime
    confirmed_at: datetime | None


class ProfileLabel(SQLModel, table=True):
    """A label a profile can be found by: ``territory:SN-DB``, ``sector:240``, ``priority:rights``, or ``like:`` and a trace
    that a profile of the same organisation or project would share.

    Ancestors are labels of their own, so that "everything below" is one equality.
    """

    __tablename__ = "profile_label"

    label: str = Field(primary_key=True, max_length=80)
    kind: str = Field(primary_key=True, max_length=12)
    profile_number: int = Field(
        primary_key=True, foreign_key="profile.number", ondelete="CASCADE", index=True
    )


class ProfileDeletion(SQLModel, table=True):
    """What is left of a deleted profile: enough for others to forget it too."""

    __tablename__ = "profile_deletion"

    change_number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    profile_number: int
    kind: str = Field(max_length=12)


class Counter(SQLModel, table=True):
    """A sequence whose numbers are handed out in the order of the commits."""

    __tablename__ = "counter"

    name: str = Field(primary_key=True, max_length=40)
    value: int = 0


class Partnership(SQLModel, table=True):
    """A partnership that happened. ``since`` is a year or a day (ISO 8601).

    ``state`` is named, confirmed or denied: what is confirmed is the track record. ``named_by`` says which side (query or
    candidate) stands behind what is not.
    """

    __tablename__ = "partnership"
    __table_args__ = (UniqueConstraint("query_number", "candidate_number"), {"sqlite_autoincrement": True})

    number: int | None = Field(default=None, primary_key=True)
    id: UUID = Field(default_factory=new_id, unique=True)
    query_number: int = Field(foreign_key="profile.number", ondelete="CASCADE")
    candidate_number: int = Field(foreign_key="profile.number", ondelete="CASCADE", index=True)
    since: str | None = Field(default=None, max_length=10)
    status: str | None = Field(default=None, max_length=12)
    source: str | None = Field(default=None, max_length=300)
    state: str = Field(default="confirmed", max_length=12)
    named_by: str | None = Field(default=None, max_length=12)
    version: int = 1
    created_at: datetime
    updated_at: datetime


class Corridor(SQLModel, table=True):
    """Migration from one territory to another, with its stock of persons where a source gives one."""

    __tablename__ = "corridor"

    origin: str = Field(primary_key=True, max_length=16)
    residence: str = Field(primary_key=True, max_length=16)
    source: str = Field(primary_key=True, max_length=200)
    stock: int | None = None
    statement: JsonObject | None = Field(default=None, sa_type=JsonDocument, nullable=True)


class Precedent(SQLModel, table=True):
    """A documented practice: shown beside suggestions that resemble it, with what helped and hindered."""

    __tablename__ = "precedent"

    key: str = Field(primary_key=True, max_length=100)
    document: JsonObject = Field(sa_type=JsonDocument)
