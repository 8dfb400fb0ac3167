"""The two sides of a pair, and what a condition says of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.features.records import Traits
from schemas.records import Record
from schemas.translation import Message


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """What came of one condition for one pair. Only what is not met excludes.

    Attributes
    ----------
    rule : str
        The key of the condition.
    met : bool or None
        ``None`` where a profile does not say enough; it is shown, so that a person can complete the profile or ask.
    sentence : Message
        What it asks for; ``places`` in its values are territory codes.
    """

    rule: str
    met: bool | None
    sentence: Message


@dataclass(frozen=True, slots=True)
class Party:
    """One side of a pair: its record and what matching read in it."""

    record: Record
    traits: Traits


def excluded(results: Iterable[ConditionResult]) -> bool:
    """Whether one of these conditions is known not to be met."""
    return any(result.met is False for result in results)
