"""Who waits for an answer of those that can get to know only so many at a time."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from service.db.bulk import pieces
from service.db.tables import Decision, Partnership, Profile
from service.outbox.announcing import announce_profiles
from service.profiles.repository import CHUNK, next_changes

CHANGES = "decision"
"""The sequence that counts changes of who waits for whom."""
INTERESTED = "interested"


def has_limit(profile: Profile) -> bool:
    """Whether a profile says how many it can get to know at a time."""
    return profile.document.get("max_open_introductions") is not None


def room_changed(session: Session, candidate: Profile, now: datetime) -> None:
    """Take down that somebody waits for a profile, or does not any more."""
    if has_limit(candidate):
        next_changes(session, CHANGES)
        announce_profiles(session, [candidate.number or 0], now)


def asked_by(session: Session, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The keys of those who are interested in these profiles and have no partnership with them yet, by number."""
    waiting: dict[int, list[str]] = {}
    subject = aliased(Profile)
    one, other = col(Partnership.query_number), col(Partnership.candidate_number)
    asking, asked = col(Decision.subject_number), col(Decision.candidate_number)
    together = exists().where(((one == asking) & (other == asked)) | ((one == asked) & (other == asking)))
    query = (
        select(asked, col(subject.key))
        .join(subject, col(subject.number) == asking)
        .where(Decision.decision == INTERESTED, ~together)
        .order_by(col(subject.key))
    )
    for some in pieces(sorted(numbers), CHUNK):
        for number, key in session.execute(query.where(asked.in_(some))):
            waiting.setdefault(number, []).append(key)
    return waiting
