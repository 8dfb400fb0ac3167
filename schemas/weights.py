"""What the parts of a score weigh, what the levels of territories and sectors are worth, and what scores have meant."""

from typing import Annotated, Any, Literal, Self, get_args

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.records import Priority
from schemas.translation import note

PartName = Literal["region", "sector", "priority", "text", "track_record", "offers"]
PARTS: tuple[PartName, ...] = get_args(PartName)
"""The parts of a score that have a weight, in the order they are shown."""
ScorePartName = PartName | Literal["preferences"]
"""All parts: what the rules prefer comes last, and only where they prefer anything."""

Unit = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Weight = Annotated[float, Field(ge=0, le=1000, allow_inf_nan=False)]


SHARE_TOLERANCE = 1e-9
"""Shares that add up to 1 but for so much have been made shares before."""


class Weights(BaseModel):
    """How much each part counts. Any scale will do: they are kept as shares that add up to 1."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    region: Weight
    sector: Weight
    priority: Weight
    text: Weight
    track_record: Weight
    # A part that is added later has 0 for its default: rulesets that were stored before it stay as they are.
    offers: Weight = 0.0

    @model_validator(mode="before")
    @classmethod
    def _as_shares(cls, value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        weights = {part: value.get(part, field.default) for part, field in cls.model_fields.items()}
        if not all(_is_number(weight) for weight in weights.values()):
            return value
        total = sum(weights.values())
        if not 0 < total < float("inf"):
            raise ValueError(note("At least one weight must be more than 0."))
        if abs(total - 1) < SHARE_TOLERANCE:
            return value  # Shares already: what is stored and read again stays as it is.
        return value | {part: weight / total for part, weight in weights.items()}

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
        return self.least - SHARE_TOLERANCE <= share <= self.most + SHARE_TOLERANCE


class Calibration(BaseModel):
    """What the scores of a pairing have meant: their log odds of leading to a partnership, linear in the score."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    intercept: Annotated[float, Field(ge=-1000, le=1000, allow_inf_nan=False)]
    slope: Annotated[float, Field(ge=0, le=10_000, allow_inf_nan=False)]


Affinities = dict[Priority, dict[Priority, Unit]]
DEFAULT_AFFINITIES: Affinities = {
    "remittances": {"communities": 0.4},
    "capacities": {"rights": 0.3, "communities": 0.3},
}
"""How near the priorities are to each other in a new installation."""
