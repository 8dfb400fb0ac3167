"""What the API says while its storage fails, and what the health checks know of it."""

import errno
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from service.db.faults import StorageFault, fault_of
from service.health.checks import readiness
from tests.service.client import Installation


def limit_room(installation: Installation) -> None:
    """Have the database take no more pages than it has."""

    @event.listens_for(installation.app.state.engine, "connect")
    def _limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    installation.app.state.engine.dispose()


def finding(installation: Installation) -> tuple[bool, str]:
    """What ``/readyz`` says of the storage."""
    answer = installation.client().get("http://127.0.0.1:8000/readyz").json()
    [check] = [each for each in answer["checks"] if each["name"] == "storage"]
    return check["ok"], check["detail"]


def test_a_full_disk_is_said_and_nothing_is_half_stored(embedded: Installation) -> None:
    steward = embedded.client("steward")
    limit_room(embedded)
    answers = [
        steward.post("/associations", json={"name": f"Club {n}", "description": "Des puits. " * 900})
        for n in range(40)
    ]
    stored = [answer for answer in answers if answer.status_code == 201]
    refused = [answer for answer in answers if answer.status_code == 503]
    assert len(stored) + len(refused) == len(answers)
    assert refused
    assert "The disk is full" in refused[0].json()["detail"]
    listed = steward.get("/associations?limit=100").json()["items"]
    assert len(listed) == len(stored)


def test_readiness_knows_how_much_room_is_left(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    ok, detail = finding(embedded)
    assert ok
    assert "free" in detail
    usage = shutil.disk_usage("/")._replace(free=5 * 2**20)
    monkeypatch.setattr(shutil, "disk_usage", lambda _folder: usage)
    ok, detail = finding(embedded)
    assert not ok
    assert "5 MB" in detail
    assert "make room" in detail


def test_readiness_knows_that_a_folder_takes_nothing(
    embedded: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(**_options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    ok, detail = finding(embedded)
    assert not ok
    assert "Permission denied" in detail


def test_readiness_knows_that_the_file_is_gone(embedded: Installation) -> None:
    file = Path(embedded.app.state.engine.url.database)
    file.rename(file.with_suffix(".moved"))
    ok, detail = finding(embedded)
    file.with_suffix(".moved").rename(file)
    assert not ok
    assert "is not there" in detail


def test_readiness_finds_damage(embedded: Installation) -> None:
    file = Path(embedded.app.state.engine.url.database)
    embedded.app.state.engine.dispose()
    with file.open("r+b") as opened:
        for place in range(40 * 4096, file.stat().st_size, 20 * 4096):
            opened.seek(place)
            opened.write(b"\xff" * 4096)
    ok, detail = finding(embedded)
    assert not ok
    assert "restore a backup" in detail
    answer = embedded.client().get("/associations")
    assert answer.status_code in {200, 503}


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_postgresql_that_takes_no_writes_is_not_ready(installation: Installation) -> None:
    state, steward = installation.app.state, installation.client("steward")
    [check] = [each for each in readiness(state.engine, state.settings) if each.name == "storage"]
    assert check().ok

    @event.listens_for(state.engine, "connect")
    def _read_only(connection: Any, _record: object) -> None:
        connection.execute("SET default_transaction_read_only = on")
        connection.commit()

    state.engine.dispose()
    found = check()
    assert not found.ok
    assert "takes no writes" in found.detail
    assert "cannot be written to" in steward.post("/associations", json={"name": "Club"}).json()["detail"]


@pytest.mark.parametrize(
    ("raised", "fault"),
    [
        (OSError(errno.ENOSPC, "No space left on device"), StorageFault.FULL),
        (OSError(errno.EROFS, "Read-only file system"), StorageFault.READ_ONLY),
        (OSError(errno.EIO, "Input/output error"), StorageFault.FAILING),
        (FileNotFoundError(errno.ENOENT, "No such file"), None),
        (ValueError("no failure of the storage"), None),
        (OperationalError("SELECT", {}, sqlite3.OperationalError("no such table")), None),
    ],
)
def test_what_the_storage_says_is_told_from_what_it_does_not(
    raised: Exception, fault: StorageFault | None
) -> None:
    assert fault_of(raised) is fault
