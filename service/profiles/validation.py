"""From what a sender says to what is stored: shapes checked, places and sectors found in the vocabularies."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.language import Language
from schemas.places import NamedPlace, Place, PlaceInput, country_of, with_iso_country
from schemas.profiles import Registration
from schemas.records import FIELDS, PLACE_FIELDS, Level, ProfileFields
from schemas.sectors import resolve_sector, search_sectors
from schemas.translation import Message, message
from service.db.tables import Territory
from service.errors import Invalid
from service.field_errors import Fault, faults_of
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.resolution import asked_for, resolve_place
from service.vocabularies.territories import names_with_parents

PLACE_POINTERS: TypeAdapter[PlaceInput] = TypeAdapter(PlaceInput)
FieldChoices = tuple[dict[str, str], ...]
"""Territories to choose from: the code and the name of each."""
CANDIDATES = 5
REMEMBERED = 10_000
ALL_PLACE_FIELDS = tuple(dict.fromkeys(field for fields in PLACE_FIELDS.values() for field in fields))


@dataclass(slots=True)
class CheckedRecord:
    """A document ready to be stored, what could not be found in the vocabularies, and how places were understood."""

    document: JsonObject
    remarks: list[Fault] = field(default_factory=list)
    notes: list[Fault] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundPlace:
    """What a place was found to be, as documents keep it, or the territories to choose from, or neither."""

    documents: tuple[JsonObject, ...] = ()
    candidates: tuple[Territory, ...] = ()
    alternatives: tuple[Territory, ...] = ()


class PlaceFinder:
    """Finds places, each spelling once while it is remembered."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._gazetteer = Gazetteer(session)
        self._found: dict[tuple[PlaceInput, Level | None], FoundPlace] = {}
        self._shown: dict[tuple[tuple[str, ...], Language], FieldChoices] = {}
        self._taken: dict[tuple[NamedPlace, str, Language], tuple[Message, FieldChoices]] = {}

    def use(self, session: Session, records: Iterable[JsonObject] = ()) -> None:
        """Go on in another session; the places of ``records``, as they were sent, are looked up all at once."""
        self._session = session
        self._gazetteer.use(session)
        if len(self._found) > REMEMBERED:
            for remembered in (self._found, self._shown, self._taken):
                remembered.clear()
        known = {place for place, _ in self._found}
        unknown = {with_iso_country(place) for record in records for place in _said_places(record)} - known
        self._gazetteer.look_up(*asked_for(unknown))

    def find(self, given: PlaceInput, level: Level | None = None) -> FoundPlace:
        """What :func:`service.vocabularies.resolution.resolve_place` says of a place."""
        if (given, level) not in self._found:
            resolution = resolve_place(self._gazetteer, given, level)
            documents = (place.model_dump(mode="json", exclude_none=True) for place in resolution.places)
            self._found[given, level] = FoundPlace(
                tuple(documents), resolution.candidates, resolution.alternatives
            )
        return self._found[given, level]

    def look_up(self, codes: Collection[str]) -> None:
        """Ask for the territories with these codes, all at once."""
        self._gazetteer.look_up(codes, ())

    def territory(self, code: str) -> Territory | None:
        """The territory with this code."""
        return self._gazetteer.by_code(code)

    def taken(self, given: NamedPlace, found: FoundPlace, language: Language) -> tuple[Message, FieldChoices]:
        """What is said of a name that several territories have, and those that were not taken; put together once."""
        taken = (given, found.documents[0]["code"], language)
        if taken not in self._taken:
            [meant] = self.shown([item for item in [self.territory(taken[1])] if item], language)
            self._taken[taken] = taken_place(given, meant), self.shown(found.alternatives, language)
        return self._taken[taken]

    def shown(self, territories: Sequence[Territory], language: Language) -> FieldChoices:
        """Territories to choose from, each with everything it lies in."""
        asked = (tuple(item.code for item in territories), language)
        if asked not in self._shown:
            names = names_with_parents(self._session, territories, language)
            self._shown[asked] = tuple({"code": item.code, "name": names[item.code]} for item in territories)
        return self._shown[asked]


def _said_places(record: JsonObject) -> Iterator[PlaceInput]:
    for name in ALL_PLACE_FIELDS:
        value = record.get(name)
        for place in value if isinstance(value, list) else [value]:
            with suppress(ValidationError):
                yield PLACE_POINTERS.validate_python(place)


def check_record(kind: Kind, said: JsonObject, finder: PlaceFinder, language: Language) -> CheckedRecord:
    """Check a record's shape (``Invalid`` if it is wrong) and resolve its places and sectors.

    A place or sector that is not found becomes a remark, with its candidates; the record keeps what was
    said of it, and a place its country. What is no country is refused. Where a name means several territories, a
    note says which was taken.
    """
    return check_fields(kind, validate_shape(kind, said), finder, language)


def check_fields(kind: Kind, fields: ProfileFields, finder: PlaceFinder, language: Language) -> CheckedRecord:
    """As :func:`check_record`, of a record whose shape was checked already."""
    checked = CheckedRecord(_document(fields))
    _Places(checked, finder, language).resolve(PLACE_FIELDS[kind])
    _resolve_sectors(checked, language)
    return checked


def validate_shape(kind: Kind, said: JsonObject) -> ProfileFields:
    """The record as a model; raises ``Invalid`` with every field that cannot be accepted."""
    try:
        return FIELDS[kind].model_validate(said)
    except ValidationError as error:
        raise Invalid.of(faults_of(error.errors())) from None


def _document(fields: ProfileFields) -> JsonObject:
    said = fields.model_dump(mode="json", exclude_none=True, exclude=set(Registration.model_fields))
    document: JsonObject = _without_blanks(said)
    if "cofinancing" in document:
        document["cofinancing"].sort(key=lambda part: part["party"])
    return document


def _without_blanks(said: JsonObject) -> JsonObject:
    """What says something: empty texts, lists and objects are the same as nothing, at any depth."""
    kept = {
        name: _without_blanks(value) if isinstance(value, dict) else value for name, value in said.items()
    }
    return {name: value for name, value in kept.items() if value not in ("", [], {})}


class _Places:
    """The places of one record on their way into its document."""

    def __init__(self, checked: CheckedRecord, finder: PlaceFinder, language: Language) -> None:
        self._checked, self._finder, self._language = checked, finder, language
        self._level: Level | None = checked.document.get("level")

    def resolve(self, fields: Iterable[str]) -> None:
        """Put what was found in the place of what was said; raises ``Invalid`` for what is no country."""
        document = self._checked.document
        self._check_countries(fields)
        for name in fields:
            said = document.get(name)
            if isinstance(said, list):
                found = [
                    place
                    for index, item in enumerate(said)
                    for place in self._found(item, f"/{name}/{index}")
                ]
                document[name] = _without_repeats(found)
            elif said is not None:
                document[name] = _as_one(PLACE_POINTERS.validate_python(said), self._found(said, f"/{name}"))

    def _check_countries(self, fields: Iterable[str]) -> None:
        faults = []
        for pointer, said in _pointers(self._checked.document, fields):
            country = country_of(with_iso_country(PLACE_POINTERS.validate_python(said)))
            if not self._finder.find(country).documents:
                faults.append(Fault(pointer, no_country(country)))
        if faults:
            raise Invalid.of(faults)

    def _found(self, said: Any, pointer: str) -> list[JsonObject]:
        written = PLACE_POINTERS.validate_python(said)
        given = with_iso_country(written)
        if given != written:
            self._checked.notes.append(Fault(pointer, other_code(country_of(written), country_of(given))))
        found = self._finder.find(given, self._level)
        if not found.documents:
            candidates = self._finder.shown(found.candidates, self._language)
            self._checked.remarks.append(unknown_place(given, candidates, pointer))
            return [_country_only(given, self._finder)]
        if found.alternatives and isinstance(given, NamedPlace):
            self._checked.notes.append(Fault(pointer, *self._finder.taken(given, found, self._language)))
        return list(found.documents)


def _pointers(document: JsonObject, fields: Iterable[str]) -> Iterator[tuple[str, Any]]:
    """Every place as it was said, with a JSON Pointer to it."""
    for name in fields:
        value = document.get(name)
        if isinstance(value, list):
            yield from ((f"/{name}/{index}", item) for index, item in enumerate(value))
        elif value is not None:
            yield f"/{name}", value


def _as_one(given: PlaceInput, found: Sequence[JsonObject]) -> JsonObject:
    """The one place of a field that takes only one: a former unit keeps its name and covers all it became."""
    if len(found) == 1:
        return found[0]
    place = Place(
        country=found[0]["country"],
        place=given.place if isinstance(given, NamedPlace) else given,
        path=(found[0]["country"],),
        covers=tuple(tuple(item["path"]) for item in found),
    )
    return place.model_dump(mode="json", exclude_none=True)


def _country_only(given: PlaceInput, finder: PlaceFinder) -> JsonObject:
    country = country_of(given)
    said = given.place if isinstance(given, NamedPlace) else given
    known = finder.find(country).documents
    path = tuple(known[0]["path"]) if known else (country,)
    return Place(country=country, place=said, path=path).model_dump(mode="json", exclude_none=True)


def no_country(code: str) -> Message:
    """What is said of two letters that are no country."""
    return message(
        "“{code}” is not a country. Give the two letters of ISO 3166-1, such as SN or IT.", code=code
    )


def other_code(written: str, code: str) -> Message:
    """What is said of a country code that is in use but is not that of ISO 3166-1."""
    return message("“{written}” was taken as {code}, the code of ISO 3166-1.", written=written, code=code)


def unknown_place(given: PlaceInput, candidates: FieldChoices, pointer: str) -> Fault:
    """What is said of a place that was not found, with those it may be."""
    said = given if isinstance(given, str) else given.place or given.country
    values = {"place": said, "country": country_of(given)}
    choose = message(
        "“{place}” is ambiguous ({country}). Choose one of the candidates and give its code.", **values
    )
    look_up = message(
        "“{place}” is not known ({country}). Look it up under /api/v1/territories, or give the country alone.",
        **values,
    )
    return Fault(pointer, choose if candidates else look_up, candidates)


def taken_place(given: NamedPlace, meant: dict[str, str]) -> Message:
    """What is said of a name that several territories have: which was taken."""
    return message(
        "“{place}” was taken as {name} ({code}). If you mean another of that name, give its code.",
        place=given.place or given.country,
        **meant,
    )


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


def _without_repeats(places: list[JsonObject]) -> list[JsonObject]:
    seen: dict[str, JsonObject] = {}
    for place in places:
        seen.setdefault(place.get("code") or f"{place['country']}/{place.get('place')}", place)
    return list(seen.values())
