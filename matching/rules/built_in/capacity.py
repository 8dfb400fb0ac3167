"""How many introductions an organisation can have open: a small town hall is not proposed to more than it can answer.

A record says how many in ``max_open_introductions``; where it does not, the ruleset may for its kind. An
organisation counts once, for however many projects it asks. Whoever waits for an answer goes on to see it; all others
see it again when there is room.
"""

from typing import TYPE_CHECKING

from matching.rules.built_in.base import BuiltInCondition, Circumstances, Waiting
from matching.rules.results import ConditionResult, Party
from schemas.exposure import Capacity
from schemas.kinds import Kind
from schemas.records import Record
from schemas.translation import message

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


CAPACITY_RULE = "max_open_introductions"


class CapacityCondition(BuiltInCondition):
    """The candidate has room for one more introduction."""

    def concerns(self, _subject: Kind, _candidate: Kind) -> bool:
        """Asked of every candidate."""
        return True

    def check(self, subject: Party, candidate: Party, circumstances: Circumstances) -> ConditionResult | None:
        """Nothing is asked of a candidate without a limit."""
        most = max_open_introductions(candidate.record, circumstances.capacity)
        if most is None:
            return None
        waiting = circumstances.open_introductions.get(candidate.traits.key, {})
        if is_at_capacity(candidate.record, waiting, circumstances.capacity) and not _waits(subject, waiting):
            full = message("Accepts no new introductions for now; waiting for an answer: {most}.", most=most)
            return ConditionResult(CAPACITY_RULE, False, full)
        free = message("Accepts new introductions; at most at a time: {most}.", most=most)
        return ConditionResult(CAPACITY_RULE, True, free)

    def exclude(
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Candidates without room for whose answer the subject does not wait already."""
        for key, waiting in circumstances.at_capacity.items():
            position = candidates.find(key)
            if position is not None and not _waits(subject, waiting):
                eligible[position] = False


def max_open_introductions(candidate: Record, capacity: Capacity) -> int | None:
    """How many introductions a candidate can have open; ``None`` for any number."""
    most: int | None = candidate.get("max_open_introductions")
    return getattr(capacity, str(candidate["kind"]), None) if most is None else most


def is_at_capacity(candidate: Record, waiting: Waiting, capacity: Capacity) -> bool:
    """Whether as many organisations wait for a candidate's answer as it can have open."""
    most = max_open_introductions(candidate, capacity)
    return most is not None and len(set(waiting.values())) >= most


def _waits(subject: Party, waiting: Waiting) -> bool:
    """Whether a subject waits already, or the association that it belongs to."""
    ours = {subject.traits.key, subject.record.get("association")}
    return not ours.isdisjoint(waiting) or not ours.isdisjoint(waiting.values())
