"""Queries on jobs, their input and their remarks."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, func, insert, update
from sqlmodel import Session, col, select

from schemas.inputs import JsonObject
from schemas.jobs import ENDED
from service.db.tables import Job, JobInput, JobRemark


def by_id(session: Session, job_id: UUID, *, to_change: bool = False) -> Job | None:
    """The job with this identifier; ``to_change`` keeps other writers off it until the commit."""
    query = select(Job).where(Job.id == job_id)
    return session.exec(query.with_for_update() if to_change else query).first()


def listed(session: Session, *, after: UUID | None, limit: int) -> Sequence[Job]:
    """Jobs, the latest first."""
    query = select(Job).order_by(col(Job.id).desc()).limit(limit)
    return session.exec(query.where(col(Job.id) < after) if after else query).all()


def waiting(session: Session) -> Sequence[Job]:
    """Jobs of the service that have not ended, the oldest first."""
    query = select(Job).where(col(Job.state).in_(["queued", "running"]), col(Job.foreground).is_(False))
    return session.exec(query.order_by(col(Job.id))).all()


def unfinished_command(session: Session, fingerprint: str) -> Sequence[Job]:
    """Jobs of a command that were given this and have not ended, the latest first."""
    query = select(Job).where(
        col(Job.fingerprint) == fingerprint, col(Job.foreground).is_(True), col(Job.state).not_in(ENDED)
    )
    return session.exec(query.order_by(col(Job.id).desc())).all()


def keep_hold(session: Session, job_id: UUID, owner: str, values: JsonObject) -> bool | None:
    """Write down progress if ``owner`` still holds the job: whether it was asked to stop; ``None`` if it holds it no more."""
    statement = (
        update(Job)
        .where(col(Job.id) == job_id, col(Job.lease_owner) == owner)
        .values(**values)
        .returning(col(Job.cancel_requested))
        .execution_options(synchronize_session=False)
    )
    row = session.execute(statement).first()
    return bool(row[0]) if row else None


def add_input(session: Session, job_id: UUID, position: int, content: bytes) -> None:
    """Keep one piece of a job's file."""
    session.execute(insert(JobInput), [{"job_id": job_id, "position": position, "content": content}])


def input_piece(session: Session, job_id: UUID, position: int) -> bytes | None:
    """One piece of a job's file."""
    query = select(JobInput.content).where(JobInput.job_id == job_id, JobInput.position == position)
    return session.exec(query).first()


def forget_input(session: Session, job_id: UUID) -> None:
    """Delete a job's file."""
    session.execute(delete(JobInput).where(col(JobInput.job_id) == job_id))


def add_remarks(session: Session, rows: list[JsonObject]) -> None:
    """Keep what a job has to say."""
    if rows:
        session.execute(insert(JobRemark), rows)


def forget_remarks(session: Session, job_id: UUID) -> None:
    """Delete all that a job had to say."""
    session.execute(delete(JobRemark).where(col(JobRemark.job_id) == job_id))


def count_remarks(session: Session, job_id: UUID) -> int:
    """How many remarks a job has made."""
    query = select(func.count()).select_from(JobRemark).where(col(JobRemark.job_id) == job_id)
    return session.exec(query).one()


def remarks(
    session: Session, job_id: UUID, *, rejected: bool | None, after: int | None, limit: int
) -> Sequence[JobRemark]:
    """What a job has to say, in order, after remark number ``after``."""
    query = select(JobRemark).where(JobRemark.job_id == job_id).order_by(col(JobRemark.number)).limit(limit)
    if rejected is not None:
        query = query.where(col(JobRemark.rejected).is_(rejected))
    return session.exec(query.where(col(JobRemark.number) > after) if after is not None else query).all()
