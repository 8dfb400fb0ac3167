"""The heartbeat of a process in the database, where others can see that it is alive."""

import time
from contextlib import suppress

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from service.clock import now
from service.db.session import unit_of_work
from service.health.heartbeat_repository import beat_heart
from service.leases import this_process

HEARTBEAT_SECONDS = 10.0


class Heartbeat:
    """Records that this process is alive in a role when it is called, at most every ten seconds."""

    def __init__(self, engine: Engine, role: str) -> None:
        self._engine, self._role = engine, role
        self._next_at = time.monotonic()

    def __call__(self) -> None:
        if time.monotonic() < self._next_at:
            return
        self._next_at = time.monotonic() + HEARTBEAT_SECONDS
        # A database that does not answer is seen by the missing heartbeat.
        with suppress(DBAPIError), unit_of_work(self._engine) as session:
            beat_heart(session, self._role, this_process(), now())
