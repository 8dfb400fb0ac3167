"""``GET /jobs/{id}``: how far long work has come."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from service.db.session import ReadingSession
from service.jobs.service import find_job
from service.security import Member

router = APIRouter(prefix="/jobs", tags=["jobs"])


class JobPublic(BaseModel):
    """A job as its follower sees it. ``total`` is ``null`` until it is known."""

    id: UUID
    kind: str
    state: Literal["queued", "running", "done", "failed"]
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


@router.get("/{job_id}")
def read_job(job_id: UUID, session: ReadingSession, _actor: Member) -> JobPublic:
    """The state and progress of a job."""
    return JobPublic.model_validate(find_job(session, job_id), from_attributes=True)
