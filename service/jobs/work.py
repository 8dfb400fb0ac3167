"""Working at a job: holding it, writing down how far it is, and ending it in one of the ways a job can end."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.language import Language
from schemas.translation import Message, message
from schemas.wording import render
from service.clock import now
from service.db.faults import REMEDIES, fault_of
from service.db.session import reading, unit_of_work
from service.db.tables import Job
from service.jobs import repository
from service.leases import LEASE, is_free, take, this_process

LOG = logging.getLogger("passerelle.jobs")
UNEXPECTED = message("Something went wrong on our side. It has been recorded; please try again later.")
LONGEST_MINUTES = 30
"""How long the service works at one job; commands, which nobody waits behind, work as long as they need."""
TOO_LONG = message(
    "This was stopped after {minutes} minutes. What is done stays done; ask for less at once, such as a shorter file.",
    minutes=LONGEST_MINUTES,
)
MOST_DROPS = 3
"""How often a process may end at one place of a job before nobody tries it again."""
DROPPED = message(
    "The service ended {times} times while doing this, so it was given up. Look for what is unusual in what you sent, or write to those who run the service.",
    times=MOST_DROPS,
)
PAUSE_SECONDS = 5.0
"""How long work may go on without anything to write down before it says that it lives."""
Progress = Callable[[int, int | None], None]


class JobFailedError(Exception):
    """The work cannot be done; says why, and what to do."""

    def __init__(self, detail: Message) -> None:
        super().__init__(str(detail))
        self.detail = detail


class JobCancelledError(Exception):
    """Somebody asked the work to stop. What is done stays done."""


class JobInterruptedError(Exception):
    """This process is about to end; the work goes on in another one."""


class JobLostError(Exception):
    """Somebody else has taken the job over, or it is gone."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What a checkpoint has written down: rows done, outcomes, remarks so far, and whether the work shall stop."""

    done: int
    counts: dict[str, int]
    remarks: int
    stop_asked: bool


@dataclass
class JobAtWork:
    """A job in the hands of this process. ``job`` is as it was when the work began."""

    engine: Engine
    job: Job
    stopping: threading.Event = field(default_factory=threading.Event)
    progress: Progress = field(default=lambda _done, _total: None)
    _remarks: int = field(init=False)
    _written: "_Written" = field(init=False)
    _begun: float = field(init=False, default_factory=time.monotonic)
    _held: float = field(init=False, default_factory=time.monotonic)

    def __post_init__(self) -> None:
        with reading(self.engine) as session:
            self._remarks = repository.count_remarks(session, self.job.id)

    @property
    def language(self) -> Language:
        """The language of whoever asked for the work."""
        return Language(self.job.settings["language"])

    def checkpoint(
        self, session: Session, done: int, counts: Mapping[str, int], remarks: Sequence[JsonObject] = ()
    ) -> None:
        """Write down, in the same transaction as the work itself, how far it is; raises ``JobLostError``.

        What was written down counts once :meth:`committed` is called.
        """
        stop_asked = self._hold(session, {"done": done, "counts": dict(counts), "times_dropped": 0})
        rows = [
            {**remark, "job_id": self.job.id, "number": self._remarks + n} for n, remark in enumerate(remarks)
        ]
        repository.add_remarks(session, rows)
        self._written = _Written(done, dict(counts), self._remarks + len(rows), stop_asked)

    def committed(self) -> None:
        """Go on after the last checkpoint is committed, if nobody wants the work to stop."""
        self.job.done, self.job.counts = self._written.done, self._written.counts
        self._remarks = self._written.remarks
        self.progress(self.job.done, self.job.total)
        self._check_wanted(stop_asked=self._written.stop_asked)

    def keep_alive(self) -> None:
        """Say now and then, while there is nothing to write down, that somebody is at work, if nobody wants it to stop."""
        if time.monotonic() - self._held > PAUSE_SECONDS:
            with unit_of_work(self.engine) as session:
                stop_asked = self._hold(session, {})
            self._check_wanted(stop_asked=stop_asked)

    def _check_wanted(self, *, stop_asked: bool) -> None:
        if stop_asked:
            raise JobCancelledError
        if self.stopping.is_set():
            raise JobInterruptedError
        if not self.job.foreground and time.monotonic() - self._begun > LONGEST_MINUTES * 60:
            raise JobFailedError(TOO_LONG)

    def begin(self, total: int, *, restart: bool) -> None:
        """Write down how much there is to do; ``restart`` forgets what a former attempt had done."""
        with unit_of_work(self.engine) as session:
            values: JsonObject = {"total": total}
            if restart:
                repository.forget_remarks(session, self.job.id)
                values |= {"done": 0, "counts": {}}
                self._remarks, self.job.done, self.job.counts = 0, 0, {}
            self._hold(session, values)
        self.job.total = total
        self.progress(self.job.done, total)

    def conclude(self, result: JsonObject) -> None:
        """Write down what came of the work as a whole; raises ``JobLostError``."""
        with unit_of_work(self.engine) as session:
            self._hold(session, {"result": result})

    def _hold(self, session: Session, values: JsonObject) -> bool:
        instant = now()
        held = {"lease_until": instant + LEASE, "updated_at": instant}
        stop_asked = repository.keep_hold(session, self.job.id, this_process(), values | held)
        if stop_asked is None:
            raise JobLostError
        self._held = time.monotonic()
        return stop_asked


Work = Callable[[JobAtWork], None]


def claim(session: Session, job_id: UUID) -> Job | None:
    """Take a job that has not ended and that nobody is at; ``None`` when there is nothing to take.

    A job on which one process after the other has died ends here.
    """
    job = repository.by_id(session, job_id, to_change=True)
    if job is None or job.state not in ("queued", "running") or not is_free(job, now()):
        return None
    job.times_dropped += job.state == "running" and not job.foreground
    if job.times_dropped >= MOST_DROPS:
        _give_up(session, job)
        return None
    job.state, job.detail = "running", None
    take(job, now())
    session.add(job)
    session.flush()
    return job


def _give_up(session: Session, job: Job) -> None:
    job.state, job.lease_owner, job.lease_until, job.updated_at = "failed", None, None, now()
    job.detail = render(Language(job.settings["language"]), DROPPED)
    session.add(job)
    repository.forget_input(session, job.id)


def perform(at_work: JobAtWork, work: Work) -> None:
    """Do the work of a claimed job and write down how it ended. Only what stops this process is raised."""
    try:
        work(at_work)
    except JobCancelledError:
        _end(at_work, "cancelled")
    except JobFailedError as error:
        _end(at_work, "failed", error.detail)
    except JobLostError:
        LOG.warning("job %s is in other hands now", at_work.job.id)
    except (JobInterruptedError, DBAPIError) as error:
        _leave_for_later(at_work, error)
    except Exception:
        LOG.exception("job %s failed", at_work.job.id)
        _end(at_work, "failed", UNEXPECTED)
    except BaseException:
        _release(at_work)
        raise
    else:
        _end(at_work, "done")


def _leave_for_later(at_work: JobAtWork, error: JobInterruptedError | DBAPIError) -> None:
    """Somebody stops this process, or the storage fails: a job says what is wrong, and goes on once it is mended."""
    fault = fault_of(error)
    if fault is not None:
        LOG.warning("job %s is left for later (storage: %s)", at_work.job.id, fault.value)
        at_work.job.detail = render(at_work.language, REMEDIES[fault])
        _release(at_work, {"detail": at_work.job.detail})
    elif isinstance(error, JobInterruptedError):
        LOG.info("job %s is left for later", at_work.job.id)
        _release(at_work)
    else:
        LOG.error("job %s failed", at_work.job.id, exc_info=error)
        _end(at_work, "failed", UNEXPECTED)


def _end(at_work: JobAtWork, state: str, detail: Message | None = None) -> None:
    said = render(at_work.language, detail) if detail else None
    _let_go(at_work, {"state": state, "detail": said})
    with unit_of_work(at_work.engine) as session:
        repository.forget_input(session, at_work.job.id)


def _release(at_work: JobAtWork, values: JsonObject | None = None) -> None:
    at_work.job.state = "queued"
    try:
        _let_go(at_work, {"state": "queued", **(values or {})})
    except DBAPIError:
        LOG.warning("this could not be stored; job %s is free once its lease ends", at_work.job.id)


def _let_go(at_work: JobAtWork, values: JsonObject) -> None:
    released = {"lease_owner": None, "lease_until": None, "updated_at": now()}
    with unit_of_work(at_work.engine) as session:
        repository.keep_hold(session, at_work.job.id, this_process(), values | released)
    for name, value in values.items():
        setattr(at_work.job, name, value)
