"""What every built-in condition gives: a result for one pair, a mask for many candidates, and a counterfactual."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Set
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, ClassVar

from matching.features.records import Side
from matching.rules.counterfactual import Change
from matching.rules.results import ConditionResult, Party
from schemas.exposure import Capacity
from schemas.kinds import Kind

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


Waiting = Mapping[str, str]
"""The keys of those who wait for somebody's answer, each with the key of the organisation that it belongs to or is."""
OpenIntroductions = Mapping[str, Waiting]
"""By the key of who is asked, the keys of those who wait for its answer."""
Partners = Mapping[str, Iterable[str]]
"""By key, the keys of those with whom a profile has worked."""
CounterpartCountries = Callable[[Side, str], Set[str]]
"""By a side and a country there, the countries on the other side to which people or partnerships tie it."""


def no_counterparts(_side: Side, _country: str) -> Set[str]:
    """That no corridor is known."""
    return frozenset()


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What conditions depend on beside the two profiles.

    Attributes
    ----------
    on
        The day on which dates count; ``None`` leaves dates out.
    capacity
        How many introductions kinds of profiles can have open, where their records do not say.
    open_introductions
        Those that are open.
    at_capacity
        Of these, those of whom no more can be asked.
    partners
        Who has worked with whom.
    counterpart_countries
        Which countries corridors tie to each other.
    """

    on: date | None = None
    capacity: Capacity = field(default_factory=Capacity)
    open_introductions: OpenIntroductions = field(default_factory=dict)
    at_capacity: OpenIntroductions = field(default_factory=dict)
    partners: Partners = field(default_factory=dict)
    counterpart_countries: CounterpartCountries = no_counterparts


class BuiltInCondition(ABC):
    """A condition between a subject and a candidate, in whichever order their kinds are."""

    exact_mask: ClassVar[bool] = True
    """Whether :meth:`exclude` leaves out every candidate that is not eligible."""

    @abstractmethod
    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Whether it is asked of pairs of these kinds."""

    @abstractmethod
    def check(self, subject: Party, candidate: Party, circumstances: Circumstances) -> ConditionResult | None:
        """What it says of one pair; ``None`` where nothing is asked."""

    def exclude(  # noqa: B027 - a condition that leaves nobody out at this point is none the less whole
        self, eligible: "Mask", subject: Party, candidates: "KindProfiles", circumstances: Circumstances
    ) -> None:
        """Set ``eligible`` (one entry a candidate) to False for candidates that are known not to be eligible.

        Without :attr:`exact_mask`, not for all of them.
        """

    def counterfactual(self, _programme: Party, _applicant: Party) -> Change | None:
        """The least change of an applicant that would meet the condition it misses; ``None`` where nothing would."""
        return None


class ProgrammeCondition(BuiltInCondition):
    """A condition of a programme on its applicants."""

    def concerns(self, subject: Kind, candidate: Kind) -> bool:
        """Asked between a programme and anybody."""
        return Kind.PROGRAMME in (subject, candidate)

    def check(self, subject: Party, candidate: Party, circumstances: Circumstances) -> ConditionResult | None:
        """What the programme says of the applicant."""
        if subject.traits.kind is Kind.PROGRAMME:
            return self.check_applicant(subject, candidate, circumstances.on)
        return self.check_applicant(candidate, subject, circumstances.on)

    @abstractmethod
    def check_applicant(self, programme: Party, applicant: Party, on: date | None) -> ConditionResult | None:
        """What a programme says of an applicant on a day."""
