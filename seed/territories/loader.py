"""Loads the gazetteer into the database, once; the service never holds it in memory."""

import json
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from sqlalchemy import Engine
from sqlalchemy import delete as sql_delete

from schemas.place_names import name_key, with_apostrophes_closed
from schemas.text_folding import fold
from service.db.bulk import insert_rows
from service.db.counters import counter_value, set_counter
from service.db.session import reading, unit_of_work
from service.db.tables import Territory, TerritoryName
from service.vocabularies.territory_repository import (
    ADMINISTRATIVE_WEIGHT,
    COUNTRY_WEIGHT,
    FIRST_OF_UNIT,
    LOADED_VERSION,
)

if TYPE_CHECKING:
    from seed.territories.sources import GazetteerPlace

GAZETTEER_VERSION = 3
"""Raised when what is loaded changes: the next start then loads it again."""
LONGEST_NAME = 200

TERRITORY_COLUMNS = (
    "code", "country", "level", "name", "names", "parent", "path", "latitude", "longitude", "population",
)  # fmt: skip
NAME_COLUMNS = ("folded", "territory_code", "country", "rank", "weight")


def load_territories(engine: Engine, countries_with_localities: Collection[str] | None = None) -> int:
    """Load all countries and subdivisions, and the localities of the given countries (by default of all).

    Does nothing when this version is there already. Returns how many territories were loaded.
    """
    if is_loaded(engine):
        return 0
    places = _gather(countries_with_localities)
    paths = _paths(places)
    with unit_of_work(engine) as session:
        session.execute(sql_delete(TerritoryName))
        session.execute(sql_delete(Territory))
        insert_rows(session, "territory", TERRITORY_COLUMNS, _territory_rows(places, paths))
        insert_rows(session, "territory_name", NAME_COLUMNS, _name_rows(places, _inhabitants(places, paths)))
        set_counter(session, LOADED_VERSION, GAZETTEER_VERSION)
    return len(places)


def is_loaded(engine: Engine) -> bool:
    """Whether this version of the gazetteer is in the database."""
    with reading(engine) as session:
        return counter_value(session, LOADED_VERSION) == GAZETTEER_VERSION


def _gather(only: Collection[str] | None) -> list["GazetteerPlace"]:
    from seed.territories.hierarchy import fill_coordinates, set_parents
    from seed.territories.sources import countries, localities, subdivisions

    areas, towns = list(subdivisions()), list(localities(only))
    set_parents(towns, areas)
    fill_coordinates(towns, areas)
    return [*countries(), *areas, *towns]


def _paths(places: Sequence["GazetteerPlace"]) -> dict[str, list[str]]:
    parents = {place.code: place.parent for place in places}

    def path(code: str, country: str) -> list[str]:
        parent = parents.get(code)
        above = path(parent, country) if parent else [country] if code != country else []
        return [*above, code]

    return {place.code: path(place.code, place.country) for place in places}


def _territory_rows(
    places: Sequence["GazetteerPlace"], paths: Mapping[str, list[str]]
) -> Iterator[Sequence[object]]:
    for place in places:
        parent = place.parent or (place.country if place.level != "country" else None)
        yield (
            place.code, place.country, place.level, place.name[:LONGEST_NAME],
            json.dumps(place.names, ensure_ascii=False), parent, json.dumps(paths[place.code]),
            place.latitude, place.longitude, place.population,
        )  # fmt: skip


def _inhabitants(places: Iterable["GazetteerPlace"], paths: Mapping[str, list[str]]) -> Counter[str]:
    """How many live in the localities of each territory."""
    counted: Counter[str] = Counter()
    for place in places:
        if place.level == "locality":
            counted.update(dict.fromkeys(paths[place.code], place.population or 0))
    return counted


def _name_rows(
    places: Iterable["GazetteerPlace"], inhabitants: Mapping[str, int]
) -> Iterator[Sequence[object]]:
    units = _unit_names()
    for place in places:
        weight = _weight(place, inhabitants[place.code])
        for folded, rank in {**_ranked_names(place), **units[place.code]}.items():
            yield (folded, place.code, place.country, rank, weight)


def _unit_names() -> Mapping[str, dict[str, int]]:
    """Names of former and everyday units, by the subdivisions that cover them, with the order of these."""
    from seed.territories.sources import unit_table

    ranks: Mapping[str, dict[str, int]] = defaultdict(dict)
    for unit in unit_table():
        for name in unit["names"]:
            for order, code in enumerate(unit["now"]):
                ranks[code].update(dict.fromkeys((fold(name), name_key(fold(name))), FIRST_OF_UNIT + order))
    return ranks


def _ranked_names(place: "GazetteerPlace") -> dict[str, int]:
    ranked: dict[str, int] = {}
    for rank, names in enumerate(([place.name], [*place.names.values(), *place.aliases], place.alternates)):
        for name in names:
            folded = fold(name)[:LONGEST_NAME].strip()
            spellings = [folded, name_key(folded)]
            if (closed := with_apostrophes_closed(name)) != name:
                spellings.append(fold(closed)[:LONGEST_NAME].strip())
            for spelling in spellings:
                if spelling:
                    ranked.setdefault(spelling, rank)
    return ranked


def _weight(place: "GazetteerPlace", inhabitants: int) -> int:
    if place.level == "country":
        return COUNTRY_WEIGHT
    return ADMINISTRATIVE_WEIGHT + inhabitants if place.level == "subdivision" else place.population or 0
