"""The two sides of a pair, and what a condition says of them."""

from collections.abc import Iterable
from dataclasses import dataclass

from matching.features.records import Traits
from schemas.records import Record
from schemas.translation import Message


@dataclass(frozen=True, slots=True)
class ConditionResult:
    """One condition: its rule, whether it is met, and a sentence; ``places`` in its values are territory codes.

    ``met`` is ``None`` where a profile does not say enough. Only what is not met excludes; what is not known is shown, so
    that a person can complete the profile or ask.
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
