"""Long work: shown, stopped, interrupted, taken over; what is done is done once."""

import threading
import time
from datetime import timedelta
from io import BytesIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from service.clock import now
from service.db.personal_data import forget_what_is_over
from service.db.session import reading, unit_of_work
from service.db.tables import Job, JobInput
from service.interchange.files import FileFormat
from service.interchange.importing import IMPORT_JOB, RECORDS_PER_TRANSACTION, ImportSettings, import_file
from service.interchange.kinds import RecordKind
from service.jobs.service import Requester, begin_job
from service.jobs.stored_input import BYTES_PER_ROW, keep_input, open_input
from service.jobs.work import JobAtWork, claim, perform
from service.leases import this_process
from tests.service.client import Installation

ROWS = 3 * RECORDS_PER_TRANSACTION + 1
CONTENT = b"key,name\n" + b"".join(b"k%d,Club\n" % number for number in range(ROWS))
REQUESTER = Requester("test", "test")
SETTINGS = ImportSettings(format=FileFormat.CSV, kind=RecordKind.ASSOCIATION).stored()


def posted(steward: TestClient) -> dict[str, Any]:
    """A job that waits to be done."""
    answer = steward.post("/imports", content=CONTENT, params={"kind": "association"})
    job: dict[str, Any] = answer.json()
    return job


def stored_keys(steward: TestClient) -> set[str]:
    """The keys of all associations."""
    lines = steward.get("/exports/association", params={"format": "csv"}).text.splitlines()[1:]
    return {line.split(",")[1] for line in lines}


def at_work(installation: Installation, **options: Any) -> JobAtWork:
    """A claimed job."""
    engine = installation.app.state.engine
    with unit_of_work(engine) as session:
        job = claim(
            session, begin_job(session, IMPORT_JOB, SETTINGS, by=REQUESTER, now=now(), foreground=True).id
        )
    assert job is not None
    return JobAtWork(engine, job, **options)


def do(work: JobAtWork) -> None:
    """Import the content."""
    perform(work, lambda job: import_file(job, lambda: BytesIO(CONTENT)))


def test_a_running_service_does_what_waits(installation: Installation) -> None:
    steward = installation.client("steward")
    with TestClient(installation.app, base_url="http://127.0.0.1:8000") as running:
        headers = {"Authorization": steward.headers["authorization"]}
        posted_at = "/api/v1/imports?kind=association"
        address = running.post(posted_at, content=CONTENT, headers=headers).headers["location"]
        deadline = time.monotonic() + 30
        while (job := running.get(address, headers=headers).json())["state"] not in ("done", "failed"):
            assert time.monotonic() < deadline
            time.sleep(0.05)
    assert (job["state"], job["done"], job["total"], job["result"]["created"]) == ("done", ROWS, ROWS, ROWS)


def test_a_job_that_waits_is_cancelled_at_once(installation: Installation) -> None:
    steward = installation.client("steward")
    job = posted(steward)
    cancelled = steward.post(f"/jobs/{job['id']}/cancel")
    assert (cancelled.status_code, cancelled.json()["state"]) == (202, "cancelled")
    assert installation.app.state.jobs.run_waiting() == 0
    assert steward.post(f"/jobs/{job['id']}/cancel").status_code == 409
    with reading(installation.app.state.engine) as session:
        assert session.exec(select(JobInput)).all() == []


def test_a_job_at_work_stops_after_the_piece_at_hand(installation: Installation) -> None:
    steward = installation.client("steward")
    work = at_work(installation)
    work.progress = lambda done, _: done and steward.post(f"/jobs/{work.job.id}/cancel")  # type: ignore[assignment]
    do(work)
    shown = steward.get(f"/jobs/{work.job.id}").json()
    assert (shown["state"], shown["done"], shown["result"]["created"]) == (
        "cancelled",
        2 * RECORDS_PER_TRANSACTION,
        2 * RECORDS_PER_TRANSACTION,
    )
    assert len(stored_keys(steward)) == 2 * RECORDS_PER_TRANSACTION


def test_an_interrupted_job_goes_on_where_it_was(installation: Installation) -> None:
    steward = installation.client("steward")
    job = posted(steward)
    engine = installation.app.state.engine
    with unit_of_work(engine) as session:
        claimed = claim(session, UUID(job["id"]))
    assert claimed is not None
    stopping = threading.Event()
    stopping.set()
    perform(JobAtWork(engine, claimed, stopping), lambda work: import_file(work, lambda: BytesIO(CONTENT)))
    left = steward.get(f"/jobs/{job['id']}").json()
    assert (left["state"], left["done"], left["total"]) == ("queued", RECORDS_PER_TRANSACTION, ROWS)
    assert installation.app.state.jobs.run_waiting() == 1
    done = steward.get(f"/jobs/{job['id']}").json()
    assert (done["state"], done["result"]["created"], done["result"]["unchanged"]) == ("done", ROWS, 0)
    assert len(stored_keys(steward)) == ROWS


def test_a_job_whose_worker_is_gone_is_taken_over_and_one_that_is_held_is_not(
    installation: Installation,
) -> None:
    steward = installation.client("steward")
    job = posted(steward)
    engine = installation.app.state.engine

    def held_by(owner: str, seconds: int) -> int:
        with unit_of_work(engine) as session:
            row = session.get_one(Job, UUID(job["id"]))
            row.state, row.lease_owner = "running", owner
            row.lease_until = now() + timedelta(seconds=seconds)
        done: int = installation.app.state.jobs.run_waiting()
        return done

    host, pid, _ = this_process().rsplit(":", 2)
    assert held_by(f"elsewhere:{pid}:x", 30) == 0
    # Another container of this machine counts its processes from one.
    assert held_by(f"{host.partition('/')[0]}/1:{pid}:x", 30) == 0
    assert held_by(this_process(), 30) == 0
    assert held_by(f"{host}:1:x", 30) == 0
    assert held_by(f"{host}:{2**22 + 1}:x", 30) == 1
    assert steward.get(f"/jobs/{job['id']}").json()["state"] == "done"


def test_whoever_lost_a_job_stores_nothing_more(installation: Installation) -> None:
    steward = installation.client("steward")
    work = at_work(installation)

    def lose(done: int, _total: int | None) -> None:
        if done == RECORDS_PER_TRANSACTION:
            with unit_of_work(installation.app.state.engine) as session:
                session.get_one(Job, work.job.id).lease_owner = "elsewhere:1:x"

    work.progress = lose
    do(work)
    assert len(stored_keys(steward)) == RECORDS_PER_TRANSACTION
    assert steward.get(f"/jobs/{work.job.id}").json()["state"] == "running"


def test_a_command_that_was_killed_is_shown_as_interrupted(installation: Installation) -> None:
    work = at_work(installation)
    with unit_of_work(installation.app.state.engine) as session:
        session.get_one(Job, work.job.id).lease_until = now() - timedelta(seconds=1)
    steward = installation.client("steward")
    assert steward.get(f"/jobs/{work.job.id}").json()["state"] == "interrupted"
    assert installation.app.state.jobs.run_waiting() == 0


def test_a_fault_of_ours_fails_the_job_and_says_so(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("service.interchange.importing.count_rows", broken)
    steward = embedded.client("steward")
    job = posted(steward)
    embedded.app.state.jobs.run_waiting()
    shown = steward.get(f"/jobs/{job['id']}").json()
    assert shown["state"] == "failed"
    assert "recorded" in shown["detail"]


def test_jobs_and_remarks_are_listed_in_pages(embedded: Installation) -> None:
    steward = embedded.client("steward")
    ids = [posted(steward)["id"] for _ in range(3)]
    page = steward.get("/jobs?limit=2").json()
    rest = steward.get(f"/jobs?limit=2&cursor={page['next_cursor']}").json()
    assert [job["id"] for job in page["items"] + rest["items"]] == ids[::-1]
    assert steward.get("/jobs?cursor=YQ").status_code == 422
    assert steward.get(f"/jobs/{uuid4()}").status_code == 404
    assert steward.get(f"/jobs/{uuid4()}/remarks").status_code == 404
    assert embedded.client("member").get("/jobs").status_code == 403
    sent = steward.post("/imports", content=b"key,name\n" + b"k\n" * 5, params={"kind": "association"}).json()
    embedded.app.state.jobs.run_waiting()
    address = f"/jobs/{sent['id']}/remarks"
    first = steward.get(f"{address}?limit=3&rejected=true").json()
    second = steward.get(f"{address}?limit=3&cursor={first['next_cursor']}").json()
    assert [item["line"] for item in first["items"] + second["items"]] == [2, 3, 4, 5, 6]


def test_what_ended_long_ago_is_forgotten(embedded: Installation) -> None:
    steward = embedded.client("steward")
    job = posted(steward)
    embedded.app.state.jobs.run_waiting()
    with unit_of_work(embedded.app.state.engine) as session:
        session.get_one(Job, UUID(job["id"])).updated_at = now() - timedelta(days=31)
    with unit_of_work(embedded.app.state.engine) as session:
        forget_what_is_over(session, now())
    with reading(embedded.app.state.engine) as session:
        assert len(session.exec(select(Job).where(col(Job.id) == UUID(job["id"]))).all()) == 0


def test_a_file_in_pieces_is_read_as_it_was_sent(installation: Installation) -> None:
    content = bytes(range(256)) * (2 * BYTES_PER_ROW // 256 + 7)
    engine = installation.app.state.engine
    with unit_of_work(engine) as session:
        job = begin_job(session, IMPORT_JOB, SETTINGS, by=REQUESTER, now=now())
        keep_input(session, job.id, BytesIO(content))
    with open_input(engine, job.id) as file:
        assert file.read() == content
