"""What territories two profiles have in common, so that it can be said in a sentence."""

from itertools import takewhile

from matching.features.records import SIDES, Side, Traits
from schemas.places import TerritoryPath


def shared_territories(one: Traits, other: Traits) -> tuple[str, ...]:
    """The deepest territories that two profiles share on the same side, origin first."""
    return tuple(dict.fromkeys(code for side in SIDES for code in shared_on(side, one, other)))


def shared_on(side: Side, one: Traits, other: Traits) -> tuple[str, ...]:
    """The deepest territories that two profiles share on one side."""
    theirs = other.places[side]
    found = dict.fromkeys(
        path[: max(steps_in_common(path, there) for there in theirs)] for path in one.places[side] if theirs
    )
    if len(found) > 1:
        above = {path[:depth] for path in found for depth in range(len(path))}
        return tuple(dict.fromkeys(path[-1] for path in found if path not in above))
    return tuple(path[-1] for path in found if path)


def nested(one: Traits, other: Traits) -> tuple[str, ...]:
    """The territories of two authorities if one lies within the other, the outer one first; whole countries do not count."""
    for mine in one.paths():
        for theirs in other.paths():
            outer, inner = sorted((mine, theirs), key=len)
            if len(outer) > 1 and contains(outer, inner):
                return tuple(dict.fromkeys((outer[-1], inner[-1])))
    return ()


def contains(outer: TerritoryPath, inner: TerritoryPath) -> bool:
    """Whether a territory lies within another, or is the same."""
    return inner[: len(outer)] == outer


def on_one_path(one: TerritoryPath, other: TerritoryPath) -> bool:
    """Whether one of two territories lies within the other."""
    return contains(one, other) or contains(other, one)


def in_one_region(one: TerritoryPath, other: TerritoryPath) -> bool:
    """Whether two territories lie in one first-level subdivision of a country."""
    return steps_in_common(one, other) > 1


def steps_in_common(one: TerritoryPath, other: TerritoryPath) -> int:
    """How many territories two paths share, from the country down."""
    steps = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        steps += 1
    return steps


def is_resolved(code: str) -> bool:
    """Whether a step of a path is a known territory, no name that nobody could place (``SN/kaolack``)."""
    return "/" not in code


def resolved(path: TerritoryPath) -> TerritoryPath:
    """The known territories of a path."""
    return tuple(takewhile(is_resolved, path))
