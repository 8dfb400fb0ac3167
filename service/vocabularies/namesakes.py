"""Which of several territories of one name is meant: by its level, by what else says so, and by its weight.

A weight is a number of inhabitants: a locality's own, for a subdivision those of its localities. A spelling that
only the gazetteer's alternate names know counts for less than a name or a translation, but an exact spelling
never beats a far larger namesake.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from schemas.place_names import name_key
from schemas.records import Level
from service.db.tables import Territory
from service.vocabularies.gazetteer import Match
from service.vocabularies.place_reading import literal_reading

ALTERNATE = 2
"""The rank of alternate names."""
ALTERNATE_WORTH = 0.2
DOMINANT = 3
"""How many times heavier one of several namesakes of one kind must be to be the one that is meant."""
FAR_HEAVIER = 10
"""And how many times when one is a town and the other an area that it does not lie in."""
LEAST_SHARE = 0.01
"""The part of an area's inhabitants that a town of its name must have, for the name to mean the town."""
MAIN_SHARE = 0.4
"""The part of an area's inhabitants that a town must have to be mostly what the area's name means."""
METROPOLIS = 500_000
"""Inhabitants of a town that its bare name means, although an area elsewhere is called the same."""
SAME_NAME = 80.0
"""How alike (0 to 100) the own names of a town and an area are or their first words, are of which one is named after the
other."""
CAPITAL = 50_000
"""Inhabitants that a town named like its country must have, for the name to mean the town."""
MOST_CANDIDATES = 8
NamedAfter = Callable[[Territory, Territory], bool]
"""Whether a town and an area it lies in are named after each other."""
INNER_LEVELS = frozenset({"province"})
AREA_LEVELS = frozenset({"province", "region", "state"})


@dataclass(frozen=True, slots=True)
class Choice:
    """The territory that is meant and others that it could be, or with ``meant`` empty only those."""

    meant: Territory | None
    others: tuple[Territory, ...] = ()


def choose(matches: Iterable[Match], level: Level | None, named_after: NamedAfter) -> Choice:
    """Choose among the territories that one spelling found, for an authority of this level or for anybody."""
    best = _without_quarters(_best_ranks(matches))
    towns = [match for match in best if match.territory.level == "locality"]
    areas = [match for match in best if match.territory.level == "subdivision"]
    countries = [match for match in best if match.territory.level == "country"]
    if level is None:
        return _choose_freely(towns, _outermost(areas), countries, named_after)
    if level == "national":
        return _first_of([countries, areas, towns])
    if level in AREA_LEVELS:
        return _first_of([_of_level(areas, level), towns, countries])
    return _first_of([towns, areas, countries])


def named_alike(town: Territory, area: Territory) -> bool:
    """Whether one of the two is named after the other: ``Bologna`` and ``Bologna``, ``Tangier`` and ``Tanger-Assilah``."""
    return any(_alike(one, other) for one in _keys(town) for other in _keys(area))


def _alike(one: str, other: str) -> bool:
    return (
        max(fuzz.ratio(one, other), fuzz.ratio(one.split(maxsplit=1)[0], other.split(maxsplit=1)[0]))
        >= SAME_NAME
    )


def _keys(territory: Territory) -> set[str]:
    """The names of a territory without the words that say what kind it is."""
    names = (territory.name, *territory.names.values())
    return {key for name in names if (key := name_key(literal_reading(name).barest()))}


def _without_quarters(matches: Sequence[Match]) -> list[Match]:
    """Without the middle of a part of a city when that part was found too: ``Hackney``, ``Camden`` and Camden Town."""
    parts = [match.territory for match in matches if ":" in "".join(match.territory.path[:-1])]
    boroughs = [(part.path[-2], _keys(part)) for part in parts if part.level == "subdivision"]
    return [
        match
        for match in matches
        if match.territory.level != "locality"
        or not any(
            city in match.territory.path[:-1] and key.startswith(tuple(names))
            for city, names in boroughs
            for key in _keys(match.territory)
        )
    ]


def family_of(one: Territory, other: Territory) -> bool:
    """Whether one lies in the other: a province and its capital, a region and its province of the same name."""
    return one.code in other.path or other.code in one.path


def _best_ranks(matches: Iterable[Match]) -> list[Match]:
    best: dict[str, Match] = {}
    for match in matches:
        known = best.get(match.territory.code)
        if known is None or match.rank < known.rank:
            best[match.territory.code] = match
    return list(best.values())


def _first_of(pools: Sequence[Sequence[Match]]) -> Choice:
    """The heaviest of the first pool that has any."""
    return next((_heaviest(pool) for pool in pools if pool), Choice(None))


def _heaviest(pool: Sequence[Match]) -> Choice:
    first, *others = _by_worth(pool)
    if not others or _worth(first) >= DOMINANT * _worth(others[0]):
        return Choice(first.territory)
    return Choice(None, _territories(pool))


def _worth(match: Match) -> float:
    inhabitants = max(match.inhabitants, 1)
    return inhabitants * ALTERNATE_WORTH if match.rank >= ALTERNATE else inhabitants


def _of_level(areas: Sequence[Match], level: Level | None) -> list[Match]:
    """The areas of a level: provinces lie within regions where a country has both.

    Where none of several is far the greatest, those count whose own name it is rather than a translation.
    """
    if not areas:
        return []
    inner = [match for match in areas if len(match.territory.path) > 2]
    outer = [match for match in areas if len(match.territory.path) <= 2]
    found = (inner or outer) if level in INNER_LEVELS else (outer or inner)
    own_name = [match for match in found if match.rank == min(one.rank for one in found)]
    return found if _heaviest(found).meant else own_name


def _outermost(areas: Sequence[Match]) -> list[Match]:
    codes = {match.territory.code for match in areas}
    return [match for match in areas if not codes & set(match.territory.path[:-1])]


def _choose_freely(
    towns: Sequence[Match], areas: Sequence[Match], countries: Sequence[Match], named_after: NamedAfter
) -> Choice:
    """What a bare name means: the town, unless an area or the country of that name is far greater."""
    if countries and max((match.inhabitants for match in towns), default=0) < CAPITAL:
        return Choice(countries[0].territory, _territories(areas))
    if not towns or not areas:
        return _heaviest(towns or areas)
    town, area = _by_worth(towns)[0], _by_worth(areas)[0]
    namesakes = [match for match in areas if match.territory.code in town.territory.path]
    if namesakes:
        alike = named_after(town.territory, namesakes[0].territory)
        return _town_or_its_area(town, namesakes[0], _territories(areas), alike=alike)
    if town.inhabitants >= min(METROPOLIS, area.inhabitants) or _worth(town) >= FAR_HEAVIER * _worth(area):
        meant = _heaviest(towns).meant
        return Choice(meant, (area.territory,)) if meant else Choice(None, _territories([*towns, *areas]))
    if _worth(area) >= FAR_HEAVIER * _worth(town) and (meant := _heaviest(areas).meant):
        return Choice(meant, (town.territory,))
    return Choice(None, _territories([*towns, *areas]))


def _town_or_its_area(town: Match, area: Match, others: tuple[Territory, ...], *, alike: bool) -> Choice:
    """A town or an area that it lies in and that is called the same in some language.

    An alternate name of the town alone may be the area's: GeoNames calls Venice "Vénétie", too.
    """
    mostly_town = town.inhabitants >= MAIN_SHARE * area.inhabitants
    area_alone = town.rank >= ALTERNATE > area.rank and not alike and not mostly_town
    if area_alone or town.inhabitants < LEAST_SHARE * area.inhabitants:
        return Choice(area.territory, (town.territory,))
    return Choice(town.territory, others)


def _by_worth(matches: Iterable[Match]) -> list[Match]:
    return sorted(matches, key=lambda match: (-_worth(match), match.territory.code))


def _territories(matches: Iterable[Match]) -> tuple[Territory, ...]:
    return tuple(match.territory for match in _by_worth(matches))[:MOST_CANDIDATES]
