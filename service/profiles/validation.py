"""From what a sender says to what is stored: shapes checked, places and sectors found in the vocabularies."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import NamedPlace, Place, PlaceInput
from schemas.records import FIELDS, PLACE_FIELDS, ProfileFields
from schemas.sectors import resolve_sector, search_sectors
from schemas.translation import message
from service.db.tables import Territory
from service.errors import Invalid
from service.field_errors import Fault, faults_of
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.territories import asked_for, name_in, resolve_place

Record = dict[str, Any]
PLACES: TypeAdapter[PlaceInput] = TypeAdapter(PlaceInput)
CANDIDATES = 5
REMEMBERED = 10_000
ALL_PLACE_FIELDS = tuple(dict.fromkeys(field for fields in PLACE_FIELDS.values() for field in fields))


@dataclass(slots=True)
class CheckedRecord:
    """A document ready to be stored, and what could not be found in the vocabularies."""

    document: Record
    remarks: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What a place was found to be, as documents keep it, or the territories to choose from, or neither."""

    documents: tuple[Record, ...] = ()
    candidates: tuple[Territory, ...] = ()


class PlaceFinder:
    """Finds places, each spelling once while it is remembered."""

    def __init__(self, session: Session) -> None:
        self._gazetteer = Gazetteer(session)
        self._found: dict[PlaceInput, FoundPlace] = {}

    def use(self, session: Session, records: Iterable[Record] = ()) -> None:
        """Go on in another session; the places of ``records``, as they were sent, are looked up all at once."""
        self._gazetteer.use(session)
        if len(self._found) > REMEMBERED:
            self._found.clear()
        unknown = {place for record in records for place in _said_places(record)} - self._found.keys()
        self._gazetteer.look_up(*asked_for(unknown))

    def find(self, given: PlaceInput) -> FoundPlace:
        """What :func:`service.vocabularies.territories.resolve_place` says of a place."""
        if given not in self._found:
            resolution = resolve_place(self._gazetteer, given)
            documents = (place.model_dump(mode="json", exclude_none=True) for place in resolution.places)
            self._found[given] = FoundPlace(tuple(documents), resolution.candidates)
        return self._found[given]


def _said_places(record: Record) -> Iterator[PlaceInput]:
    for name in ALL_PLACE_FIELDS:
        value = record.get(name)
        for place in value if isinstance(value, list) else [value]:
            with suppress(ValidationError):
                yield PLACES.validate_python(place)


def check_record(kind: Kind, said: Record, finder: PlaceFinder, language: Language) -> CheckedRecord:
    """Check a record's shape (``Invalid`` if it is wrong) and resolve its places and sectors.

    A place or sector that is not found becomes a remark, with its candidates; the record keeps what was
    said of it, and a place its country.
    """
    checked = CheckedRecord(_document(validate_shape(kind, said)))
    _resolve_places(kind, checked, finder, language)
    _resolve_sectors(checked, language)
    return checked


def validate_shape(kind: Kind, said: Record) -> ProfileFields:
    """The record as a model; raises ``Invalid`` with every field that cannot be accepted."""
    try:
        return FIELDS[kind].model_validate(said)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None


def _document(fields: ProfileFields) -> Record:
    document: Record = _without_blanks(fields.model_dump(mode="json", exclude_none=True))
    if "cofinancing" in document:
        document["cofinancing"].sort(key=lambda part: part["party"])
    return document


def _without_blanks(said: Record) -> Record:
    """What says something: empty texts, lists and objects are the same as nothing, at any depth."""
    kept = {
        name: _without_blanks(value) if isinstance(value, dict) else value for name, value in said.items()
    }
    return {name: value for name, value in kept.items() if value not in ("", [], {})}


def _resolve_places(kind: Kind, checked: CheckedRecord, finder: PlaceFinder, language: Language) -> None:
    for name in PLACE_FIELDS[kind]:
        said = checked.document.get(name)
        if isinstance(said, list):
            found = [
                place
                for index, item in enumerate(said)
                for place in _places(item, f"/{name}/{index}", checked, finder, language)
            ]
            checked.document[name] = _without_repeats(found)
        elif said is not None:
            checked.document[name] = _places(said, f"/{name}", checked, finder, language)[0]


def _places(
    said: Any, pointer: str, checked: CheckedRecord, finder: PlaceFinder, language: Language
) -> list[Record]:
    given = PLACES.validate_python(said)
    found = finder.find(given)
    if found.documents:
        return list(found.documents)
    checked.remarks.append(unknown_place(given, found.candidates, pointer, language))
    return [_country_only(given, finder)]


def _country_only(given: PlaceInput, finder: PlaceFinder) -> Record:
    country = given.country if isinstance(given, NamedPlace) else given[:2]
    said = given.place if isinstance(given, NamedPlace) else given
    known = finder.find(NamedPlace(country=country)).documents
    path = tuple(known[0]["path"]) if known else (country,)
    return Place(country=country, place=said, path=path).model_dump(mode="json", exclude_none=True)


def unknown_place(
    given: PlaceInput, candidates: Sequence[Territory], pointer: str, language: Language
) -> Fault:
    """What is said of a place that was not found, with those it may be."""
    said = given if isinstance(given, str) else given.place or given.country
    country = given[:2] if isinstance(given, str) else given.country
    values = {"place": said, "country": country}
    choose = message(
        "“{place}” is not certain in {country}. Choose one of the candidates and give its code.", **values
    )
    look_up = message(
        "“{place}” is not known in {country}. Look it up under /api/v1/territories, or give the country alone.",
        **values,
    )
    named = tuple({"code": item.code, "name": name_in(item, language)} for item in candidates)
    return Fault(pointer, choose if candidates else look_up, named)


def _resolve_sectors(checked: CheckedRecord, language: Language) -> None:
    if "sectors" not in checked.document:
        return
    found: list[str] = []
    for index, said in enumerate(checked.document["sectors"]):
        code = resolve_sector(said)
        if code is None:
            checked.remarks.append(_unknown_sector(said, f"/sectors/{index}", language))
        found.append(code or said)
    checked.document["sectors"] = list(dict.fromkeys(found))


def _unknown_sector(said: str, pointer: str, language: Language) -> Fault:
    near = search_sectors(said, language, CANDIDATES)
    detail = message(
        "“{sector}” is not a known sector. Choose one from /api/v1/sectors and give its code.", sector=said
    )
    return Fault(pointer, detail, tuple({"code": item.code, "name": item.names[language]} for item in near))


def _without_repeats(places: list[Record]) -> list[Record]:
    seen: dict[str, Record] = {}
    for place in places:
        seen.setdefault(place.get("code") or f"{place['country']}/{place.get('place')}", place)
    return list(seen.values())
