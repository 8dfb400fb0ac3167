"""Measuring one command: how long it takes, and how much memory at most."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

BIN = Path(sys.executable).parent


@dataclass(frozen=True, slots=True)
class ProcessUsage:
    """Seconds by the clock, and the peak of resident memory in megabytes."""

    seconds: float
    megabytes: float


def measure(command: Sequence[str], data_dir: Path, output: Path | None = None) -> ProcessUsage:
    """Run a command to its end in a process of its own; raises ``RuntimeError`` when it fails."""
    environment = os.environ | {"PASSERELLE_DATA_DIR": str(data_dir), "PASSERELLE_DATABASE_URL": ""}
    with (output or Path(os.devnull)).open("wb") as stdout:
        begun = time.perf_counter()
        process = subprocess.Popen(command, stdout=stdout, stderr=subprocess.DEVNULL, env=environment)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begun
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}")
    return ProcessUsage(seconds, usage.ru_maxrss / 1024)


def passerelle(*arguments: str) -> list[str]:
    """The command line of the console script."""
    return [str(BIN / "passerelle"), *arguments]


def module(name: str, *arguments: str) -> list[str]:
    """The command line that runs a module of this folder."""
    return [sys.executable, "-m", f"bench.{name}", *arguments]
