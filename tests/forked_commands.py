"""Our command in a process that is forked from one that has imported everything: it runs as any other, but starts at once.

Starting the command itself takes two seconds of processor time, nearly all of them for imports.
"""

import multiprocessing
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess, TimeoutExpired
from tempfile import TemporaryDirectory

from bench.harness.processes import environment

SERVER = multiprocessing.get_context("forkserver")
SERVER.set_forkserver_preload(
    [
        "console.main",
        "workers.standalone",
        # Imported when they are needed:
        "matching.model",
        "celery.concurrency.thread",
        "kombu.transport.pyamqp",
        "kombu.transport.redis",
    ]
)


class ForkedCommand:
    """A command of ours that runs; it answers as :class:`subprocess.Popen` does.

    Parameters
    ----------
    arguments
        Those after ``passerelle``.
    given, folder
        Its whole environment, and where it works.
    output, errors
        Where what it prints is added, by default both streams in one file.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        given: Mapping[str, str],
        folder: Path,
        output: Path,
        errors: Path | None = None,
    ) -> None:
        self._arguments = list(arguments)
        files = (output, errors or output)
        self._process = SERVER.Process(target=_run, args=(self._arguments, dict(given), folder, files))
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of its process."""
        assert self._process.pid is not None  # it was started
        return self._process.pid

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
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it without warning."""
        self.send_signal(signal.SIGKILL)


def run_forked(data_dir: Path, *arguments: str) -> CompletedProcess[str]:
    """Run one command to its end, as :func:`bench.harness.processes.run` does."""
    with TemporaryDirectory() as folder:
        output, errors = Path(folder) / "output", Path(folder) / "errors"
        code = ForkedCommand(arguments, environment(data_dir), data_dir, output, errors).wait(120)
        return CompletedProcess(arguments, code, output.read_text("utf-8"), errors.read_text("utf-8"))


def _run(arguments: Sequence[str], given: Mapping[str, str], folder: Path, files: tuple[Path, Path]) -> None:
    from console.main import run

    os.environ.clear()
    os.environ.update(given)
    os.chdir(folder)
    for stream, file in zip((1, 2), files, strict=True):
        opened = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        os.dup2(opened, stream)
        os.close(opened)
    sys.argv = ["passerelle", *arguments]
    run()
