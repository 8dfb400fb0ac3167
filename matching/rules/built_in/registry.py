"""All built-in conditions, in the order in which they are shown."""

from collections.abc import Sequence
from functools import cache
from typing import TYPE_CHECKING

from matching.rules.built_in.applicants import ApplicantsCondition
from matching.rules.built_in.base import BuiltInCondition, Circumstances
from matching.rules.built_in.budget import BudgetCondition
from matching.rules.built_in.capacity import CapacityCondition
from matching.rules.built_in.freshness import FreshnessCondition
from matching.rules.built_in.programme_state import ProgrammeStateCondition
from matching.rules.built_in.sides import SideCondition
from matching.rules.built_in.territory import (
    CoverageCondition,
    SharedCorridorCondition,
    SharedRegionCondition,
    TiedAuthoritiesCondition,
)
from matching.rules.results import ConditionResult, Party
from schemas.kinds import Kind

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.sparse.matrices import Mask


TERRITORY_CONDITIONS: Sequence[BuiltInCondition] = (
    SharedRegionCondition(),
    SharedCorridorCondition(),
    CoverageCondition(),
    TiedAuthoritiesCondition(),
)
"""What the two have in common on the ground, by their kinds."""
OTHER_PAIR_CONDITIONS: Sequence[BuiltInCondition] = (
    SideCondition("origin"),
    SideCondition("residence"),
    ApplicantsCondition(),
    ProgrammeStateCondition(),
    BudgetCondition(),
)
"""What the two ask of each other beside that."""
PAIR_CONDITIONS: Sequence[BuiltInCondition] = (*OTHER_PAIR_CONDITIONS, *TERRITORY_CONDITIONS)
"""What the two ask of each other."""
CANDIDATE_CONDITIONS: Sequence[BuiltInCondition] = (FreshnessCondition(), CapacityCondition())
"""What is asked of a candidate, whoever the subject is."""


EVERY_CONDITION = (*PAIR_CONDITIONS, *CANDIDATE_CONDITIONS)
INEXACT_CONDITIONS = tuple(condition for condition in EVERY_CONDITION if not condition.exact_mask)


@cache
def concerning(
    subject: Kind, candidate: Kind, conditions: Sequence[BuiltInCondition] = EVERY_CONDITION
) -> Sequence[BuiltInCondition]:
    """Those of some conditions that are asked between two kinds."""
    return tuple(condition for condition in conditions if condition.concerns(subject, candidate))


def check_pair(
    conditions: Sequence[BuiltInCondition], subject: Party, candidate: Party, circumstances: Circumstances
) -> list[ConditionResult]:
    """What these conditions say of a pair."""
    asked = [each for each in conditions if each.concerns(subject.traits.kind, candidate.traits.kind)]
    results = (condition.check(subject, candidate, circumstances) for condition in asked)
    return [result for result in results if result is not None]


def eligible_candidates(
    subject: Party,
    candidates: "KindProfiles",
    circumstances: Circumstances,
    conditions: Sequence[BuiltInCondition] = EVERY_CONDITION,
) -> "Mask":
    """The candidates that none of some conditions is known to exclude, as far as masks are exact."""
    eligible = candidates.everybody()
    for condition in concerning(subject.traits.kind, candidates.kind, conditions):
        condition.exclude(eligible, subject, candidates, circumstances)
    return eligible


def passes_inexact(subject: Party, candidate: Party, circumstances: Circumstances) -> bool:
    """Whether a candidate that :func:`eligible_candidates` lets pass is eligible by the conditions without an exact mask too."""
    for condition in concerning(subject.traits.kind, candidate.traits.kind, INEXACT_CONDITIONS):
        result = condition.check(subject, candidate, circumstances)
        if result is not None and result.met is False:
            return False
    return True
