"""What matching reads in a record: places by side, sectors, priorities and words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal, cast, get_args

from schemas.concepts import mentions_in
from schemas.kinds import Kind
from schemas.money import Money, amounts_in
from schemas.places import TerritoryPath
from schemas.records import Priority, Record
from schemas.resources import RESOURCES
from schemas.sectors import resolve_sector, sectors_of
from schemas.text_folding import fold
from schemas.texts import all_texts

Side = Literal["origin", "residence"]
SIDES: tuple[Side, ...] = get_args(Side)
OTHER_SIDE: Mapping[Side, Side] = {"origin": "residence", "residence": "origin"}
Sides = tuple[Side, ...]
Coordinates = tuple[float, float]
"""Latitude and longitude of a place, in degrees (WGS 84)."""

MAX_TEXT_LENGTH = 4_000
"""How many characters of a record's texts are compared."""


@dataclass(frozen=True, slots=True)
class Traits:
    """A record as matching sees it.

    Attributes
    ----------
    key : str
    kind : Kind
    places : mapping of Side to tuple of TerritoryPath
        The territories of each place, from the country down.
    coordinates : tuple of (float, float)
        Latitude and longitude of its towns, in degrees (WGS 84).
    sectors : tuple of str
        DAC codes; what is in no vocabulary is left out.
    priorities : tuple of Priority
    name, text : str
        All versions of its name, and of all its texts, at most :data:`MAX_TEXT_LENGTH` characters.
    offers, needs : tuple of str
        The concepts, by key, of what it offers and needs.
    amounts_offered, amounts_needed : tuple of Money
    """

    key: str
    kind: Kind
    places: Mapping[Side, tuple[TerritoryPath, ...]]
    coordinates: tuple[Coordinates, ...]
    sectors: tuple[str, ...]
    priorities: tuple[Priority, ...]
    name: str
    text: str
    offers: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    amounts_offered: tuple[Money, ...] = ()
    amounts_needed: tuple[Money, ...] = ()

    def located(self) -> Iterator[tuple[Side, TerritoryPath]]:
        """Each place, with its side."""
        for side in SIDES:
            for path in self.places[side]:
                yield side, path

    def paths(self) -> tuple[TerritoryPath, ...]:
        """The territories of its places, on whichever side, each once; of an authority in most cases one."""
        return tuple(dict.fromkeys(path for _, path in self.located()))

    @property
    def offers_anything(self) -> bool:
        """Whether this record names anything that it offers."""
        return bool(self.offers or self.amounts_offered)

    @property
    def needs_anything(self) -> bool:
        """Whether this record names anything that it needs."""
        return bool(self.needs or self.amounts_needed)

    def shown_sides(self) -> Sides:
        """The sides on which this record names a place."""
        return tuple(side for side in SIDES if self.places[side])


def read_traits(record: Record) -> Traits:
    """The traits of an import record; raises ``ValueError`` when it names no key or no known kind."""
    key = record.get("key")
    if not isinstance(key, str) or not key:
        raise ValueError("a record needs a key")
    kind = Kind(record.get("kind", ""))
    sectors = (resolve_sector(str(sector)) for sector in record.get("sectors") or ())
    return Traits(
        key=key,
        kind=kind,
        places=_places(kind, record),
        coordinates=_coordinates(record),
        sectors=tuple(dict.fromkeys(code for code in sectors if code is not None)),
        priorities=tuple(cast("list[Priority]", record.get("priorities") or ())),
        name=" \n".join(all_texts(record.get("name"))),
        text=_text(record),
        offers=_concepts(offers := _offers(record)),
        needs=_concepts(needs := all_texts(record.get("needs"))),
        amounts_offered=(*amounts_in(" \n".join(offers)), *_funds(kind, record)),
        amounts_needed=(*amounts_in(" \n".join(needs)), *_missing(kind, record)),
    )


def confirmed_on(record: Record) -> date | None:
    """The day on which a record was last confirmed, if it says so."""
    day = record.get("confirmed")
    return date.fromisoformat(day) if day else None


def _places(kind: Kind, record: Record) -> Mapping[Side, tuple[TerritoryPath, ...]]:
    if kind is not Kind.AUTHORITY:
        return {side: _paths(record.get(side)) for side in SIDES}
    here = _paths([record["territory"]] if record.get("territory") else None)
    role = record.get("role")
    return {side: here if role in (side, "both", None) else () for side in SIDES}


def _coordinates(record: Record) -> tuple[Coordinates, ...]:
    """Where the places of a record lie, whichever side they are on; those that are no towns lie nowhere."""
    places = [record.get("territory"), *(record.get("origin") or ()), *(record.get("residence") or ())]
    located = (place for place in places if isinstance(place, Mapping) and place.get("latitude") is not None)
    return tuple(dict.fromkeys((float(place["latitude"]), float(place["longitude"])) for place in located))


def _paths(places: Any) -> tuple[TerritoryPath, ...]:
    return tuple(dict.fromkeys(path for place in places or () for path in place_paths(place)))


def place_paths(place: str | Record) -> tuple[TerritoryPath, ...]:
    """The paths of a place: one, or those of all territories that a former or everyday unit covers."""
    covers = None if isinstance(place, str) else place.get("covers")
    return tuple(map(tuple, covers)) if covers else (place_path(place),)


def place_path(place: str | Record) -> TerritoryPath:
    """The path of a place as a record gives it: resolved, a code, or a country with a name in it.

    A name that was not resolved becomes a step of its own (``SN/kaolack``), so that equal spellings meet.
    """
    if isinstance(place, str):
        country = place[:2]
        return (country,) if place == country else (country, place)
    country = str(place["country"])
    path = tuple(place.get("path") or (country,))
    named = place.get("place")
    if place.get("code") is None and named and fold(str(named)):
        return (*path, f"{country}/{fold(str(named))}")
    return path


def _text(record: Record) -> str:
    parts = [*all_texts(record.get("name")), *all_texts(record.get("description"))]
    for name in ("needs", "conditions"):
        parts += all_texts(record.get(name))
    parts += _offers(record)
    return " \n".join(part for part in parts if part)[:MAX_TEXT_LENGTH]


def _offers(record: Record) -> list[str]:
    """All that a record says of what it offers."""
    return [
        text for _, offered in sorted((record.get("offers") or {}).items()) for text in all_texts(offered)
    ]


def _concepts(texts: Sequence[str]) -> tuple[str, ...]:
    """The concepts that can be offered or needed: those of a sector, and resources; *look for* or *solidarity* are none."""
    if not texts:
        return ()
    spoken = dict.fromkeys(mention.concept for mention in mentions_in("\n".join(texts)[:MAX_TEXT_LENGTH]))
    return tuple(key for key in spoken if key in RESOURCES or sectors_of([key]))


def _funds(kind: Kind, record: Record) -> Iterator[Money]:
    """What a programme gives to a project at most."""
    most = record.get("project_max") or record.get("budget")
    if kind is Kind.PROGRAMME and most:
        yield Money.model_validate(most)


def _missing(kind: Kind, record: Record) -> Iterator[Money]:
    """What a project's budget lacks beside its own contribution, where both are in one currency."""
    if kind is not Kind.PROJECT or not record.get("budget"):
        return
    budget, own = (
        Money.model_validate(given) if given else None
        for given in (record["budget"], record.get("own_contribution"))
    )
    if budget and own is None:
        yield budget
    elif budget and own and own.currency == budget.currency and own.amount < budget.amount:
        yield Money(amount=budget.amount - own.amount, currency=budget.currency)
