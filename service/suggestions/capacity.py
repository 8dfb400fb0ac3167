"""Who waits for an answer of those that can get to know only so many at a time."""

from datetime import datetime

from sqlalchemy import Exists, Select, exists
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matching import NoOpenIntroduction, RulesetSettings, max_open_introductions, predicates_of
from service.db.counters import next_changes
from service.db.tables import Decision, Partnership, Profile
from service.outbox.announcing import announce_profiles
from service.profiles.records import matching_record
from service.rulesets.service import active_ruleset

DECISION_CHANGES = "decision"
"""The sequence that counts changes of who waits for whom."""
INTERESTED = "interested"


def room_changed(session: Session, subject: Profile, candidate: Profile, now: datetime) -> None:
    """Take down that a subject waits for a candidate, or does not any more."""
    next_changes(session, DECISION_CHANGES)
    settings = RulesetSettings.model_validate(active_ruleset(session).settings)
    limited = max_open_introductions(matching_record(candidate), settings.capacity) is not None
    changed = [subject, candidate] if asks_who_waits(settings) else [candidate] if limited else []
    if changed:
        announce_profiles(session, [profile.number or 0 for profile in changed], now)


def asks_who_waits(settings: RulesetSettings) -> bool:
    """Whether rules ask anywhere who waits for whose answer."""
    return any(
        isinstance(predicate, NoOpenIntroduction)
        for rule in (*settings.conditions, *settings.preferences)
        for predicate in predicates_of(rule.condition)
    )


def waiting_for(session: Session, candidate: Profile) -> set[str]:
    """The keys of those who wait for a profile's answer."""
    asked = _waiting().where(col(Decision.candidate_number) == candidate.number)
    return {key for key, _ in session.execute(asked)}


def who_waits(session: Session) -> dict[str, set[str]]:
    """By key of who is asked, the keys of those who are interested and have no partnership with it yet."""
    found: dict[str, set[str]] = {}
    for one, other in session.execute(_waiting()):
        found.setdefault(other, set()).add(one)
    return found


def _waiting() -> Select[str, str]:
    subject, candidate = aliased(Profile), aliased(Profile)
    return (
        select(col(subject.key), col(candidate.key))
        .select_from(Decision)
        .join(subject, col(subject.number) == Decision.subject_number)
        .join(candidate, col(candidate.number) == Decision.candidate_number)
        .where(Decision.decision == INTERESTED, ~_together())
    )


def _together() -> Exists:
    one, other = col(Partnership.query_number), col(Partnership.candidate_number)
    asking, asked = col(Decision.subject_number), col(Decision.candidate_number)
    return exists().where(((one == asking) & (other == asked)) | ((one == asked) & (other == asking)))
