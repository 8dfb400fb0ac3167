"""What a condition says of many at once, and what it is asked with."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from schemas.places import TerritoryPath

if TYPE_CHECKING:
    from matching.sparse.matrices import Mask


@dataclass(frozen=True, slots=True)
class Verdict:
    """For whom something is so and for whom it is not, place by place; where neither holds, it is not known."""

    yes: "Mask"
    no: "Mask"

    def __and__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.yes & other.yes, self.no | other.no)

    def __or__(self, other: "Verdict") -> "Verdict":
        return Verdict(self.yes | other.yes, self.no & other.no)

    def __invert__(self) -> "Verdict":
        return Verdict(self.no, self.yes)


@dataclass(frozen=True, slots=True)
class ConditionContext:
    """When a condition is asked, and where the territories lie that it names (their paths by code)."""

    on: date | None
    territories: Mapping[str, TerritoryPath]

    def path(self, code: str) -> TerritoryPath:
        """A territory from its country down to itself, as far as is known."""
        return self.territories.get(code) or ((code,) if len(code) == 2 else (code[:2], code))
