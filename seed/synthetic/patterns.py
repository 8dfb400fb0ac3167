"""What is frequent and what is rare: corridors, sectors and priorities as the documented initiatives have them.

What no initiative names stays possible: every country of the call for consortia, every sector of the vocabulary.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, product
from operator import sub
from random import Random
from typing import Any, Generic, TypeVar

from matching import Side
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.sectors import resolve_sector, sectors
from seed.documented import reading

Drawn = TypeVar("Drawn")
CorridorCodes = tuple[str, str]
"""Territory of origin, territory of residence."""

CORRIDOR_WEIGHT = 6.0
INITIATIVE_WEIGHT = 2.0
"""What the corridors of one initiative weigh together."""
OTHER_CORRIDORS = 60.0
"""What all pairs of countries of the call for consortia weigh together, beside some 160 of documented ones."""
OTHER_SECTOR = 0.25
ANY_CALL = "jmdi"


@dataclass(frozen=True, slots=True)
class Distribution(Generic[Drawn]):
    """Items, each drawn as often as it weighs."""

    items: list[Drawn]
    cumulated: list[float]

    @classmethod
    def of(cls, weights: Mapping[Drawn, float]) -> "Distribution[Drawn]":
        """The distribution with these weights."""
        return cls(list(weights), list(accumulate(weights.values())))

    def weights(self) -> Iterator[tuple[Drawn, float]]:
        """Each item with what it weighs."""
        return zip(self.items, map(sub, self.cumulated, [0.0, *self.cumulated]), strict=True)

    def draw(self, random: Random) -> Drawn:
        """One item."""
        return random.choices(self.items, cum_weights=self.cumulated)[0]

    def draw_some(self, random: Random, most: int) -> list[Drawn]:
        """From one to ``most`` different items, in the order drawn."""
        return list(dict.fromkeys(self.draw(random) for _ in range(random.randint(1, most))))


@cache
def corridors() -> Distribution[CorridorCodes]:
    """Corridors: documented ones, those of the initiatives, and pairs of countries of the call for consortia."""
    weights: dict[CorridorCodes, float] = defaultdict(float)
    for origin, residence, _, _ in reading.corridors():
        weights[origin, residence] += CORRIDOR_WEIGHT
    for key, initiative in reading.initiatives().items():
        share = OTHER_CORRIDORS if key == ANY_CALL else INITIATIVE_WEIGHT
        pairs = list(product(_codes(initiative.get("origin")), _codes(initiative.get("residence"))))
        for pair in pairs:
            weights[pair] += share / len(pairs)
    return Distribution.of(dict(sorted(weights.items())))


@cache
def ends() -> Mapping[Side, Mapping[str, float]]:
    """By side, how often corridors begin or end in each territory."""
    found: dict[Side, dict[str, float]] = {"origin": defaultdict(float), "residence": defaultdict(float)}
    for (origin, residence), weight in corridors().weights():
        found["origin"][origin] += weight
        found["residence"][residence] += weight
    return found


@cache
def governed() -> frozenset[str]:
    """The codes of what documented authorities govern."""
    return frozenset(territory for territory in _governed() if isinstance(territory, str))


@cache
def governed_places() -> tuple[tuple[str, str], ...]:
    """Country and name of what documented authorities govern, where it is given so."""
    found = (territory for territory in _governed() if not isinstance(territory, str))
    return tuple((territory["country"], territory["place"]) for territory in found)


def _governed() -> Iterator[str | Mapping[str, str]]:
    records = (record for record, _ in reading.profile_records())
    return (record["territory"] for record in records if record.get("territory"))


def countries() -> set[str]:
    """Every country that a corridor begins or ends in."""
    return {code[:2] for pair in corridors().items for code in pair}


def _codes(places: Iterable[Any] | None) -> list[str]:
    return [place if isinstance(place, str) else place["country"] for place in places or ()]


@cache
def sector_codes() -> Distribution[str]:
    """Sectors as often as initiatives name them, and all others now and then."""
    weights: dict[str, float] = dict.fromkeys(sorted(sectors()), OTHER_SECTOR)
    for initiative in reading.initiatives().values():
        for named in initiative.get("sectors", ()):
            code = resolve_sector(named)
            if code is not None:
                weights[code] += 1
    return Distribution.of(weights)


@cache
def priorities() -> Distribution[Priority]:
    """Priorities as often as initiatives follow them."""
    named = Counter(
        priority
        for initiative in reading.initiatives().values()
        for priority in initiative.get("priorities", ())
    )
    return Distribution.of({priority: float(named[priority] or 1) for priority in PRIORITIES})
