"""What is still to be done: the outbox, jobs, subscriptions and digests, and signs of life."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlmodel import Field, SQLModel

from service.db.base import JsonDocument, new_id


class OutboxMessage(SQLModel, table=True):
    """Work that a committed change asks for. A row is claimed by lease and deleted when it is done."""

    __tablename__ = "outbox"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=40)
    subject: str = Field(max_length=64)
    created_at: datetime
    available_at: datetime = Field(index=True)
    attempts: int = 0
    claimed_by: str | None = Field(default=None, max_length=64)
    error: str | None = Field(default=None, max_length=500)


class Job(SQLModel, table=True):
    """Long work with progress that a client can follow."""

    __tablename__ = "job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=40)
    arguments: dict[str, Any] = Field(sa_type=JsonDocument)  # type: ignore[call-overload]
    state: str = Field(default="queued", max_length=12, index=True)
    done: int = 0
    total: int | None = None
    result: dict[str, Any] | None = Field(default=None, sa_type=JsonDocument, nullable=True)  # type: ignore[call-overload]
    error: str | None = Field(default=None, max_length=500)
    requested_by: str = Field(max_length=120)
    created_at: datetime
    started_at: datetime | None = None
    finished_at: datetime | None = None


class Subscription(SQLModel, table=True):
    """How often, in which language and time zone an organisation hears of new suggestions."""

    __tablename__ = "subscription"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    organisation_number: int = Field(foreign_key="profile.number", ondelete="CASCADE", unique=True)
    frequency: str = Field(max_length=12)
    language: str = Field(max_length=2)
    timezone: str = Field(max_length=64)
    next_digest_at: datetime | None = Field(default=None, index=True)
    revision: int = 1
    stopped_reason: str | None = Field(default=None, max_length=300)
    created_at: datetime
    updated_at: datetime


class Digest(SQLModel, table=True):
    """One mail to one subscriber for one period; ``(subscription, period)`` is unique.

    States: ``due``, ``sending`` (leased until ``leased_until``), ``sent``, ``empty`` (nothing new, no mail),
    ``failed`` (``reason`` says why).
    """

    __tablename__ = "digest"
    __table_args__ = (UniqueConstraint("subscription_id", "period"),)

    id: UUID = Field(default_factory=new_id, primary_key=True)
    subscription_id: UUID = Field(foreign_key="subscription.id", ondelete="CASCADE")
    period: str = Field(max_length=40)
    state: str = Field(default="due", max_length=12, index=True)
    leased_until: datetime | None = None
    leased_by: str | None = Field(default=None, max_length=64)
    attempts: int = 0
    next_attempt_at: datetime = Field(index=True)
    message_id: str | None = Field(default=None, max_length=200)
    suggestions: list[str] = Field(default_factory=list, sa_type=JsonDocument)  # type: ignore[call-overload]
    reason: str | None = Field(default=None, max_length=300)
    created_at: datetime
    sent_at: datetime | None = None


class ToldSuggestion(SQLModel, table=True):
    """A suggestion that a subscriber has been told of, never to be told again."""

    __tablename__ = "told_suggestion"

    subscription_id: UUID = Field(primary_key=True, foreign_key="subscription.id", ondelete="CASCADE")
    suggestion_id: UUID = Field(primary_key=True)
    digest_id: UUID = Field(foreign_key="digest.id", ondelete="CASCADE", index=True)


class Heartbeat(SQLModel, table=True):
    """The last sign of life of a worker or scheduler."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True, max_length=80)
    at: datetime
