"""A profile must have been confirmed in the last two years to be proposed; after one year it is in doubt.

That changes no score. A record says when in ``confirmed`` (ISO 8601 date, ``None`` for never); nothing is asked of one that
does not.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from matching.features.records import confirmed_on
from matching.rules.built_in.base import BuiltInCondition, Circumstances
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.records import Record
from schemas.translation import Message, message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


FRESHNESS_RULE = "confirmed"
STALE_AFTER = timedelta(days=365)
WITHDRAWN_AFTER = timedelta(days=730)
NEVER = message("Nobody has confirmed this profile yet. Ask first whether it is still valid.")
NEVER_OPEN = message("Not confirmed by its funder: ask first whether it is still open.")
LAST = message("Last confirmed on {day}. Ask first whether this profile is still valid.")
LAST_OPEN = message("Last confirmed: {day}. Ask its funder first whether it is still open.")
WITHDRAWN = message(
    "Last confirmed on {day}: this profile is suggested to nobody until it is confirmed again."
)


class FreshnessCondition(BuiltInCondition):
    """The candidate was confirmed recently enough."""

    def concerns(self, _subject: Kind, _candidate: Kind) -> bool:
        """Asked of every candidate."""
        return True

    def check(
        self, _subject: Party, candidate: Party, circumstances: Circumstances
    ) -> ConditionResult | None:
        """Nothing is said of a profile that is fresh; not known of one in doubt."""
        return freshness(candidate.record, circumstances.on)

    def exclude(
        self, eligible: "Mask", _subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Candidates that are withdrawn."""
        if circumstances.on is None:
            return
        from matching.features.confirmation import confirmation_days  # it brings NumPy

        oldest = (circumstances.on - WITHDRAWN_AFTER).toordinal()
        eligible &= candidates.array(confirmation_days) >= oldest


def is_in_doubt(record: Record, on: date | None) -> bool:
    """Whether nobody has confirmed a profile for a year, or ever."""
    if was_never_confirmed(record):
        return True
    day = confirmed_on(record)
    return day is not None and on is not None and on - day > STALE_AFTER


def was_never_confirmed(record: Record) -> bool:
    """Whether a record says that nobody has ever confirmed it; one that says nothing of it is not in doubt."""
    return "confirmed" in record and record["confirmed"] is None


def freshness(candidate: Record, on: date | None) -> ConditionResult | None:
    """What the age of a candidate's profile means on a day."""
    if not is_in_doubt(candidate, on):
        return None
    day, is_programme = confirmed_on(candidate), candidate.get("kind") == Kind.PROGRAMME
    if day is None or on is None:
        return ConditionResult(FRESHNESS_RULE, None, NEVER_OPEN if is_programme else NEVER)
    if on - day > WITHDRAWN_AFTER:
        return ConditionResult(FRESHNESS_RULE, False, Message(WITHDRAWN.text, {"day": day}))
    sentence = LAST_OPEN if is_programme else LAST
    return ConditionResult(FRESHNESS_RULE, None, Message(sentence.text, {"day": day}))
