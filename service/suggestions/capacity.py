"""Who waits for an answer of those that can get to know only so many at a time."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Exists, Row, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from schemas.conditions.combined import leaves_of
from schemas.conditions.pairs import NoOpenIntroduction
from schemas.rules import RulesetSettings
from service.db.bulk import pieces
from service.db.tables import Decision, Partnership, Profile
from service.outbox.announcing import announce_profiles
from service.profiles.repository import CHUNK, next_changes
from service.rules.service import active_ruleset

CHANGES = "decision"
"""The sequence that counts changes of who waits for whom."""
INTERESTED = "interested"


def has_limit(profile: Profile) -> bool:
    """Whether a profile says how many it can get to know at a time."""
    return profile.document.get("max_open_introductions") is not None


def room_changed(session: Session, subject: Profile, candidate: Profile, now: datetime) -> None:
    """Take down that a subject waits for a candidate, or does not any more."""
    next_changes(session, CHANGES)
    changed = [subject, candidate] if asks_who_waits(session) else [candidate] if has_limit(candidate) else []
    if changed:
        announce_profiles(session, [profile.number or 0 for profile in changed], now)


def asks_who_waits(session: Session) -> bool:
    """Whether the active ruleset asks anywhere who waits for whose answer."""
    settings = RulesetSettings.model_validate(active_ruleset(session).settings)
    return any(
        isinstance(leaf, NoOpenIntroduction)
        for rule in (*settings.conditions, *settings.preferences)
        for leaf in leaves_of(rule.condition)
    )


def asked_by(session: Session, numbers: Iterable[int]) -> dict[int, list[str]]:
    """The keys of those who are interested in these profiles and have no partnership with them yet, by number."""
    waiting: dict[int, list[str]] = {}
    subject = aliased(Profile)
    asked = col(Decision.candidate_number)
    query = (
        select(asked, col(subject.key))
        .join(subject, col(subject.number) == Decision.subject_number)
        .where(Decision.decision == INTERESTED, ~_together())
        .order_by(col(subject.key))
    )
    for some in pieces(sorted(numbers), CHUNK):
        for number, key in session.execute(query.where(asked.in_(some))):
            waiting.setdefault(number, []).append(key)
    return waiting


def who_asks(session: Session) -> Sequence[Row[str, str]]:
    """The keys of all who are interested in a profile and have no partnership with it yet, with that profile's."""
    subject, candidate = aliased(Profile), aliased(Profile)
    query = (
        select(col(subject.key), col(candidate.key))
        .select_from(Decision)
        .join(subject, col(subject.number) == Decision.subject_number)
        .join(candidate, col(candidate.number) == Decision.candidate_number)
        .where(Decision.decision == INTERESTED, ~_together())
        .order_by(col(subject.key), col(candidate.key))
    )
    return session.execute(query).all()


def _together() -> Exists:
    one, other = col(Partnership.query_number), col(Partnership.candidate_number)
    asking, asked = col(Decision.subject_number), col(Decision.candidate_number)
    return exists().where(((one == asking) & (other == asked)) | ((one == asked) & (other == asking)))
