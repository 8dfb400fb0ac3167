"""Rematching in a process of its own: readers must not share an interpreter with so much arithmetic.

The process is asked over its standard input and answers over its standard output, a line each. When the one
who asks is gone, however that came about, its input ends, and so does the process.
"""

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import structlog

from service.db.engine import open_engine
from service.logs import configure_logs
from service.suggestions.index import MatchIndex
from service.suggestions.rematching import Rematching

LOG = structlog.stdlib.get_logger("passerelle.rematch")
DATABASE = "PASSERELLE_DATABASE_URL"
ASK = b"rematch\n"
STOP_SECONDS = 4.0


class RematchProcess:
    """Called, it has all that waits done, and returns when it is. A process that is gone is started anew."""

    def __init__(self, database_url: str) -> None:
        self._database_url = database_url
        self._process: subprocess.Popen[bytes] | None = None
        self._ending = False

    def __call__(self) -> None:
        process = self._running()
        if process is None or process.stdin is None or process.stdout is None:
            return
        with suppress(BrokenPipeError, ValueError):
            process.stdin.write(ASK)
            process.stdin.flush()
        if not process.stdout.readline() and not self._ending:
            LOG.warning(
                "the process that rematches has ended; what is left is done by the next", code=process.wait()
            )

    def stop(self) -> None:
        """Have it end after the lists at hand."""
        self._ending = True
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            return
        with suppress(BrokenPipeError):
            process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _running(self) -> "subprocess.Popen[bytes] | None":
        if self._ending:
            return None
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "workers.rematch_process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env={**os.environ, DATABASE: self._database_url},
            )
        return self._process


def main() -> None:
    """Answer until the input ends. Ctrl-C reaches the whole group of processes: the one who asks decides."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    configure_logs()
    stopping = threading.Event()
    asked = threading.Semaphore(0)

    def listen() -> None:
        while sys.stdin.buffer.readline():
            asked.release()
        stopping.set()
        asked.release()

    threading.Thread(target=listen, name="listen", daemon=True).start()
    engine = open_engine(os.environ[DATABASE])
    rematching = Rematching(engine, MatchIndex(engine), stopping=stopping)
    while asked.acquire() and not stopping.is_set():
        rematching()
        with suppress(BrokenPipeError):
            sys.stdout.buffer.write(b"done\n")
            sys.stdout.buffer.flush()
    engine.dispose()


if __name__ == "__main__":
    main()
