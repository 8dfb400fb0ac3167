"""Places as people write them, and places once they are resolved to a territory."""

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, StringConstraints

from schemas.csv_files import read_csv
from schemas.inputs import Input
from schemas.texts import ONE_LINE, SEEN

CountryCode = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]
TERRITORY_PATTERN = r"^[A-Z]{2}(-[A-Z0-9]{1,3}|:[0-9]{1,12})?$"
TerritoryCode = Annotated[str, StringConstraints(pattern=TERRITORY_PATTERN, max_length=16)]
"""``SN`` (ISO 3166-1), ``SN-DB`` (ISO 3166-2) or ``SN:2252308`` (country and GeoNames identifier)."""

TerritoryPath = tuple[str, ...]
"""A territory from its country down to itself, by code: ``("SN", "SN-KL")``."""

PlaceName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200), SEEN, ONE_LINE
]
Role = Literal["origin", "residence", "both"]
EVERYDAY_COUNTRIES = {"UK": "GB", "EL": "GR"}
"""Codes that the European Union's own documents use, and the codes of ISO 3166-1 they stand for."""


def code_today(code: str) -> str:
    """The code of ISO 3166-2 in place of one that it has given up and that people still use: ``FR-75``."""
    return _former_codes().get(code, code)


@cache
def _former_codes() -> Mapping[str, str]:
    """Codes that were replaced by exactly one, with that one (source: changes of ISO 3166-2)."""
    rows = read_csv("schemas", "vocabularies", "former-territory-codes.csv")
    return {row["former"]: row["code"] for row in rows}


def is_code_in(country: str, name: str) -> bool:
    """Whether a place's name is really a territory code of that country."""
    return name[:2] == country and re.fullmatch(TERRITORY_PATTERN, name) is not None


class NamedPlace(Input):
    """A place in the sender's own words, always within a country; without ``place``, the whole country."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    country: CountryCode
    place: PlaceName | None = None


PlaceInput = TerritoryCode | NamedPlace
"""What a record or a request may give for a place: a code, or a country with a name in it."""


def country_of(given: PlaceInput) -> str:
    """The country that a place is given in, as it was written."""
    return given[:2] if isinstance(given, str) else given.country


def with_iso_country(given: PlaceInput) -> PlaceInput:
    """The place with the country code of ISO 3166-1 where another one is in use: ``UK`` becomes ``GB``."""
    country = EVERYDAY_COUNTRIES.get(country_of(given))
    if country is None:
        return given
    return country + given[2:] if isinstance(given, str) else given.model_copy(update={"country": country})


def paths_of(place: Mapping[str, Any]) -> Sequence[Sequence[str]]:
    """The paths of a stored place: one, or those of all territories that a former or everyday unit covers."""
    covered: Sequence[Sequence[str]] | None = place.get("covers")
    return covered or [place.get("path") or [place["country"]]]


def territories_of(places: Iterable[Mapping[str, Any]]) -> dict[str, None]:
    """Every territory that stored places are or lie in, by code, each once."""
    return dict.fromkeys(code for place in places for path in paths_of(place) for code in path)


class QualifiedTerritory(BaseModel):
    """A territory by its qualified name, with everything it lies in: ``Springfield, Illinois, United States``."""

    code: TerritoryCode
    name: str


class Place(BaseModel):
    """A stored place: what was said, and the territory it was found to be.

    ``path`` runs from the country down to the territory itself (``["SN", "SN-DB"]``). ``code`` is ``None``
    when the place is not known to the gazetteer: then only the country is certain. ``covers`` holds the paths of
    the territories that a former or everyday unit covers; it has no code of its own.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: CountryCode
    code: TerritoryCode | None = None
    place: str | None = None
    path: tuple[TerritoryCode, ...] = ()
    covers: tuple[tuple[TerritoryCode, ...], ...] | None = None
    latitude: float | None = None
    longitude: float | None = None

    def as_input(self) -> PlaceInput:
        """The shortest form that resolves to this place again."""
        return self.code if self.code else NamedPlace(country=self.country, place=self.place)
