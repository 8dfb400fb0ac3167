"""Work that follows from what was stored, who is there to do it, and what it has cost."""

from datetime import datetime

from sqlmodel import Field, SQLModel

from schemas.inputs import JsonObject
from service.db.base import JsonDocument


class OutboxRow(SQLModel, table=True):
    """Something that is still to be done, committed together with the change that asks for it; gone once it is done.

    Whoever works at it holds it until ``lease_until``. ``request_id`` is the request that asked for it.
    """

    __tablename__ = "outbox"
    __table_args__ = ({"sqlite_autoincrement": True},)

    number: int | None = Field(default=None, primary_key=True)
    topic: str = Field(max_length=20, index=True)
    payload: JsonObject = Field(sa_type=JsonDocument)
    request_id: str | None = Field(default=None, max_length=100)
    attempts: int = 0
    due_at: datetime
    lease_owner: str | None = Field(default=None, max_length=120)
    lease_until: datetime | None = None
    created_at: datetime


class ProcessHeartbeat(SQLModel, table=True):
    """When a worker or a scheduler was last at work, by role and name of the process."""

    __tablename__ = "heartbeat"

    role: str = Field(primary_key=True, max_length=12)
    name: str = Field(primary_key=True, max_length=120)
    seen_at: datetime


class Measurement(SQLModel, table=True):
    """How often something was done, and how many seconds that has taken: in all, and the last time."""

    __tablename__ = "measurement"

    name: str = Field(primary_key=True, max_length=40)
    times: int
    seconds: float
    last_seconds: float
    measured_at: datetime
