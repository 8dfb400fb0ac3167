"""What each locality and subdivision lies in: the finest territory that is known, and never a guess.

A locality lies where the shipped table says (:mod:`seed.territories.locality_table`). One that the table does
not have claims the first-level subdivision that all its neighbours of the same GeoNames division share, or
only its country. Parts of a city lie in the city (``cities.yaml``).
"""

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence

from seed.territories.locality_table import read_locality_table
from seed.territories.sources import GazetteerPlace, city_table

NUMBERED_QUARTER = re.compile(r"(?P<city>\D+?) \d{1,2}")


def set_parents(localities: Sequence[GazetteerPlace], subdivisions: Sequence[GazetteerPlace]) -> None:
    """Give each locality, and each subdivision that is a part of a city, the territory it lies in."""
    table = read_locality_table()
    first_level = _first_level(localities, subdivisions, table)
    for locality in localities:
        known = locality.parent or table.get(locality.code)
        locality.parent = known or first_level.get((locality.country, locality.group))
    _place_parts_of_cities(localities, subdivisions)


def fill_coordinates(localities: Sequence[GazetteerPlace], subdivisions: Sequence[GazetteerPlace]) -> None:
    """Put a subdivision whose coordinates no package knows into the middle of its localities."""
    inside: Mapping[str, list[GazetteerPlace]] = defaultdict(list)
    for locality in localities:
        if locality.parent:
            inside[locality.parent].append(locality)
    for place in subdivisions:
        if place.latitude is None and (towns := inside[place.code]):
            place.latitude = sum(town.latitude or 0.0 for town in towns) / len(towns)
            place.longitude = sum(town.longitude or 0.0 for town in towns) / len(towns)


def _first_level(
    localities: Sequence[GazetteerPlace], subdivisions: Sequence[GazetteerPlace], table: Mapping[str, str]
) -> dict[tuple[str, str], str]:
    """The one first-level subdivision of each GeoNames division, where there is just one."""
    parents = {place.code: place.parent for place in subdivisions}

    def outermost(code: str) -> str:
        return outermost(above) if (above := parents.get(code)) else code

    seen: Mapping[tuple[str, str], set[str]] = defaultdict(set)
    for locality in localities:
        if (finest := table.get(locality.code)) in parents:
            seen[locality.country, locality.group].add(outermost(finest))
    return {group: next(iter(found)) for group, found in seen.items() if len(found) == 1}


def _place_parts_of_cities(
    localities: Sequence[GazetteerPlace], subdivisions: Sequence[GazetteerPlace]
) -> None:
    cities = city_table()
    loaded = {place.code for place in localities}
    for locality in localities:
        city = cities["city_subdivisions"].get(locality.parent)
        if city in loaded and city != locality.code:
            locality.parent = city
    _place_numbered_quarters(localities)
    city_of = {part: city for city, parts in cities["cities_of_subdivisions"].items() for part in parts}
    for place in subdivisions:
        if (city := city_of.get(place.code)) in loaded:
            place.parent = city


def _place_numbered_quarters(localities: Sequence[GazetteerPlace]) -> None:
    """``Lyon 07`` lies in Lyon."""
    by_name = {(place.parent, place.name): place for place in localities}
    for locality in localities:
        if (match := NUMBERED_QUARTER.fullmatch(locality.name)) and (
            city := by_name.get((locality.parent, match["city"]))
        ):
            locality.parent = city.code
