"""``/jobs``: how far long work is, what came of it, and how to stop it."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Response
from sqlmodel import Session

from schemas.jobs import JobPublic, RemarkPublic
from schemas.profiles import Page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Job
from service.http.answers import model_response
from service.http.etag import content_tag
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, identifier, page, position
from service.http.parameters import Flag
from service.jobs import repository, service
from service.jobs.views import job_view, remark_view
from service.security.authentication import Steward

SHOWN_IN_LISTS = 5
"""How many remarks of each sort a job shows in a list of jobs."""

router = GuardedRouter(prefix="/jobs", tags=["jobs"])


@router.get("", response_model_exclude_unset=True)
def list_jobs(
    session: ReadingSession, _: Steward, limit: Limit = 20, cursor: Cursor = None
) -> Page[JobPublic]:
    """Long work, the latest first; what ended more than thirty days ago is forgotten."""
    found = repository.listed(session, after=identifier(cursor), limit=limit + 1)
    instant = now()
    return page(
        Page[JobPublic],
        found,
        limit,
        lambda job: str(job.id),
        lambda job: job_view(session, job, instant, most=SHOWN_IN_LISTS),
    )


@router.get("/{job_id}", response_model=JobPublic)
def read_job(job_id: UUID, session: ReadingSession, _: Steward) -> Response:
    """How far a job is; ``result`` once it has ended."""
    return job_answer(session, service.find_job(session, job_id))


@router.post("/{job_id}/cancel", response_model=JobPublic, status_code=202)
def cancel_job(job_id: UUID, session: WritingSession, _: Steward, idempotent: Idempotent) -> Response:
    """Ask a job to stop; it does so after the piece at hand. What is done stays done."""
    return idempotent.once(
        session, lambda: job_answer(session, service.cancel_job(session, job_id, now()), status=202)
    )


@router.get("/{job_id}/remarks")
def list_remarks(
    job_id: UUID,
    session: ReadingSession,
    _: Steward,
    rejected: Annotated[
        Flag | None, Query(description="Only lines that were rejected, or only others.")
    ] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[RemarkPublic]:
    """Everything a job has to say about the lines of its file, in their order."""
    found = service.list_remarks(session, job_id, rejected=rejected, after=position(cursor), limit=limit)
    return page(Page[RemarkPublic], found, limit, lambda item: item.number, remark_view)


def job_answer(session: Session, job: Job, *, status: int = 200) -> Response:
    """A job as an answer, with its address."""
    view = job_view(session, job, now())
    headers = {"Location": f"/api/v1/jobs/{job.id}", "ETag": content_tag(view)}
    return model_response(view, status, headers)
