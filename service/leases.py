"""Who is at work on what: a lease with an end, and a name that tells whether its holder still lives."""

import os
import secrets
import socket
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol

LEASE = timedelta(seconds=60)
"""How long work is left alone after the last word from whoever is at it."""


def _processes_counted_here() -> str:
    """What numbers of processes are about: the machine and, on Linux, the container that counts them for itself."""
    machine = socket.gethostname()[:80]
    with suppress(OSError):
        return f"{machine}/{Path('/proc/self/ns/pid').stat().st_ino}"
    return machine


HERE = _processes_counted_here()
THIS_START = secrets.token_hex(4)
"""Tells a process from one of another start that had the same number."""


def this_process() -> str:
    """The name of this process as a holder of leases; a process that is forked has a name of its own."""
    return f"{HERE}:{os.getpid()}:{THIS_START}"


class Leased(Protocol):
    """A row that is worked at by one process at a time."""

    lease_owner: str | None
    lease_until: datetime | None


def is_free(work: Leased, now: datetime) -> bool:
    """Whether nobody is at this work, or whoever was is gone."""
    if work.lease_owner is None or work.lease_until is None or work.lease_until <= now:
        return True
    return _is_gone(work.lease_owner)


def take(work: Leased, now: datetime, lease: timedelta = LEASE) -> None:
    """Hold this work for this process, until a lease from now."""
    work.lease_owner, work.lease_until = this_process(), now + lease


def let_go(work: Leased) -> None:
    """Leave this work to whoever comes next."""
    work.lease_owner = work.lease_until = None


def _is_gone(owner: str) -> bool:
    where, pid, _ = owner.rsplit(":", 2)
    here, our_pid, _ = this_process().rsplit(":", 2)
    if owner == this_process() or where != here:
        return False  # ourselves, or somebody elsewhere: only the lease's end tells
    return pid == our_pid or not _lives(int(pid))


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
