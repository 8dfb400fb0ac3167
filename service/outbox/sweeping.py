"""What the scheduler looks for: work whose wake-up was lost, and the beginning of a day."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from service.db.personal_data import forget_what_is_over
from service.outbox import repository
from service.outbox.announcing import announce_everything

LEAST_WAIT = timedelta(seconds=5)
"""What is younger has a wake-up of its own on the way."""


def topics_waiting(session: Session, now: datetime) -> Sequence[str]:
    """The topics of the outbox in which something has been left lying."""
    return repository.stale_topics(session, now, older_than=LEAST_WAIT)


def begin_day(session: Session, now: datetime) -> bool:
    """Once a day (UTC), have all suggestions computed again: calls open and close, and small shifts add up. What is to be
    kept no longer is deleted."""
    today = now.date().toordinal()
    if not repository.turn_day(session, today):
        return False
    announce_everything(session, now)
    forget_what_is_over(session, now)
    return True
