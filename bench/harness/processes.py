"""Passerelle as a person runs it: the real command in a process of its own."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

RESIDENT = re.compile(r"^VmRSS:\s+(\d+) kB", re.MULTILINE)
COMMAND = str(Path(sys.executable).parent / "passerelle")
STARTED = re.compile(
    r"Passerelle\s+(?P<address>http://\S+)\nAPI\s+\S+\n(?:Mail\s+\S+\n)?Admin token\s+(?P<token_file>\S+)\n"
)


class RunningCommand(Protocol):
    """A command of ours that runs, as :class:`subprocess.Popen` gives it."""

    def poll(self) -> int | None:
        """Its exit code; ``None`` while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code once it has ended."""

    def terminate(self) -> None:
        """Ask it to end."""

    def kill(self) -> None:
        """End it without warning."""


class StartCommand(Protocol):
    """Starts a command of ours with these arguments, environment, folder, and a file for what it prints."""

    def __call__(
        self, arguments: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path, /
    ) -> RunningCommand: ...


def start_command(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, output: Path
) -> RunningCommand:
    """The real command in a new process."""
    with output.open("ab") as log:
        return subprocess.Popen([COMMAND, *arguments], stdout=log, stderr=log, cwd=folder, env=environment)


def environment(data_dir: Path) -> dict[str, str]:
    """The environment of an embedded installation in a folder, with no setting of this machine's."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PASSERELLE_")}
    # What is measured is what it can do, not what one caller may have of it.
    unlimited = {"PASSERELLE_RATE_LIMIT_TOKEN": "off"}
    return ours | unlimited | {"PASSERELLE_DATA_DIR": str(data_dir), "PYTHONUNBUFFERED": "1"}


def until(happened: Callable[[], object], seconds: float = 60) -> bool:
    """Wait until something has happened; whether it has."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if happened():
            return True
        time.sleep(0.1)
    return False


def wait_for(happened: Callable[[], object], what: str, seconds: float = 60) -> None:
    """Wait until something has happened; raises ``TimeoutError`` that says ``what`` was waited for."""
    if not until(happened, seconds):
        raise TimeoutError(f"{what}: not after {seconds} seconds")


def kill_once(process: RunningCommand, far_enough: Callable[[], object], seconds: float = 60) -> None:
    """Kill a process once it has come far enough, in the middle of whatever it does then."""
    deadline = time.monotonic() + seconds
    while not far_enough():
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    process.kill()
    process.wait()


def run(data_dir: Path, *arguments: str, program: str = COMMAND) -> subprocess.CompletedProcess[str]:
    """Run one command, by default of ours, to its end."""
    return subprocess.run(
        [program, *arguments],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
        env=environment(data_dir),
        cwd=data_dir,
    )


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def resident(pid: int) -> float:
    """The memory that a process holds, in MB."""
    found = RESIDENT.search(Path(f"/proc/{pid}/status").read_text())
    return int(found[1]) / 1024 if found else 0.0


def with_children(pid: int) -> dict[str, int]:
    """A process and its children, by what they are."""
    listed = subprocess.run(
        ["ps", "-e", "-o", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = (line.split(maxsplit=2) for line in listed.stdout.splitlines())
    children = {args.split()[-1]: int(child) for child, parent, args in rows if int(parent) == pid}
    return {"up": pid, **children}


@dataclass
class Running:
    """``passerelle up`` while it runs."""

    process: subprocess.Popen[str]
    address: str
    token: str

    @classmethod
    def start(cls, data_dir: Path) -> "Running":
        """Start on a free port; returns once the address is printed."""
        process = subprocess.Popen(
            [COMMAND, "up", "--demo", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=environment(data_dir),
            cwd=data_dir,
            start_new_session=True,
        )
        printed = ""
        assert process.stdout is not None
        while not (found := STARTED.search(printed)):
            line = process.stdout.readline()
            assert line, f"it ended before it answered: {printed}"
            printed += line
        return cls(process, found["address"], Path(found["token_file"]).read_text().strip())

    def interrupt(self, by: signal.Signals = signal.SIGINT) -> float:
        """Ctrl-C, as a terminal sends it to the whole process group; how many seconds the end took."""
        begun = time.monotonic()
        os.killpg(self.process.pid, by)
        self.process.wait(timeout=20)
        return time.monotonic() - begun

    def left_behind(self) -> list[int]:
        """Processes of the group that still live."""
        listed = subprocess.run(
            ["ps", "-e", "-o", "pid=,pgid="], capture_output=True, text=True, check=True
        ).stdout
        rows = (line.split() for line in listed.splitlines())
        return [int(pid) for pid, group in rows if int(group) == self.process.pid]

    def close(self) -> None:
        """End it, whatever its state."""
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
