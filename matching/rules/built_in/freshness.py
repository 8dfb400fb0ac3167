"""A profile must have been confirmed in the last two years to be proposed; after one year it is in doubt.

That changes no score. A record says when in ``confirmed`` (ISO 8601 date); nothing is asked of one that does not.
"""

from datetime import date, timedelta
from typing import TYPE_CHECKING

from matching.features.records import confirmed_on
from matching.rules.built_in.base import BuiltInCondition, Circumstances
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind
from schemas.records import Record
from schemas.translation import message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


FRESHNESS_RULE = "confirmed"
STALE_AFTER = timedelta(days=365)
WITHDRAWN_AFTER = timedelta(days=730)


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


def freshness(candidate: Record, on: date | None) -> ConditionResult | None:
    """What the age of a candidate's profile means on a day."""
    day = confirmed_on(candidate)
    if day is None or on is None or on - day <= STALE_AFTER:
        return None
    if on - day <= WITHDRAWN_AFTER:
        sentence = message(
            "This profile was last confirmed on {day}. Ask first whether it still holds.", day=day
        )
        return ConditionResult(FRESHNESS_RULE, None, sentence)
    sentence = message(
        "This profile was last confirmed on {day}, and is proposed to nobody before it is confirmed again.",
        day=day,
    )
    return ConditionResult(FRESHNESS_RULE, False, sentence)
