"""Does the service's long work in threads beside the requests: each caller's jobs one after the other, no caller's before
all of another's."""

import logging
import threading
from collections.abc import Mapping

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from service.clock import now
from service.db.faults import log_refusal
from service.db.session import unit_of_work
from service.db.tables import Job
from service.jobs import repository
from service.jobs.work import JobAtWork, Work, claim, perform
from service.leases import is_free

LOG = logging.getLogger("passerelle.jobs")
POLL_SECONDS = 2.0
"""How long a job of another process, or one that was left behind, may wait to be noticed."""
THREADS = 3
"""Of how many callers the jobs are done at the same time."""


class JobRunner:
    """Takes jobs that wait, whoever left them, and does them; several processes share them by lease."""

    def __init__(self, engine: Engine, work: Mapping[str, Work]) -> None:
        self._engine, self._work = engine, work
        self._wake, self._stopping = threading.Condition(), threading.Event()
        self._choosing = threading.Lock()
        self._turns: dict[str, int] = {}
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Begin to look for work."""
        self._stopping.clear()
        self._threads = [
            threading.Thread(target=self._run, name=f"jobs-{number}", daemon=True)
            for number in range(THREADS)
        ]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Leave the jobs at hand after the pieces at hand, for whoever comes next, and end."""
        self._stopping.set()
        self.wake()
        for thread in self._threads:
            thread.join()

    def wake(self) -> None:
        """Look for work at once."""
        with self._wake:
            self._wake.notify_all()

    def run_waiting(self) -> int:
        """Do jobs until none waits; how many there were."""
        done = 0
        while not self._stopping.is_set() and (job := self._claim_next()) is not None:
            perform(JobAtWork(self._engine, job, self._stopping), self._work[job.kind])
            if job.state == "queued":
                # It was left for later: not at once.
                break
            done += 1
        return done

    def _claim_next(self) -> Job | None:
        """The oldest job of whoever had a turn longest ago, among callers for whom nobody is at work."""
        with self._choosing, unit_of_work(self._engine) as session:
            instant = now()
            waiting = repository.waiting(session)
            served = {job.caller for job in waiting if not is_free(job, instant)}
            ours = [job for job in waiting if job.kind in self._work and job.caller not in served]
            for job in sorted(ours, key=lambda job: (self._turns.get(job.caller, 0), job.id)):
                if (claimed := claim(session, job.id)) is not None:
                    self._turns[job.caller] = max(self._turns.values(), default=0) + 1
                    return claimed
        return None

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                done = self.run_waiting()
            except DBAPIError as error:
                log_refusal(LOG.name, "jobs wait", error)
                done = 0
            if not done:
                with self._wake:
                    self._wake.wait(POLL_SECONDS)
