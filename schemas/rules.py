"""Match rules: how much each part weighs, for which pairing, and what its levels are worth."""

from collections.abc import Iterator
from datetime import date
from functools import cache, cached_property
from typing import Annotated, Any, Literal, Self, cast, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.conditions.combined import Condition, Whole, leaves_of
from schemas.exposure import Capacity, Exposure
from schemas.kinds import PAIRINGS, Kind
from schemas.places import TerritoryCode
from schemas.records import Priority
from schemas.translation import note

PartName = Literal["region", "sector", "priority", "text", "track_record"]
PARTS: tuple[PartName, ...] = get_args(PartName)
"""The parts of a score that have a weight, in the order they are shown."""
ScorePartName = PartName | Literal["preferences"]
"""All parts: what the rules prefer comes last, and only where they prefer anything."""

Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


AS_GOOD_AS_ONE = 1e-9
"""Shares that add up to 1 but for so much have been made shares before."""


class Weights(BaseModel):
    """How much each part counts. Any scale will do: they are kept as shares that add up to 1."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    region: Weight
    sector: Weight
    priority: Weight
    text: Weight
    track_record: Weight

    @model_validator(mode="before")
    @classmethod
    def _as_shares(cls, value: Any) -> Any:
        if not isinstance(value, dict) or not all(_is_number(value.get(part)) for part in PARTS):
            return value
        total = sum(value[part] for part in PARTS)
        if not 0 < total < float("inf"):
            raise ValueError(note("At least one weight must be more than 0."))
        if abs(total - 1) < AS_GOOD_AS_ONE:
            return value  # Shares already: what is stored and read again stays as it is.
        return value | {part: value[part] / total for part in PARTS}

    def share(self, part: PartName) -> float:
        """The weight of one part, between 0 and 1."""
        weight: float = getattr(self, part)
        return weight


def _is_number(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and value >= 0


class RegionLevels(BaseModel):
    """What agreement on each level of a territory is worth, relative to the others."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    country: Unit = 0.35
    subdivision: Unit = 0.75
    locality: Unit = 1.0


class SectorLevels(BaseModel):
    """What agreement on a DAC category or purpose is worth, relative to the other."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    category: Unit = 0.6
    purpose: Unit = 1.0


class Bounds(BaseModel):
    """Between which shares a part shall stay, whatever is learnt."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    least: Unit = 0.0
    most: Unit = 1.0

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least > self.most:
            raise ValueError(note("The lower bound is above the upper one."))
        return self

    def hold(self, share: float) -> bool:
        """Whether a share lies within them."""
        return self.least - AS_GOOD_AS_ONE <= share <= self.most + AS_GOOD_AS_ONE


class Calibration(BaseModel):
    """What the scores of a pairing have meant: their log odds of leading to a partnership, linear in the score."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    intercept: Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
    slope: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]


MOST_BY_PREFERENCE = 0.3
"""How much of a score preferences may decide at most, whatever a steward declares."""
NO_PAIRING = note("There is no such pairing. A pairing is written as association:programme.")
CheckedTerritoryPath = Annotated[tuple[TerritoryCode, ...], Field(strict=False, min_length=1, max_length=10)]
Pairing = Annotated[str, Field(pattern=r"^[a-z]+:[a-z]+$")]
Affinities = dict[Priority, dict[Priority, Unit]]


RuleKey = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Between = Annotated[tuple[Pairing, ...], Field(strict=False, min_length=1, max_length=10)]


class _Rule(BaseModel):
    """What is asked of some pairings, in whichever order their sides are named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    key: RuleKey
    between: Between
    condition: Condition

    @model_validator(mode="after")
    def _asked_of_somebody(self) -> Self:
        for pairing in self.between:
            sides = _sides(pairing)
            if any(kinds and not sides & set(kinds) for kinds in _kinds_asked(self.condition)):
                raise ValueError(
                    note("A condition is asked of a kind of profile that is not in the pairing it holds for.")
                )
        return self

    def holds_between(self, one: Kind | str, other: Kind | str) -> bool:
        """Whether it is asked of a pair of these kinds."""
        return any(_sides(pairing) == {one, other} for pairing in self.between)


def _kinds_asked(condition: Whole) -> Iterator[tuple[Kind, ...]]:
    return (leaf.kinds() for leaf in leaves_of(condition))


@cache
def _sides(pairing: str) -> frozenset[Kind]:
    """The kinds that a pairing brings together; raises ``ValueError`` when it is none."""
    one, _, other = pairing.partition(":")
    if other in PAIRINGS.get(cast("Kind", one), ()) or one in PAIRINGS.get(cast("Kind", other), ()):
        return frozenset({Kind(one), Kind(other)})
    raise ValueError(NO_PAIRING)


class HardCondition(_Rule):
    """What must be so for a pair to be proposed. What is not known is told and let pass, or keeps out too."""

    when_unknown: Literal["allow", "exclude"] = "allow"


class Preference(_Rule):
    """What speaks for a pair where it is so: it adds ``points`` to its score."""

    points: Annotated[float, Field(gt=0, le=MOST_BY_PREFERENCE, allow_inf_nan=False)]


class RulesetSettings(BaseModel):
    """What a steward sets. ``pairings`` may hold other weights for one pairing (``association:programme``), ``bounds`` the
    shares between which parts stay when weights are learnt;
    ``calibration`` what the scores of one have meant so far, as it was learnt under these settings. Preferences together
    decide at most ``preference_limit`` of a score. The rules hold from the day ``valid_from`` to the day ``valid_until``, that
    day included (UTC). ``territories`` says where the territories lie that conditions name
    (their paths by code); it is filled in when settings are stored."""

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
    preference_limit: Annotated[float, Field(ge=0, le=MOST_BY_PREFERENCE, allow_inf_nan=False)] = 0.1
    valid_from: Annotated[date | None, Field(strict=False)] = None
    valid_until: Annotated[date | None, Field(strict=False)] = None
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
            raise ValueError(
                note("No weights lie within these bounds: together they must leave room for 100 %.")
            )
        return self

    @model_validator(mode="after")
    def _keys_once(self) -> Self:
        keys = [rule.key for rule in (*self.conditions, *self.preferences)]
        if len(set(keys)) < len(keys):
            raise ValueError(note("Two conditions or preferences have the same key. Give each its own."))
        return self

    @model_validator(mode="after")
    def _known_pairings(self) -> Self:
        known = {f"{subject}:{candidate}" for subject, row in PAIRINGS.items() for candidate in row}
        for pairing in (*self.pairings, *self.calibration):
            if pairing not in known:
                raise ValueError(NO_PAIRING)
        return self

    def weights_for(self, subject: Kind | str, candidate: Kind | str) -> Weights:
        """The weights that hold between a subject and a candidate of these kinds."""
        return self.pairings.get(f"{subject}:{candidate}", self.weights)

    def share(self, subject: Kind | str, candidate: Kind | str, part: ScorePartName) -> float:
        """What a part decides of the score of a pair of these kinds: together 1, with what preferences leave to the others.

        Preferences decide as much as they have points together, up to their limit.
        """
        pairing = f"{subject}:{candidate}"
        if pairing not in self._shares:
            points = sum(each.points for each in self.preferences_between(subject, candidate))
            preferred, weights = min(self.preference_limit, points), self.weights_for(subject, candidate)
            self._shares[pairing] = {part: (1 - preferred) * weights.share(part) for part in PARTS}
            self._shares[pairing]["preferences"] = preferred
        return self._shares[pairing][part]

    @cached_property
    def _shares(self) -> dict[str, dict[ScorePartName, float]]:
        return {}

    def conditions_between(self, one: Kind | str, other: Kind | str) -> list[HardCondition]:
        """What must be so between profiles of these kinds."""
        return [rule for rule in self.conditions if rule.holds_between(one, other)]

    def preferences_between(self, one: Kind | str, other: Kind | str) -> list[Preference]:
        """What speaks for a pair of these kinds."""
        return [rule for rule in self.preferences if rule.holds_between(one, other)]

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
            affinities={
                "remittances": {"communities": 0.4},
                "capacities": {"rights": 0.3, "communities": 0.3},
            },
        )
