"""Long work: what is to be done, how far it is, what it was given, and what it has to say."""

from datetime import datetime
from uuid import UUID

from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument, new_id


class Job(SQLModel, table=True):
    """One piece of long work.

    ``done`` counts what is finished for good: a job that was interrupted goes on behind it. Whoever works at it
    holds it until ``lease_until`` and says who it is in ``lease_owner``. A job with ``foreground`` belongs to a
    command that somebody has started; only that command, started again, goes on with it. ``fingerprint`` is
    the SHA-256 of what it was given. ``created_by`` is the name of its ``caller``, and ``times_dropped`` how often a
    process ended with it without having got any further.
    """

    __tablename__ = "job"

    id: UUID = Field(default_factory=new_id, primary_key=True)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=12, index=True)
    foreground: bool = False
    settings: JsonObject = Field(sa_type=JsonDocument)
    fingerprint: str | None = Field(default=None, max_length=64, index=True)
    done: int = 0
    total: int | None = None
    counts: JsonObject = Field(default_factory=dict, sa_type=JsonDocument)
    result: JsonObject | None = Field(default=None, sa_type=JsonDocument, nullable=True)
    detail: str | None = Field(default=None, max_length=2000)
    cancel_requested: bool = False
    lease_owner: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = None
    created_by: str = Field(max_length=120)
    caller: str = Field(max_length=120)
    times_dropped: int = 0
    created_at: datetime
    updated_at: datetime


class JobInput(SQLModel, table=True):
    """A piece of the file that a job was given, in order; gone once the job has ended."""

    __tablename__ = "job_input"

    job_id: UUID = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    position: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    content: bytes


class JobRemark(SQLModel, table=True):
    """What a job has to say about one line of its file; with ``rejected`` nothing of that line was stored."""

    __tablename__ = "job_remark"

    job_id: UUID = Field(primary_key=True, foreign_key="job.id", ondelete="CASCADE")
    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    rejected: bool
    line: int
    field: str = Field(max_length=400)
    reason: str
    candidates: list[JsonObject] | None = Field(default=None, sa_type=JsonDocument, nullable=True)
