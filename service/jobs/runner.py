"""Does the service's long work in a thread beside the requests, one job after the other."""

import logging
import threading
from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from service.clock import now
from service.db.session import reading, unit_of_work
from service.jobs import repository
from service.jobs.work import JobAtWork, Work, claim, perform
from service.leases import is_free

LOG = logging.getLogger("passerelle.jobs")
POLL_SECONDS = 2.0
"""How long a job of another process, or one that was left behind, may wait to be noticed."""


class JobRunner:
    """Takes jobs that wait, whoever left them, and does them; several processes share them by lease."""

    def __init__(self, engine: Engine, work: Mapping[str, Work]) -> None:
        self._engine, self._work = engine, work
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to look for work."""
        self._stopping.clear()
        self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Leave the job at hand after the piece at hand, for whoever comes next, and end."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def wake(self) -> None:
        """Look for work at once."""
        self._wake.set()

    def run_waiting(self) -> int:
        """Do every job that waits now; how many there were."""
        with reading(self._engine) as session:
            free = [
                job.id
                for job in repository.waiting(session)
                if job.kind in self._work and is_free(job, now())
            ]
        done = 0
        for job_id in free:
            if self._stopping.is_set():
                break
            with unit_of_work(self._engine) as session:
                job = claim(session, job_id)
            if job is not None:
                perform(JobAtWork(self._engine, job, self._stopping), self._work[job.kind])
                done += 1
        return done

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                done = self.run_waiting()
            except DBAPIError:
                LOG.exception("the database refused; jobs wait")
                done = 0
            if not done:
                self._wake.wait(POLL_SECONDS)
