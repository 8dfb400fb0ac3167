"""What the vectors of profiles depend on beside the profiles."""

from dataclasses import dataclass, field

from schemas.weights import DEFAULT_AFFINITIES, Affinities, RegionLevels, SectorLevels


@dataclass(frozen=True)
class FeatureSettings:
    """The settings of a ruleset that change the values of matrices; the others only weigh scores."""

    region_levels: RegionLevels = field(default_factory=RegionLevels)
    sector_levels: SectorLevels = field(default_factory=SectorLevels)
    affinities: Affinities = field(default_factory=lambda: DEFAULT_AFFINITIES)


def same_nonzeros(one: FeatureSettings, other: FeatureSettings) -> bool:
    """Whether two rulesets lead to the same document frequencies: a level of weight 0 leaves no entry."""
    return all(
        bool(weight) == bool(getattr(getattr(other, name), level))
        for name in ("region_levels", "sector_levels")
        for level, weight in getattr(one, name)
    )
