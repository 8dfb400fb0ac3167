"""Jobs that tests do at once, in their own process."""

from collections.abc import Callable
from typing import Any, BinaryIO

from sqlalchemy import Engine

from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import Job
from service.interchange.importing import JOB_KIND, import_file
from service.jobs.service import begin_job
from service.jobs.work import JobAtWork, claim, perform


def import_content(engine: Engine, open_file: Callable[[], BinaryIO], settings: dict[str, Any]) -> Job:
    """Import a file without any waiting; the job as it stands then, which must not have failed by a fault of ours."""
    with unit_of_work(engine) as session:
        job = claim(session, begin_job(session, JOB_KIND, settings, by="test", now=now()).id)
    assert job is not None
    perform(JobAtWork(engine, job), lambda at_work: import_file(at_work, open_file))
    return job
