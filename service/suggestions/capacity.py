"""Who waits for an answer of those that can get to know only so many at a time."""

from datetime import datetime

from sqlmodel import Session

from matching import NoOpenIntroduction, RulesetSettings, max_open_introductions, predicates_of
from service.db.counters import next_changes
from service.db.tables import Profile
from service.outbox.announcing import announce_profiles
from service.profiles.records import matching_record
from service.rulesets.service import active_ruleset

DECISION_CHANGES = "decision"
"""The sequence that counts changes of who waits for whom."""


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
