"""Our command in a process that is forked from one that has imported everything: it runs as any other, but starts at once.

Starting the command anew takes two seconds of processor time, nearly all of them for imports.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import TimeoutExpired

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(["console.main", "workers.standalone", "service.suggestions.index"])


class ForkedCommand:
    """A command of ours that runs; it answers as :class:`subprocess.Popen` does.

    Parameters
    ----------
    arguments
        Those after ``passerelle``.
    environment, folder
        Its whole environment, and where it works.
    output
        Where what it prints is added; both streams go there.
    """

    def __init__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path
    ) -> None:
        self._arguments = list(arguments)
        self._process = SERVER.Process(target=_run, args=(self._arguments, dict(environment), folder, output))
        self._process.start()

    def poll(self) -> int | None:
        """Its exit code, negative where a signal ended it; ``None`` while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended; raises ``TimeoutExpired`` after so many seconds."""
        self._process.join(timeout)
        code = self._process.exitcode
        if code is None:
            raise TimeoutExpired(self._arguments, timeout or 0)
        return code

    def send_signal(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        if self.poll() is None and self._process.pid is not None:
            os.kill(self._process.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without warning."""
        self.send_signal(signal.SIGKILL)


def _run(arguments: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path) -> None:
    from console.main import run

    os.environ.clear()
    os.environ.update(environment)
    os.chdir(folder)
    log = os.open(output, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    os.close(log)
    sys.argv = ["passerelle", *arguments]
    run()
