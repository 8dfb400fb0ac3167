"""Jobs as their owners see them: begun, looked at, stopped."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session

from schemas.jobs import ENDED
from schemas.translation import message
from service.db.base import new_id
from service.db.tables import Job, JobRemark
from service.errors import Conflict, NotFound
from service.http.times import utc
from service.jobs import repository
from service.leases import is_free

KEPT = timedelta(days=30)
"""How long an ended job can still be looked at."""
TOLD_WHOLE = frozenset({"preview"})
"""The kinds of jobs whose result is one document, and not what became of the lines of a file."""
REMARKS_IN_RESULT = 1_000
"""How many remarks of each sort stand in a result; the rest is in the list of remarks."""


def begin_job(
    session: Session,
    kind: str,
    settings: dict[str, Any],
    *,
    by: str,
    now: datetime,
    fingerprint: str | None = None,
    foreground: bool = False,
) -> Job:
    """Write down work to be done; jobs that ended long ago are forgotten at the same time."""
    repository.forget_before(session, now - KEPT)
    job = Job(
        id=new_id(),
        kind=kind,
        state="queued",
        foreground=foreground,
        settings=settings,
        fingerprint=fingerprint,
        created_by=by[:120],
        created_at=now,
        updated_at=now,
    )
    session.add(job)
    session.flush()
    return job


def resume_or_begin_command(
    session: Session, kind: str, settings: dict[str, Any], *, fingerprint: str, by: str, now: datetime
) -> Job:
    """The unfinished job of a command that was given the same before, or a new one; to be claimed."""
    for job in repository.unfinished_command(session, fingerprint):
        if job.kind == kind and job.settings == settings:
            return job
    return begin_job(session, kind, settings, by=by, now=now, fingerprint=fingerprint, foreground=True)


def find_job(session: Session, job_id: UUID, *, to_change: bool = False) -> Job:
    """The job with this identifier; raises ``NotFound``."""
    job = repository.by_id(session, job_id, to_change=to_change)
    if job is None:
        raise NotFound(message("There is no job with this identifier."))
    return job


def cancel_job(session: Session, job_id: UUID, now: datetime) -> Job:
    """Ask a job to stop: at once if nobody is at it, else after the piece at hand. What is done stays done."""
    job = find_job(session, job_id, to_change=True)
    if job.state in ENDED:
        raise Conflict(message("This job has ended already."))
    job.cancel_requested, job.updated_at = True, now
    if is_free(job, now):
        job.state = "cancelled"
        repository.forget_input(session, job.id)
    session.add(job)
    return job


def public_job(session: Session, job: Job, now: datetime, *, most: int = REMARKS_IN_RESULT) -> dict[str, Any]:
    """A job as others see it; at most ``most`` remarks of each sort stand in its result."""
    return {
        "id": str(job.id),
        "kind": job.kind,
        "state": _state(job, now),
        "done": job.done,
        "total": job.total,
        "settings": job.settings,
        "result": _result(session, job, most) if job.state in ENDED else None,
        "detail": job.detail,
        "created_by": job.created_by,
        "created_at": utc(job.created_at),
        "updated_at": utc(job.updated_at),
    }


def _state(job: Job, now: datetime) -> str:
    left = job.foreground and job.state not in ENDED and is_free(job, now)
    return "interrupted" if left else job.state


def _result(session: Session, job: Job, most: int) -> dict[str, Any] | None:
    return job.result if job.kind in TOLD_WHOLE else job_result(session, job, most=most)


def job_result(session: Session, job: Job, *, most: int | None) -> dict[str, Any]:
    """What became of the lines of a job's file; at most ``most`` remarks of each sort."""
    limit = most if most is not None else max(1, repository.count_remarks(session, job.id))
    rejected, remarks = (
        repository.remarks(session, job.id, rejected=wanted, after=None, limit=limit)
        for wanted in (True, False)
    )
    return {
        **{name: job.counts.get(name, 0) for name in ("created", "updated", "unchanged")},
        "rejected": [_shown(item) for item in rejected],
        "remarks": [_shown(item) | {"candidates": item.candidates} for item in remarks],
    }


def list_remarks(
    session: Session, job_id: UUID, *, rejected: bool | None, after: int | None, limit: int
) -> Sequence[JobRemark]:
    """At most ``limit`` + 1 remarks of a job after number ``after``."""
    find_job(session, job_id)
    return repository.remarks(session, job_id, rejected=rejected, after=after, limit=limit + 1)


def public_remark(remark: JobRemark) -> dict[str, Any]:
    """One remark as others see it."""
    return _shown(remark) | {"rejected": remark.rejected, "candidates": remark.candidates}


def _shown(remark: JobRemark) -> dict[str, Any]:
    return {"line": remark.line, "field": remark.field, "reason": remark.reason}
