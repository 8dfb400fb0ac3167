"""Who is at work on a job: a lease with an end, and a name that tells whether its holder still lives."""

import os
import secrets
import socket
from datetime import datetime, timedelta

from service.db.tables import Job

LEASE = timedelta(seconds=60)
"""How long a job is left alone after the last word from whoever works at it."""
THIS_PROCESS = f"{socket.gethostname()[:80]}:{os.getpid()}:{secrets.token_hex(4)}"


def is_free(job: Job, now: datetime) -> bool:
    """Whether nobody is at work on this job, or whoever was is gone."""
    if job.lease_owner is None or job.lease_until is None or job.lease_until <= now:
        return True
    return _is_gone(job.lease_owner)


def _is_gone(owner: str) -> bool:
    host, pid, _ = owner.rsplit(":", 2)
    our_host, our_pid, _ = THIS_PROCESS.rsplit(":", 2)
    if owner == THIS_PROCESS or host != our_host:
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
