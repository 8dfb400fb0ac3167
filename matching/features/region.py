"""The region part: where people come from and where they live, from the country down to the town.

A place is a unit vector over the territories on its path, each level with the ruleset's worth: two towns of
one region share the country and the region. Origin and residence are separate columns, so that a corridor
agrees only when both its ends do. Several places of one side are joined by their maximum.
"""

from collections.abc import Container, Iterable, Sequence
from itertools import accumulate, groupby
from math import sqrt

from matching.features.records import SIDES, Side, Traits
from schemas.kinds import Kind
from schemas.places import TerritoryPath
from schemas.weights import RegionLevels

ONE_SIDED = 0.8
"""What a programme that names only one side is worth at most: nothing is known of the other."""
NESTED = 0.6
"""How near two authorities are of which one governs part of the other's territory: they work on one ground."""
NEIGHBOURS = 0.3
"""How near two authorities are that lie side by side, also across a border."""
LOCALITY = 2
PEOPLE = (Kind.ASSOCIATION, Kind.PROJECT)


def column_name(side: Side, code: str) -> str:
    """The name of a territory's column on one side: ``origin:SN-KL``."""
    return f"{side}:{code}"


def place_values(path: Sequence[int], levels: RegionLevels) -> list[float]:
    """What the territories of a place are worth, by their levels (:func:`levels_of`); together they have length 1."""
    worth = [_worth(level, levels) for level in path]
    length = sqrt(sum(value * value for value in worth))
    return [value / length if length else 0.0 for value in worth]


def levels_of(path: TerritoryPath) -> tuple[int, ...]:
    """The level of each territory of a place; what lies in a town counts as that town does."""
    return tuple(accumulate(map(level_of, path), max))


def level_of(code: str) -> int:
    """The level of a territory: 0 for a country, 1 for a subdivision, :data:`LOCALITY` for a town."""
    return 0 if len(code) == 2 else LOCALITY if ":" in code else 1


def _worth(level: int, levels: RegionLevels) -> float:
    return (levels.country, levels.subdivision, levels.locality)[level]


def increment_values(path: Sequence[int], levels: RegionLevels) -> list[float]:
    """What each territory of a place adds to those around it: together a place is worth what its deepest level is."""
    values: list[float] = []
    before = 0.0
    for level, alike in groupby(path):
        worth, count = _worth(level, levels), len(list(alike))
        values += [max(0.0, (worth - before) / count)] * count
        before = max(before, worth)
    return values


def coverage(traits: Traits, other: Kind) -> float:
    """By how much a profile's vector is scaled when it is compared with profiles of another kind.

    Whoever is compared with the two sides of an association agrees fully only on both: a programme for a
    corridor is worth half a side each. An authority has one territory and needs to agree on that alone.
    """
    if not covers_sides(traits.kind, other):
        return 1.0
    return 0.5 if len(traits.shown_sides()) == 2 else ONE_SIDED


def covers_sides(kind: Kind, other: Kind) -> bool:
    """Whether profiles of one kind are compared with those of another by how many of their sides they cover."""
    return kind is Kind.PROGRAMME and other in PEOPLE


def shared_territories(one: Traits, other: Traits) -> tuple[str, ...]:
    """The deepest territories that two profiles share on the same side, origin first."""
    return tuple(dict.fromkeys(code for side in SIDES for code in shared_on(side, one, other)))


def shared_on(side: Side, one: Traits, other: Traits) -> tuple[str, ...]:
    """The deepest territories that two profiles share on one side."""
    mine, theirs = _codes(one.places[side]), _codes(other.places[side])
    common = {code: None for code in mine if code in theirs}
    if not common:
        return ()
    above = {code for path in (*one.places[side], *other.places[side]) for code in _above(path, common)}
    return tuple(code for code in common if code not in above)


def nested(one: Traits, other: Traits) -> tuple[str, ...]:
    """The territories of two authorities if one lies within the other, the outer one first; whole countries do not count."""
    for mine in authority_paths(one):
        for theirs in authority_paths(other):
            outer, inner = sorted((mine, theirs), key=len)
            if len(outer) > 1 and inner[: len(outer)] == outer:
                return tuple(dict.fromkeys((outer[-1], inner[-1])))
    return ()


def authority_paths(authority: Traits) -> tuple[TerritoryPath, ...]:
    """The territory of an authority; in most cases one path."""
    return tuple(dict.fromkeys(path for side in SIDES for path in authority.places[side]))


def _codes(paths: Iterable[TerritoryPath]) -> dict[str, None]:
    return dict.fromkeys(code for path in paths for code in path)


def _above(path: TerritoryPath, common: Container[str]) -> TerritoryPath:
    """The steps of a path that lie above its deepest common step."""
    deepest = max((step for step, code in enumerate(path) if code in common), default=0)
    return path[:deepest]
