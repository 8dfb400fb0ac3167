"""Leaving word of what follows from a change, in the same transaction as the change itself.

After the commit a wake-up goes out for each topic. It may be lost or come twice: the rows are what counts.
"""

from collections.abc import Iterable
from datetime import datetime

from sqlmodel import Session

from schemas.inputs import JsonObject
from service.db.bulk import pieces
from service.db.session import wake_after_commit
from service.db.tables import OutboxRow
from service.logs import current_request_id
from service.outbox import repository

REMATCH = "rematch"
DELIVERY = "delivery"
"""The topic of digests; they are rows of their own and only need the wake-up."""
TOPICS = (REMATCH, DELIVERY)
MOST_PROFILES = 1_000


def announce_profiles(session: Session, numbers: Iterable[int], now: datetime) -> None:
    """Have the lists computed again that these profiles, new, changed or gone, are on or belong to."""
    wanted = sorted(set(numbers))
    for some in pieces(wanted, MOST_PROFILES):
        _announce(session, {"profiles": some}, now)


def announce_everything(session: Session, now: datetime) -> OutboxRow:
    """Have all lists computed again: other rules are active, or another day has begun."""
    return _announce(session, {"all": True}, now)


def _announce(session: Session, payload: JsonObject, now: datetime) -> OutboxRow:
    row = OutboxRow(
        topic=REMATCH, payload=payload, request_id=current_request_id(), due_at=now, created_at=now
    )
    repository.add(session, row)
    wake_after_commit(session, REMATCH)
    return row
