"""Long work with progress: started by a request, done by a worker, followed at its address."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Engine
from sqlmodel import Session, col, update

from schemas.translation import message
from service.clock import now as clock
from service.db.session import reading, unit_of_work
from service.db.tables import Job
from service.errors import NotFound
from service.outbox.service import enqueue
from service.suggestions.index import MatchIndex
from service.suggestions.refresh import rematch

Progress = Callable[[int, int], None]
"""Told how much is done, of how much."""


def start_job(
    session: Session, kind: str, arguments: dict[str, Any], *, requested_by: str, now: datetime
) -> Job:
    """Queue a job in the caller's unit of work; a worker picks it up once that is committed."""
    job = Job(kind=kind, arguments=arguments, requested_by=requested_by, created_at=now)
    session.add(job)
    session.flush()
    enqueue(session, "job", str(job.id), now)
    return job


def find_job(session: Session, job_id: UUID) -> Job:
    """The job with this identifier; raises ``NotFound``."""
    job = session.get(Job, job_id)
    if job is None:
        raise NotFound(message("There is no job with this identifier."))
    return job


def run_job(engine: Engine, job_id: UUID, index: MatchIndex, now: datetime) -> None:
    """Do a queued or interrupted job to its end; what it achieved, or why it failed, is on its row.

    Every kind of job can be begun again: a worker that dies leaves the outbox message, whose lease runs
    out, and the next worker starts the job afresh.
    """
    with reading(engine) as session:
        job = session.get(Job, job_id)
    if job is None or job.state in {"done", "failed"}:
        return
    _mark(engine, job_id, state="running", started_at=now, done=0)
    try:
        result = KINDS[job.kind](engine, index, job.arguments, _progress_of(engine, job_id))
    except Exception as error:
        _mark(engine, job_id, state="failed", error=type(error).__name__, finished_at=clock())
        raise
    _mark(engine, job_id, state="done", result=result, finished_at=clock())


def _progress_of(engine: Engine, job_id: UUID) -> Progress:
    def progress(done: int, total: int) -> None:
        _mark(engine, job_id, done=done, total=total)

    return progress


def _mark(engine: Engine, job_id: UUID, **values: Any) -> None:
    with unit_of_work(engine) as session:
        session.exec(update(Job).where(col(Job.id) == job_id).values(**values))


def _rematch(
    engine: Engine, index: MatchIndex, arguments: dict[str, Any], progress: Progress
) -> dict[str, Any]:
    subjects = rematch(engine, index, clock(), everything=bool(arguments.get("all")), progress=progress)
    return {"subjects": subjects}


KINDS: dict[str, Callable[[Engine, MatchIndex, dict[str, Any], Progress], dict[str, Any]]] = {
    "rematch": _rematch
}
"""What each kind of job does."""


