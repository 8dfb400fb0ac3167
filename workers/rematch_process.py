"""Rematching in a process of its own: readers must not share an interpreter with so much arithmetic.

The process is asked over its standard input and answers over its standard output, a line each. When the one
who asks is gone, however that came about, its input ends, and so does the process.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress

import structlog
from sqlalchemy.exc import DBAPIError

from service.db.engine import open_engine
from service.db.faults import log_refusal
from service.logs import configure_logs
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching

LOG = structlog.stdlib.get_logger("passerelle.rematch")
DATABASE = "PASSERELLE_DATABASE_URL"
ASK = b"rematch\n"
PIECE = 4096
PROCESS_STOP_SECONDS = 1.0
ORPHAN_SECONDS = 2.0
"""How long it may go on after its input has ended: whoever is next on this database waits for it."""


class RematchProcess:
    """Called, it has everything done that waits, and returns then. A process that has ended is started again."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None
        self._turn, self._ending = threading.Lock(), False

    def __call__(self) -> None:
        with self._turn:
            if self._ending:
                return
            process = self._running()
            if not _ask(process) and not self._ending:
                LOG.warning("the process that rematches has ended; the next one does what is left")

    def stop(self) -> None:
        """Have it end after the lists at hand."""
        self._ending = True
        process = self._process
        if process is None:
            return
        _end_input(process)
        try:
            process.wait(PROCESS_STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
        with self._turn:
            _close(process)

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is not None and self._process.poll() is not None:
            _close(self._process)
            self._process = None
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workers.rematch_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, DATABASE: self._database_url},
            )
        return self._process


def _ask(process: "subprocess.Popen[bytes]") -> bool:
    """Ask, and wait for the answer; whether there was one."""
    assert process.stdin is not None  # noqa: S101 - both are pipes
    assert process.stdout is not None  # noqa: S101
    try:
        process.stdin.write(ASK)
        process.stdin.flush()
        return bool(process.stdout.readline())
    except (BrokenPipeError, ValueError):
        return False


def _end_input(process: "subprocess.Popen[bytes]") -> None:
    with suppress(BrokenPipeError):
        if process.stdin is not None:
            process.stdin.close()


def _close(process: "subprocess.Popen[bytes]") -> None:
    """Leave nothing open of a process that has ended or is about to."""
    _end_input(process)
    if process.stdout is not None:
        process.stdout.close()
    process.wait()


def main() -> None:
    """Answer until the input ends. Ctrl-C reaches the whole group of processes: the one who asks decides."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    configure_logs()
    stopping = threading.Event()
    asked = threading.Semaphore(0)

    def listen() -> None:
        # Past the buffer of standard input: a thread that holds its lock at the end would bring down the interpreter.
        while asking := os.read(sys.stdin.fileno(), PIECE):
            asked.release(asking.count(b"\n"))
        stopping.set()
        asked.release()
        # Lists are stored whole or not at all; reading all profiles may take longer than anybody should wait.
        time.sleep(ORPHAN_SECONDS)
        os._exit(1)

    threading.Thread(target=listen, name="listen", daemon=True).start()
    engine = open_engine(os.environ[DATABASE])
    rematching = Rematching(engine, MatchIndex(engine), stopping=stopping)
    while asked.acquire() and not stopping.is_set():
        try:
            rematching()
        except DBAPIError as error:
            # What waits is found by the next sweep.
            log_refusal("passerelle.rematch", "lists are left as they were", error)
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(b"done\n")
            sys.stdout.buffer.flush()
    engine.dispose()


if __name__ == "__main__":
    main()
