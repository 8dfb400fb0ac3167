"""Jobs and their remarks as stewards see them."""

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from sqlmodel import Session

from schemas.jobs import ENDED, ImportResult, JobPublic, JobState, RejectedLine, RemarkedLine, RemarkPublic
from schemas.previews import PreviewPublic
from service.db.tables import Job, JobRemark
from service.jobs import repository
from service.leases import is_free

PREVIEWS = frozenset({"preview"})
"""The kinds of jobs whose result is one document, and not what became of the lines of a file."""
REMARKS_IN_RESULT = 1_000
"""How many remarks of each sort stand in a result; the rest is in the list of remarks."""


def job_view(session: Session, job: Job, now: datetime, *, most: int = REMARKS_IN_RESULT) -> JobPublic:
    """A job; at most ``most`` remarks of each sort stand in its result."""
    return JobPublic(
        id=job.id,
        kind=job.kind,
        state=_state(job, now),
        done=job.done,
        total=job.total,
        settings=job.settings,
        result=_result(session, job, most) if job.state in ENDED else None,
        detail=job.detail,
        created_by=job.created_by,
        created_at=job.created_at,
        updated_at=job.updated_at,
    )


def _state(job: Job, now: datetime) -> JobState:
    left = job.foreground and job.state not in ENDED and is_free(job, now)
    return "interrupted" if left else cast("JobState", job.state)


def _result(session: Session, job: Job, most: int) -> ImportResult | PreviewPublic | None:
    if job.kind not in PREVIEWS:
        return import_result(session, job, most=most)
    return PreviewPublic.model_validate(job.result) if job.result else None


def import_result(session: Session, job: Job, *, most: int | None) -> ImportResult:
    """What became of the lines of a job's file; at most ``most`` remarks of each sort, by default all."""
    limit = most if most is not None else max(1, repository.count_remarks(session, job.id))
    rejected, remarks = (
        repository.remarks(session, job.id, rejected=wanted, after=None, limit=limit)
        for wanted in (True, False)
    )
    return ImportResult(
        created=job.counts.get("created", 0),
        updated=job.counts.get("updated", 0),
        unchanged=job.counts.get("unchanged", 0),
        rejected=_rejected(rejected),
        remarks=[
            RemarkedLine(line=each.line, field=each.field, reason=each.reason, candidates=each.candidates)
            for each in remarks
        ],
    )


def _rejected(remarks: Sequence[JobRemark]) -> list[RejectedLine]:
    return [RejectedLine(line=each.line, field=each.field, reason=each.reason) for each in remarks]


def remark_view(remark: JobRemark) -> RemarkPublic:
    """One remark on a line."""
    return RemarkPublic(
        line=remark.line,
        field=remark.field,
        reason=remark.reason,
        rejected=remark.rejected,
        candidates=remark.candidates,
    )
