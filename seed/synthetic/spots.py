"""Places that generated organisations may be from: subdivisions and the larger localities of some countries."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import log
from random import Random

from sqlmodel import Session, col, select

from service.db.tables import Territory

LOCALITIES_EACH = 250
SUBDIVISION_WEIGHT = 300.0
"""How often a subdivision itself is named, beside the square roots of inhabitants of its localities."""


@dataclass(frozen=True, slots=True)
class Spot:
    """A place: code, level, how deep it lies in its country, name, its names in other languages, and its inhabitants where known."""

    code: str
    level: str
    depth: int
    name: str
    names: Mapping[str, str]
    population: int | None

    @property
    def country(self) -> str:
        """The country's code."""
        return self.code[:2]


@dataclass(frozen=True, slots=True)
class _Choice:
    spots: list[Spot]
    weights: list[float]


class Spots:
    """Draws places within territories, large ones more often."""

    def __init__(self, inside: Mapping[str, _Choice], countries: Mapping[str, Spot]) -> None:
        self._inside, self._countries = inside, countries

    def country(self, code: str) -> Spot:
        """A whole country."""
        return self._countries[code]

    @classmethod
    def of(cls, session: Session, countries: Iterable[str]) -> "Spots":
        """The places of these countries; raises ``LookupError`` when the gazetteer is not loaded."""
        inside: dict[str, list[tuple[Spot, float]]] = defaultdict(list)
        wanted = sorted(set(countries))
        whole = {code: _spot(row) for code in wanted if (row := session.get(Territory, code))}
        for country in wanted:
            for row in _territories(session, country):
                spot = _spot(row)
                weight = (row.population or 1) ** 0.5 if row.level == "locality" else SUBDIVISION_WEIGHT
                for code in row.path:
                    inside[code].append((spot, weight))
        if not inside:
            raise LookupError("the gazetteer is not loaded")
        return cls({code: _choice(found) for code, found in inside.items()}, whole)

    def order(self, random: Random, within: Mapping[str, float]) -> list[Spot]:
        """Every place in some territories once, in an order in which likely ones tend to be early.

        A place is as likely as in draws of a territory by its weight, then of a place in it: weighted sampling without
        replacement (Efraimidis and Spirakis 2006).
        """
        spots: dict[str, Spot] = {}
        weights: dict[str, float] = defaultdict(float)
        for code, weight in sorted(within.items()):
            choice = self._inside.get(code) or self._inside[code[:2]]
            total, before = choice.weights[-1], 0.0
            for spot, cumulated in zip(choice.spots, choice.weights, strict=True):
                spots[spot.code] = spot
                weights[spot.code] += weight * (cumulated - before) / total
                before = cumulated
        keys = {code: log(random.random()) / weight for code, weight in sorted(weights.items())}
        return [spots[code] for code in sorted(keys, key=keys.__getitem__, reverse=True)]

    def draw(self, random: Random, within: str) -> Spot:
        """A place within a territory, or within its country when nothing is known in it."""
        choice = self._inside.get(within) or self._inside[within[:2]]
        return random.choices(choice.spots, cum_weights=choice.weights)[0]


def _spot(row: Territory) -> Spot:
    return Spot(row.code, row.level, len(row.path), row.name, row.names, row.population)


def _territories(session: Session, country: str) -> list[Territory]:
    of_country = select(Territory).where(Territory.country == country)
    areas = session.exec(of_country.where(Territory.level == "subdivision").order_by(col(Territory.code)))
    towns = session.exec(
        of_country.where(Territory.level == "locality")
        .order_by(col(Territory.population).desc(), col(Territory.code))
        .limit(LOCALITIES_EACH)
    )
    found = [*areas, *towns]
    whole = session.get(Territory, country)
    return found or ([whole] if whole else [])


def _choice(found: list[tuple[Spot, float]]) -> _Choice:
    return _Choice([spot for spot, _ in found], list(accumulate(weight for _, weight in found)))
