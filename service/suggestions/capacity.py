"""Who waits for an answer of those that can get to know only so many at a time."""

from datetime import datetime

from sqlmodel import Session

from matching import NoOpenIntroduction, RulesetSettings, max_open_introductions, predicates_of
from schemas.translation import message
from service.db.counters import next_changes
from service.db.tables import Profile
from service.errors import Conflict
from service.outbox.announcing import announce_profiles
from service.profiles import repository as profiles
from service.profiles.records import matching_record
from service.rulesets.service import active_ruleset
from service.suggestions import repository

DECISION_CHANGES = "decision"
"""The sequence that counts changes of who waits for whom."""


def check_room(session: Session, subject: Profile, candidate: Profile, most_open: int) -> None:
    """Raise ``Conflict`` where a candidate, or the organisation of the subject, can have no more introductions open.

    An organisation counts once for a candidate, for however many projects it asks.
    """
    organisation = subject.owner_number or subject.number or 0
    profiles.hold(session, [organisation, candidate.number or 0])
    settings = RulesetSettings.model_validate(active_ruleset(session).settings)
    most = max_open_introductions(matching_record(candidate), settings.capacity)
    if most is not None:
        waiting = repository.waiting_for(session, candidate)
        owner = profiles.by_numbers(session, [organisation])[organisation]
        if len({*waiting.values(), owner.key}) > most:
            raise Conflict(
                message("Accepts no new introductions for now; waiting for an answer: {most}.", most=most)
            )
    if repository.count_asked(session, organisation, besides=candidate.number or 0) >= most_open:
        raise Conflict(
            message(
                "Your organisation waits for the answers of {most} others, the most that it can wait for. Take back your interest in one of them first.",
                most=most_open,
            )
        )


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
