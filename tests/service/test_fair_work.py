"""Nobody's long work makes another wait, goes on for ever, or brings down one process after the other."""

import threading
from datetime import timedelta
from uuid import UUID

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Job, JobInput
from service.interchange import files
from service.jobs import work as work_module
from service.jobs.runner import JobRunner
from service.jobs.service import Requester, begin_job
from service.jobs.work import MOST_DROPS, JobAtWork
from service.leases import this_process
from tests.service.client import Installation

FILE = b"key,name\n" + b"".join(b"k%d,Club\n" % number for number in range(2_000))
KIND = "exercise"


def begun(session: Session, caller: str, foreground: bool = False) -> UUID:
    """A job of this caller that waits."""
    settings = {"language": "en", "caller": caller}
    return begin_job(
        session, KIND, settings, by=Requester(caller, caller), now=now(), foreground=foreground
    ).id


def test_callers_take_turns(installation: Installation) -> None:
    engine = installation.app.state.engine
    order: list[str] = []
    runner = JobRunner(engine, {KIND: lambda at_work: order.append(at_work.job.settings["caller"])})
    with unit_of_work(engine) as session:
        for caller in "aaaabbc":
            begun(session, caller)
    assert runner.run_waiting() == 7
    assert order == list("abcabaa")


def test_one_callers_long_job_keeps_nobody_else_waiting(installation: Installation) -> None:
    engine = installation.app.state.engine
    release, others_done = threading.Event(), threading.Event()
    at_once: list[str] = []

    def work(at_work: JobAtWork) -> None:
        caller = at_work.job.settings["caller"]
        at_once.append(caller)
        if caller == "heavy":
            release.wait(30)
        elif caller == "late":
            others_done.set()

    with unit_of_work(engine) as session:
        for caller in ("heavy", "heavy", "heavy", "heavy", "quick", "late"):
            begun(session, caller)
    runner = JobRunner(engine, {KIND: work})
    runner.start()
    try:
        assert others_done.wait(30)
        assert at_once.count("heavy") <= 1
    finally:
        release.set()
        runner.stop()


def test_a_job_ends_after_its_time_and_keeps_what_is_done(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_module, "LONGEST_MINUTES", 0)
    steward = installation.client("steward")
    job = _posted(steward)
    installation.app.state.jobs.run_waiting()
    shown = steward.get(f"/jobs/{job}").json()
    assert (shown["state"], shown["done"], shown["result"]["created"]) == ("failed", 500, 500)
    assert "stopped after" in shown["detail"]


def test_a_job_is_stopped_while_its_file_is_still_being_counted(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work_module, "PAUSE_SECONDS", 0)
    monkeypatch.setattr(files, "LINES_PER_PACE", 1)
    steward = installation.client("steward")
    job = _posted(steward)
    with unit_of_work(installation.app.state.engine) as session:
        session.get_one(Job, UUID(job)).cancel_requested = True
    installation.app.state.jobs.run_waiting()
    shown = steward.get(f"/jobs/{job}").json()
    assert (shown["state"], shown["done"], shown["total"]) == ("cancelled", 0, None)


def test_a_job_on_which_processes_die_is_given_up(installation: Installation) -> None:
    steward = installation.client("steward")
    job = _posted(steward)
    engine = installation.app.state.engine
    runner = JobRunner(engine, {"import": _die})
    for _ in range(MOST_DROPS):
        assert steward.get(f"/jobs/{job}").json()["state"] in ("queued", "running")
        with pytest.raises(SystemExit):
            runner.run_waiting()
        with unit_of_work(engine) as session:
            row = session.get_one(Job, UUID(job))
            # As a process leaves it that is killed.
            row.state, row.lease_until = "running", now() + timedelta(seconds=60)
            row.lease_owner = this_process().rsplit(":", 2)[0] + f":{2**22 + 1}:x"
    assert runner.run_waiting() == 0
    shown = steward.get(f"/jobs/{job}").json()
    assert shown["state"] == "failed"
    assert f"ended {MOST_DROPS} times" in shown["detail"]
    with reading(engine) as session:
        assert session.get(JobInput, (UUID(job), 0)) is None


def _die(_at_work: JobAtWork) -> None:
    raise SystemExit


def _posted(steward: TestClient) -> str:
    answer = steward.post("/imports", content=FILE, params={"kind": "association"})
    identifier: str = answer.json()["id"]
    return identifier
