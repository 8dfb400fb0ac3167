"""The process that rematches for ``passerelle up``."""

import os
import sqlite3
import subprocess
import sys
import time
from contextlib import closing

from sqlalchemy.engine import make_url
from sqlmodel import Session, select

from service.db.tables import OutboxRow
from tests.service.client import Installation
from tests.service.examples import register
from workers.rematch_process import ASK, DATABASE, ORPHAN_SECONDS, RematchProcess


def url_of(installation: Installation) -> str:
    return str(installation.app.state.engine.url.render_as_string(hide_password=False))


def something_waits(installation: Installation) -> bool:
    with Session(installation.app.state.engine) as session:
        return session.exec(select(OutboxRow)).first() is not None


def test_it_does_what_waits_and_says_when_it_is_done(embedded: Installation) -> None:
    rematch = RematchProcess(url_of(embedded))
    for _ in range(2):
        register(embedded.client("steward"))
        rematch()
        assert not something_waits(embedded)
    rematch.stop()
    register(embedded.client("steward"))
    rematch()
    assert something_waits(embedded)


def test_it_does_not_outlive_the_one_who_asked_for_long(embedded: Installation) -> None:
    register(embedded.client("steward"))
    file = make_url(url_of(embedded)).database
    assert file is not None
    with (
        closing(sqlite3.connect(file, isolation_level=None)) as writer,
        subprocess.Popen(
            [sys.executable, "-m", "workers.rematch_process"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, DATABASE: url_of(embedded)},
        ) as process,
    ):  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(ASK)
        process.stdin.flush()
        assert process.stdout.readline()  # It has started, however long that takes on a busy machine.
        register(embedded.client("steward"))
        writer.execute("BEGIN IMMEDIATE")
        process.stdin.write(ASK)
        process.stdin.flush()
        time.sleep(1)
        process.stdin.close()
        begun = time.monotonic()
        process.wait(30)
        assert time.monotonic() - begun < ORPHAN_SECONDS + 3
        writer.execute("ROLLBACK")
    assert something_waits(embedded)
