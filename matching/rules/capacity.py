"""How many an organisation can get to know at a time: a small town hall is not proposed to more than it can answer.

A record says how many in ``max_open_introductions``; where it does not, the ruleset may for its kind. Whoever has asked
goes on to see it; all others see it again when there is room.
"""

from collections.abc import Collection

from matching.rules.eligibility import ConditionResult
from schemas.exposure import Capacity
from schemas.records import Record
from schemas.translation import message


def max_open_introductions(candidate: Record, capacity: Capacity) -> int | None:
    """How many a candidate can get to know at a time; ``None`` for any number."""
    most: int | None = candidate.get("max_open_introductions")
    return getattr(capacity, str(candidate["kind"]), None) if most is None else most


def is_at_capacity(candidate: Record, waiting: Collection[str], capacity: Capacity) -> bool:
    """Whether as many wait for a candidate's answer (their keys) as it can get to know at a time."""
    most = max_open_introductions(candidate, capacity)
    return most is not None and len(waiting) >= most


def capacity_check(
    candidate: Record, waiting: Collection[str], subject: str, capacity: Capacity
) -> ConditionResult | None:
    """Whether a candidate has room for a subject (its key), where it gets to know only so many at a time."""
    most = max_open_introductions(candidate, capacity)
    if most is None:
        return None
    if len(waiting) >= most and subject not in waiting:
        full = message("As many wait for its answer as it can get to know at a time ({most}).", most=most)
        return ConditionResult("max_open_introductions", False, full)
    free = message("It gets to know {most} at a time and has room.", most=most)
    return ConditionResult("max_open_introductions", True, free)
