"""A ruleset: how much each part weighs, for which pairing, what must be so, and what is preferred."""

from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from matching.features.settings import FeatureSettings
from matching.rules.conditions.combinators import BoundedCondition, Condition, predicates_of
from matching.sparse.precision import MIN_SCORE
from schemas.dates import Day
from schemas.exposure import Capacity, Exposure
from schemas.kinds import OPTIONAL_PAIRINGS, PAIRINGS, Kind
from schemas.places import TerritoryCode
from schemas.translation import note
from schemas.weights import (
    DEFAULT_AFFINITIES,
    PARTS,
    Affinities,
    Bounds,
    Calibration,
    PartName,
    RegionLevels,
    ScorePartName,
    SectorLevels,
    Weights,
)

MAX_PREFERENCE_SHARE = 0.3
"""How much of a score preferences may decide at most, whatever a steward declares."""
MAX_MIN_SCORE = 0.9
NO_PAIRING = note("There is no such pairing. Write for example association:programme.")
CheckedTerritoryPath = Annotated[tuple[TerritoryCode, ...], Field(strict=False, min_length=1, max_length=10)]
Pairing = Annotated[str, Field(pattern=r"^[a-z]+:[a-z]+$")]


RuleKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Between = Annotated[tuple[Pairing, ...], Field(strict=False, min_length=1, max_length=10)]


class _Rule(BaseModel):
    """What is asked of some pairings, in whichever order their sides are named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: RuleKey
    between: Between
    condition: BoundedCondition

    @model_validator(mode="after")
    def _asked_of_somebody(self) -> Self:
        for pairing in self.between:
            sides = _sides(pairing)
            if any(kinds and not sides & set(kinds) for kinds in _kinds_asked(self.condition)):
                raise ValueError(note("A condition applies to a kind of profile that is not in its pairing."))
        return self

    def holds_between(self, one: Kind | str, other: Kind | str) -> bool:
        """Whether it is asked of a pair of these kinds."""
        return any(_sides(pairing) == {one, other} for pairing in self.between)


def _kinds_asked(condition: Condition) -> Iterator[tuple[Kind, ...]]:
    return (predicate.kinds() for predicate in predicates_of(condition))


def _every_pairing() -> Iterator[tuple[str, str]]:
    """All kinds of subject with all kinds of candidate that a ruleset may propose to them."""
    for pairings in (PAIRINGS, OPTIONAL_PAIRINGS):
        for subject, candidates in pairings.items():
            yield from ((subject.value, candidate.value) for candidate in candidates)


@cache
def _sides(pairing: str) -> frozenset[Kind]:
    """The kinds that a pairing brings together; raises ``ValueError`` when it is none."""
    one, _, other = pairing.partition(":")
    if {(one, other), (other, one)} & set(_every_pairing()):
        return frozenset({Kind(one), Kind(other)})
    raise ValueError(NO_PAIRING)


class HardCondition(_Rule):
    """What must be so for a pair to be proposed. What is not known is named and let pass, or keeps out too."""

    when_unknown: Literal["allow", "exclude"] = "allow"


class Preference(_Rule):
    """What speaks for a pair where it is so: it adds ``points`` to its score."""

    points: Annotated[float, Field(gt=0, le=MAX_PREFERENCE_SHARE, allow_inf_nan=False)]


class RulesetSettings(BaseModel):
    """What a steward sets.

    Attributes
    ----------
    weights : Weights
        The share of each part of the score.
    pairings : dict
        Other weights for one pairing (``association:programme``). ``association:association`` is proposed only where it is
        among them.
    bounds : dict
        By part, the shares between which learnt weights must stay.
    region_levels, sector_levels, affinities
        What the levels of territories and sectors weigh, and how near priorities are to each other.
    calibration : dict
        By pairing, what scores have meant so far, as learnt under these settings.
    conditions, preferences : tuple
        What must be so, and what adds points.
    min_score : float
        With a lower score nobody is proposed to anybody.
    preference_limit : float
        What all preferences together decide of a score at most.
    capacity, exposure
        How many introductions at a time, and the newcomers' share.
    valid_from, valid_until : date, optional
        The first and the last day (UTC) of the rules.
    territories : dict
        Where the territories lie that conditions name; filled in when settings are stored.
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    weights: Weights
    pairings: Annotated[dict[Pairing, Weights], Field(max_length=20)] = {}
    bounds: dict[PartName, Bounds] = {}
    region_levels: RegionLevels = RegionLevels()
    sector_levels: SectorLevels = SectorLevels()
    affinities: Affinities = {}
    calibration: Annotated[dict[Pairing, Calibration], Field(max_length=20)] = {}
    conditions: Annotated[tuple[HardCondition, ...], Field(strict=False, max_length=30)] = ()
    preferences: Annotated[tuple[Preference, ...], Field(strict=False, max_length=30)] = ()
    capacity: Capacity = Capacity()
    exposure: Exposure = Exposure()
    min_score: Annotated[float, Field(ge=0, le=MAX_MIN_SCORE, allow_inf_nan=False)] = 0.0
    preference_limit: Annotated[float, Field(ge=0, le=MAX_PREFERENCE_SHARE, allow_inf_nan=False)] = 0.1
    valid_from: Day | None = None
    valid_until: Day | None = None
    territories: Annotated[dict[TerritoryCode, CheckedTerritoryPath], Field(max_length=2000)] = {}

    @model_validator(mode="after")
    def _valid_at_all(self) -> Self:
        if self.valid_from and self.valid_until and self.valid_until < self.valid_from:
            raise ValueError(note("valid_until lies before valid_from. Give a later last day."))
        return self

    @model_validator(mode="after")
    def _room_within_bounds(self) -> Self:
        bounds = [self.bounds.get(part, Bounds()) for part in PARTS]
        if sum(each.least for each in bounds) > 1 or sum(each.most for each in bounds) < 1:
            raise ValueError(note("No weights fit within these bounds: together they must allow 100%."))
        return self

    @model_validator(mode="after")
    def _keys_once(self) -> Self:
        keys = [rule.key for rule in (*self.conditions, *self.preferences)]
        if len(set(keys)) < len(keys):
            raise ValueError(note("Two conditions or preferences have the same key. Give each its own."))
        return self

    @model_validator(mode="after")
    def _known_pairings(self) -> Self:
        known = set(map(":".join, _every_pairing()))
        for pairing in (*self.pairings, *self.calibration):
            if pairing not in known:
                raise ValueError(NO_PAIRING)
        return self

    def candidate_kinds(self, subject: Kind) -> tuple[Kind, ...]:
        """The kinds of candidate that are proposed to subjects of a kind: optional ones where their weights are given."""
        optional = OPTIONAL_PAIRINGS.get(subject, ())
        return (*PAIRINGS[subject], *(kind for kind in optional if f"{subject}:{kind}" in self.pairings))

    def weights_for(self, subject: Kind | str, candidate: Kind | str) -> Weights:
        """The weights that hold between a subject and a candidate of these kinds."""
        return self.pairings.get(f"{subject}:{candidate}", self.weights)

    def share(self, subject: Kind | str, candidate: Kind | str, part: ScorePartName) -> float:
        """What one part decides of the score of a pair of these kinds."""
        return self.shares(subject, candidate)[part]

    def shares(self, subject: Kind | str, candidate: Kind | str) -> Mapping[ScorePartName, float]:
        """What each part decides of the score of a pair of these kinds: together 1, with what preferences leave to the
        others.

        Preferences decide as much as they have points together, up to their limit.
        """
        pairing = subject, candidate
        if pairing not in self._shares:
            points = sum(each.points for each in self.preferences_between(subject, candidate))
            preferred, weights = min(self.preference_limit, points), self.weights_for(subject, candidate)
            self._shares[pairing] = {part: (1 - preferred) * weights.share(part) for part in PARTS}
            self._shares[pairing]["preferences"] = preferred
        return self._shares[pairing]

    @cached_property
    def _shares(self) -> dict[tuple[Kind | str, Kind | str], dict[ScorePartName, float]]:
        return {}

    def conditions_between(self, one: Kind | str, other: Kind | str) -> list[HardCondition]:
        """What must be so between profiles of these kinds."""
        return [rule for rule in self.conditions if rule.holds_between(one, other)]

    def preferences_between(self, one: Kind | str, other: Kind | str) -> list[Preference]:
        """What speaks for a pair of these kinds."""
        return [rule for rule in self.preferences if rule.holds_between(one, other)]

    @property
    def cutoff(self) -> float:
        """The least score that counts: below :data:`matching.sparse.precision.MIN_SCORE` two share nothing to speak of."""
        return max(self.min_score, MIN_SCORE)

    @property
    def features(self) -> FeatureSettings:
        """What the vectors of profiles depend on."""
        return FeatureSettings(self.region_levels, self.sector_levels, self.affinities)

    @classmethod
    def balanced(cls) -> "RulesetSettings":
        """What a new installation starts with: place first, then what one does, then what has happened."""
        return cls(
            weights=Weights(region=0.4, sector=0.2, priority=0.1, text=0.15, track_record=0.15),
            pairings={
                "project:programme": Weights(
                    region=0.1, sector=0.1, priority=0.05, text=0.15, track_record=0.6
                ),
                "authority:authority": Weights(
                    region=0.2, sector=0.1, priority=0.05, text=0.15, track_record=0.5
                ),
            },
            affinities=DEFAULT_AFFINITIES,
            min_score=0.03,
        )
