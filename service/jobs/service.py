"""Jobs as their owners see them: begun, looked at, stopped."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.jobs import ENDED
from schemas.translation import message
from service.db.base import new_id
from service.db.tables import Job, JobRemark
from service.errors import Conflict, NotFound
from service.jobs import repository
from service.leases import is_free


class Requester(NamedTuple):
    """Who asks for work: an identifier that nobody else has, and the name to show."""

    id: str
    name: str

    @classmethod
    def command(cls, name: str) -> "Requester":
        """A command, which is known by its name."""
        return cls(name, name)


def begin_job(
    session: Session,
    kind: str,
    settings: JsonObject,
    *,
    by: Requester,
    now: datetime,
    fingerprint: str | None = None,
    foreground: bool = False,
) -> Job:
    """Write down work to be done."""
    job = Job(
        id=new_id(),
        kind=kind,
        state="queued",
        foreground=foreground,
        settings=settings,
        fingerprint=fingerprint,
        created_by=by.name[:120],
        caller=by.id[:120],
        created_at=now,
        updated_at=now,
    )
    session.add(job)
    session.flush()
    return job


def resume_or_begin_command(
    session: Session, kind: str, settings: JsonObject, *, fingerprint: str, by: Requester, now: datetime
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


def list_remarks(
    session: Session, job_id: UUID, *, rejected: bool | None, after: int | None, limit: int
) -> Sequence[JobRemark]:
    """At most ``limit`` + 1 remarks of a job after number ``after``."""
    find_job(session, job_id)
    return repository.remarks(session, job_id, rejected=rejected, after=after, limit=limit + 1)
