"""How long ago a profile was confirmed: after a year it is doubted, after two it is proposed to nobody.

It stands beside the score and never inside it. A record says when in ``confirmed`` (ISO date); one that does not is
taken as it is.
"""

from datetime import date, timedelta

from matching.features.records import confirmed_on
from matching.rules.eligibility import ConditionResult
from schemas.records import Record
from schemas.translation import message

STALE_AFTER = timedelta(days=365)
WITHDRAWN_AFTER = timedelta(days=730)


def is_withdrawn(candidate: Record, on: date | None) -> bool:
    """Whether a candidate is too old on a day to be proposed."""
    check = freshness_check(candidate, on)
    return check is not None and check.met is False


def freshness_check(candidate: Record, on: date | None) -> ConditionResult | None:
    """What a candidate's age asks for on a day: not met when it is withdrawn, not known when it is in doubt."""
    day = confirmed_on(candidate)
    if day is None or on is None or on - day <= STALE_AFTER:
        return None
    if on - day <= WITHDRAWN_AFTER:
        sentence = message(
            "This profile was last confirmed on {day}. Ask first whether it still holds.", day=day
        )
        return ConditionResult("confirmed", None, sentence)
    sentence = message(
        "This profile was last confirmed on {day}, and is proposed to nobody before it is confirmed again.",
        day=day,
    )
    return ConditionResult("confirmed", False, sentence)
