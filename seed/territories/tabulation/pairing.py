"""Which subdivision of ISO 3166-2 is the same as a division of GeoNames, or contains it.

A division is paired by our own corrections, by its code where a country's codes are those of ISO 3166-2, or
by its name. What none of them settles stays without a pair: its localities then claim only what is known of
the division around it.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz

from schemas.csv_files import read_csv
from schemas.text_folding import fold
from seed.territories.sources import GazetteerPlace
from seed.territories.tabulation.divisions import Division, DivisionCode

GENERIC = frozenset((
    "administrative", "aimag", "al", "and", "area", "arrondissement", "atholhu", "atoll", "autonomous",
    "aymag", "baladiyat", "borough", "canton", "capital", "cercle", "changwat", "city", "ciudad", "commune",
    "comarca", "corporation", "council", "county", "d", "da", "de", "degli", "del", "della", "delle", "des",
    "departament", "departamento", "departement", "department", "di", "distrikt", "distrito", "district",
    "division", "do", "dos", "du", "e", "el", "gouvernorat", "governorate", "i", "ibn", "il", "ili",
    "island", "islands", "judet", "kabupaten", "kommun", "kota", "kraj", "krai", "kray", "kreis", "l", "la",
    "lan", "land", "las", "le", "les", "linn", "lo", "los", "maakond", "madinat", "metropolitan",
    "metropolitana", "muhafazat", "municipal", "municipality", "municipio", "municipiul", "novads", "o",
    "oblast", "oblisi", "oblysy", "of", "okres", "okrug", "opstina", "parish", "prefectural", "prefecture",
    "province", "provincia", "provincias", "provincie", "qark", "qarku", "raion", "raionul", "rajonas",
    "rajono", "rayon", "regency", "regiao", "region", "regional", "regiunea", "republic", "republica",
    "respublika", "royal", "s", "sancaktar", "savivaldybe", "sector", "sheng", "shi", "sir", "special",
    "state", "territory", "the", "town", "unitary", "urban", "vald", "ville", "voblasc", "voblasts",
    "voivodeship", "wilaya", "wojewodztwo", "y", "zila", "zilla", "zone",
))  # fmt: skip
ALIKE = 84.0
CLEARLY_AHEAD = 10.0
"""How alike (0 to 100) two names must be, and how far ahead of the next, to be spellings of one."""
MOST_NEAR = 3
"""A subdivision of a similar name must be among this many that are nearest to the division."""
TRUSTED = 0.95
"""Share of a country's divisions whose code must agree with their name before its codes are trusted."""


def pair_divisions(
    first: Sequence[Division], second: Sequence[Division], subdivisions: Sequence[GazetteerPlace]
) -> dict[DivisionCode, str]:
    """The code of the territory that is the same as each division, or contains it, as far as that is known."""
    by_country: Mapping[str, list[GazetteerPlace]] = defaultdict(list)
    for place in subdivisions:
        by_country[place.country].append(place)
    paired: dict[DivisionCode, str] = {}
    for country, places in by_country.items():
        outer = [division for division in first if division.code.country == country]
        inner = [division for division in second if division.code.country == country]
        paired |= _Country(places).pair(outer, inner)
    return paired | read_corrections()


def read_corrections() -> dict[DivisionCode, str]:
    """What we looked up by hand, from ``corrections.csv``; an empty code says that no subdivision fits."""
    return {
        DivisionCode(row["country"], row["admin1"], row["admin2"]): row["territory"]
        for row in read_csv("seed.territories.tabulation", "corrections.csv")
    }


def read_locality_corrections() -> dict[str, str]:
    """Where localities lie that GeoNames keeps in a division they have left, by code, from ``locality_corrections.csv``."""
    rows = read_csv("seed.territories.tabulation", "locality_corrections.csv")
    return {row["locality"]: row["territory"] for row in rows}


def bare_division_name(name: str) -> str:
    """A division's name without the words that say what kind it is, folded: ``Okres Brno-venkov`` → ``brno venkov``."""
    folded = fold(name)
    return " ".join(word for word in folded.split() if word not in GENERIC) or folded


class _Country:
    """The subdivisions of one country."""

    def __init__(self, places: Sequence[GazetteerPlace]) -> None:
        self._places = places
        self._parents = {place.code: place.parent for place in places}
        self._names = {place.code: _bare_names(place) for place in places}

    def pair(self, first: Sequence[Division], second: Sequence[Division]) -> dict[DivisionCode, str]:
        """Pairs for the divisions of this country."""
        paired = self._pair_first(first) | read_corrections()
        return paired | self._pair_second(second, paired)

    def _pair_first(self, divisions: Sequence[Division]) -> dict[DivisionCode, str]:
        outer = [place for place in self._places if place.parent is None]
        inner = [place for place in self._places if place.parent is not None]
        # Where ISO 3166-2 has wider areas above the usual first level (Indonesia, Cape Verde), those are inner.
        levels = sorted((outer, inner), key=lambda level: -self._count_named(divisions, level))
        found = {division.code: self._by_name(division, *levels) for division in divisions}
        return {code: place for code, place in found.items() if place}

    def _count_named(self, divisions: Sequence[Division], level: Sequence[GazetteerPlace]) -> int:
        return sum(bool(self._same_name(division, level)) for division in divisions)

    def _pair_second(
        self, divisions: Sequence[Division], outer: Mapping[DivisionCode, str]
    ) -> dict[DivisionCode, str]:
        inner = [place for place in self._places if place.parent is not None]
        candidates = {
            division.code: self._below(outer.get(division.code.outer(), "")) for division in divisions
        }
        named = {
            division.code: self._by_name(division, candidates[division.code], inner) for division in divisions
        }
        trusted = self._codes_agree(named)
        paired: dict[DivisionCode, str] = {}
        for division in divisions:
            same_code = f"{division.code.country}-{division.code.admin2}"
            codes = {place.code for place in candidates[division.code]}
            found = same_code if trusted and same_code in codes else named[division.code]
            if found:
                paired[division.code] = found
        return paired

    def _codes_agree(self, named: Mapping[DivisionCode, str]) -> bool:
        both = [
            found == f"{code.country}-{code.admin2}"
            for code, found in named.items()
            if found and f"{code.country}-{code.admin2}" in self._parents
        ]
        return bool(both) and sum(both) >= TRUSTED * len(both)

    def _below(self, code: str) -> list[GazetteerPlace]:
        return [place for place in self._places if not code or code in self._above(place.code)]

    def _above(self, code: str) -> list[str]:
        parent = self._parents.get(code)
        return [parent, *self._above(parent)] if parent else []

    def _by_name(
        self, division: Division, likely: Sequence[GazetteerPlace], possible: Sequence[GazetteerPlace]
    ) -> str:
        """The code of the subdivision of this name, also misspelt if it is among the likely ones."""
        name = bare_division_name(division.name)
        same = self._same_name(division, likely)
        if not same and not (alike := self._by_likeness(division, name, likely)):
            same = self._same_name(division, possible)
        elif not same:
            return alike
        return _nearest(division, same)[0].code if same else ""

    def _same_name(self, division: Division, candidates: Sequence[GazetteerPlace]) -> list[GazetteerPlace]:
        name = bare_division_name(division.name)
        same = [place for place in candidates if name and name in self._names[place.code]]
        if len(same) > 1:
            return [place for place in same if fold(division.name) in _full_names(place)] or same
        return same

    def _by_likeness(self, division: Division, name: str, candidates: Sequence[GazetteerPlace]) -> str:
        if not name:
            return ""
        scored = sorted(
            (
                (max(fuzz.ratio(name, known) for known in self._names[place.code]), place.code)
                for place in candidates
            ),
            reverse=True,
        )
        near = {place.code for place in _nearest(division, candidates)[:MOST_NEAR]}
        if scored and scored[0][0] >= ALIKE and scored[0][1] in near:
            ahead = len(scored) == 1 or scored[0][0] - scored[1][0] >= CLEARLY_AHEAD
            return scored[0][1] if ahead else ""
        return ""


def _full_names(place: GazetteerPlace) -> set[str]:
    return {fold(name) for name in (place.name, *place.names.values(), *place.aliases)}


def _bare_names(place: GazetteerPlace) -> set[str]:
    return {
        bare_division_name(name) for name in (place.name, *place.names.values(), *place.aliases) if fold(name)
    }


def _nearest(division: Division, places: Sequence[GazetteerPlace]) -> list[GazetteerPlace]:
    latitude, longitude = division.center()
    east = float(np.cos(np.radians(latitude)))

    def distance(place: GazetteerPlace) -> float:
        if place.latitude is None or place.longitude is None:
            return float("inf")
        return (place.latitude - latitude) ** 2 + ((place.longitude - longitude) * east) ** 2

    return sorted(places, key=distance)
