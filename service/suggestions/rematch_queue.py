"""What is to be rematched, taken from the outbox by lease."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine
from sqlmodel import Session

from service.clock import now
from service.db.session import unit_of_work
from service.db.tables import OutboxRow
from service.leases import is_free, take
from service.outbox import repository as outbox
from service.outbox.announcing import REMATCH

ROWS_AT_ONCE = 200
FIRST_BACKOFF = timedelta(seconds=30)
LONGEST_BACKOFF = timedelta(hours=1)


class LeaseLostError(Exception):
    """Another process has taken this work over."""


@dataclass(frozen=True, slots=True)
class RematchTask:
    """What was taken from the outbox: some profiles, or everybody, of whom those up to profile ``after`` have their
    lists under the ruleset of version ``under`` already."""

    rows: tuple[int, ...]
    profiles: tuple[int, ...]
    everything: bool
    after: int
    under: int | None
    requests: tuple[str, ...]

    @classmethod
    def of(cls, rows: Sequence[OutboxRow]) -> "RematchTask":
        """The task that these rows make together."""
        whole = [row for row in rows if row.payload.get("all")]
        return cls(
            tuple(row.number or 0 for row in rows),
            tuple({number for row in rows for number in row.payload.get("profiles", ())}),
            bool(whole),
            min((row.payload.get("after", 0) for row in whole), default=0),
            min((row.payload.get("under", 0) for row in whole), default=None),
            tuple(dict.fromkeys(row.request_id for row in rows if row.request_id)),
        )


class RematchQueue:
    """The rows of the outbox that ask for lists; one process at a time holds any."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self) -> RematchTask | None:
        """The next task, now held by this process; ``None`` if there is none or another process is at work."""
        with unit_of_work(self._engine) as session:
            rows = outbox.first_rows(session, REMATCH, ROWS_AT_ONCE)
            instant = now()
            if not rows or not all(is_free(row, instant) for row in rows):
                return None
            chosen = _done_together([row for row in rows if row.due_at <= instant])
            for row in chosen:
                take(row, instant)
            return RematchTask.of(chosen) if chosen else None

    def keep_hold(self, session: Session, task: RematchTask, **values: Any) -> None:
        """Renew the lease, with new values for some columns; raises ``LeaseLostError`` if another process holds it."""
        if not outbox.keep_hold(session, task.rows, now(), **values):
            raise LeaseLostError

    def release(self, task: RematchTask, *, failed: bool = False) -> None:
        """Leave a task to whoever comes next; one that failed is put off, each time for longer."""
        with unit_of_work(self._engine) as session:
            rows = [
                row for row in outbox.first_rows(session, REMATCH, ROWS_AT_ONCE) if row.number in task.rows
            ]
            attempts = max((row.attempts for row in rows), default=0)
            pause = min(FIRST_BACKOFF * 2**attempts, LONGEST_BACKOFF)
            outbox.release(session, task.rows, due_at=now() + pause if failed else None)


def _done_together(due: Sequence[OutboxRow]) -> Sequence[OutboxRow]:
    """What is taken at once of what is due.

    What has failed before is tried by itself, so that it keeps nothing else from being done. A full run that was
    broken off goes on by itself: what has changed since then also concerns the lists that it has behind it.
    """
    fresh = [row for row in due if not row.attempts] or due[:1]
    return [row for row in fresh if row.payload.get("after")] or fresh
