"""What territories two profiles have in common, so that it can be said in a sentence."""

from collections.abc import Container, Iterable
from itertools import takewhile

from matching.features.records import SIDES, Side, Traits
from schemas.places import TerritoryPath


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
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def is_resolved(code: str) -> bool:
    """Whether a step of a path is a known territory, no name that nobody could place (``SN/kaolack``)."""
    return "/" not in code


def resolved(path: TerritoryPath) -> TerritoryPath:
    """The known territories of a path."""
    return tuple(takewhile(is_resolved, path))


def _codes(paths: Iterable[TerritoryPath]) -> dict[str, None]:
    return dict.fromkeys(code for path in paths for code in path)


def _above(path: TerritoryPath, common: Container[str]) -> TerritoryPath:
    """The steps of a path that lie above its deepest common step."""
    deepest = max((step for step, code in enumerate(path) if code in common), default=0)
    return path[:deepest]
