"""How the fields of records are written in the cells of a table, and read: one type of column for each type of field.

Reading and writing are each other's inverse.
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import AnyUrl, EmailStr
from typing_extensions import TypeVar

from schemas.inputs import JsonObject
from schemas.money import Money
from schemas.places import TERRITORY_PATTERN, NamedPlace
from schemas.records import CofinancingShare, Evidence, Offers
from schemas.translation import Message, message
from service.interchange.cells import (
    BLANKS,
    flag,
    join_items,
    money,
    plain_number,
    share,
    split_items,
    whole_number,
)

FieldParts = dict[str, str]
"""The cells of one field by what stands behind the point in their columns' names; ``""`` where there is no point."""
NAMED_PLACE = re.compile(r"([A-Z]{2})(?:[ \t\xa0]+|:[ \t\xa0]*)(.+)", re.DOTALL)
OTHERWISE = message("Write a place as a code (SN-DB) or as its country’s code and its name (SN Diourbel).")
EITHER_OR = message("Fill in either this column or those with a point in their names, not both.")


class CellError(ValueError):
    """A field whose cells make no value; ``part`` says which of them."""

    def __init__(self, detail: Message, part: str = "") -> None:
        super().__init__(str(detail))
        self.detail, self.part = detail, part


@dataclass(frozen=True, slots=True)
class ColumnType:
    """How a field is read from its cells and written in them; ``empty_parts`` are its columns where no record has it."""

    read: Callable[[FieldParts], Any]
    write: Callable[[Any], FieldParts]
    empty_parts: tuple[str, ...] = ("",)


def _text(parts: FieldParts) -> str | FieldParts:
    return parts[""].strip(BLANKS) if set(parts) == {""} else parts


def _localised(parts: FieldParts) -> str | FieldParts:
    if set(parts) == {""}:
        return parts[""]
    if "" in parts:
        raise CellError(EITHER_OR)
    return {language.lower(): text for language, text in parts.items()}


def _items(parts: FieldParts) -> list[str] | FieldParts:
    return split_items(parts[""]) if set(parts) == {""} else parts


def _places(parts: FieldParts) -> list[Any]:
    if set(parts) == {""}:
        return [_place(item) for item in split_items(parts[""])]
    if "" in parts:
        raise CellError(EITHER_OR)
    countries, names = (split_items(parts.pop(name, "")) for name in ("country", "place"))
    if parts:
        return [parts]
    countries = countries * len(names) if len(countries) == 1 and names else countries
    if names and len(names) != len(countries):
        raise CellError(message("Give as many countries as places, in the same order."), "country")
    places: list[dict[str, str]] = [{"country": country} for country in countries]
    for place, name in zip(places, names, strict=False):
        place["place"] = name
    return places


def _place(item: str) -> str | dict[str, str]:
    if re.fullmatch(TERRITORY_PATTERN, item):
        return item
    named = NAMED_PLACE.fullmatch(item)
    if named is None:
        raise CellError(OTHERWISE)
    return {"country": named[1], "place": named[2]}


def _one_place(parts: FieldParts) -> Any:
    places = _places(parts)
    if len(places) != 1:
        raise CellError(message("Give one place."))
    return places[0]


def _money(parts: FieldParts) -> Any:
    if set(parts) == {""}:
        return money(parts[""])
    said = {name: text.strip(BLANKS) for name, text in parts.items()}
    return said | ({"amount": plain_number(said["amount"])} if "amount" in said else {})


def _offers(parts: FieldParts) -> Any:
    return parts[""] if "" in parts else {name: _localised(texts) for name, texts in _grouped(parts).items()}


def _evidence(parts: FieldParts) -> Any:
    """``evidence.members.source`` and ``evidence.members.date``."""
    if "" in parts:
        return parts[""]
    return {
        indicator: {name: text.strip(BLANKS) for name, text in said.items()}
        for indicator, said in _grouped(parts).items()
    }


def _grouped(parts: FieldParts) -> dict[str, FieldParts]:
    """The cells of a field by what stands behind the first point in their columns' names, then by the rest."""
    grouped: dict[str, FieldParts] = {}
    for part, text in parts.items():
        name, _, rest = part.partition(".")
        grouped.setdefault(name, {})[rest] = text
    return grouped


def _shares(parts: FieldParts) -> Any:
    if "" in parts:
        detail = message("Write each party’s share in a column of its own, such as cofinancing.association.")
        raise CellError(detail)
    return [{"party": party, "share": share(cell)} for party, cell in parts.items()]


def _single(read: Callable[[str], Any]) -> Callable[[FieldParts], Any]:
    return lambda parts: read(parts[""]) if set(parts) == {""} else parts


def _written_text(value: str) -> FieldParts:
    return {"": value}


def _written_json(value: float) -> FieldParts:
    return {"": json.dumps(value)}


def _written_shares(shares: Sequence[JsonObject]) -> FieldParts:
    return {part["party"]: json.dumps(part["share"]) for part in shares}


def _written_languages(value: str | FieldParts) -> FieldParts:
    return {"": value} if isinstance(value, str) else value


def _written_items(value: Sequence[str]) -> FieldParts:
    return {"": join_items(value)}


def _written_places(value: list[Any] | str | dict[str, str]) -> FieldParts:
    places = value if isinstance(value, list) else [value]
    return _written_items([_written_place(place) for place in places])


def _written_place(value: str | dict[str, str]) -> str:
    if isinstance(value, str):
        return value
    return " ".join(value[name] for name in ("country", "place") if name in value)


def _written_evidence(value: dict[str, FieldParts]) -> FieldParts:
    return {f"{indicator}.{name}": text for indicator, said in value.items() for name, text in said.items()}


def _written_offers(value: JsonObject) -> FieldParts:
    return {
        f"{name}.{language}" if language else name: text
        for name, said in value.items()
        for language, text in _written_languages(said).items()
    }


TEXT = ColumnType(_text, _written_text)
LOCALISED = ColumnType(_localised, _written_languages)
ITEMS = ColumnType(_items, _written_items)
PLACES = ColumnType(_places, _written_places)
ONE_PLACE = ColumnType(_one_place, _written_places)
MONEY = ColumnType(_money, dict, ("amount", "currency"))
WHOLE_NUMBER = ColumnType(_single(whole_number), _written_json)
NUMBER = ColumnType(_single(share), _written_json)
FLAG = ColumnType(_single(flag), _written_json)
OFFERS = ColumnType(_offers, _written_offers, tuple(Offers.model_fields))
EVIDENCE = ColumnType(_evidence, _written_evidence, ())
SHARES = ColumnType(_shares, _written_shares, ())
_BY_CLASS: dict[type, ColumnType] = {
    bool: FLAG,
    int: WHOLE_NUMBER,
    float: NUMBER,
    str: TEXT,
    date: TEXT,
    AnyUrl: TEXT,
    EmailStr: TEXT,
    Money: MONEY,
    Offers: OFFERS,
    NamedPlace: ONE_PLACE,
}


def column_type_of(annotation: Any) -> ColumnType:
    """The type of column for a field with this annotation; raises ``TypeError`` where there is none."""
    kind, arguments = _unwrapped(annotation)
    if kind is Union:
        return _of_union(arguments)
    if kind is list:
        return _of_items(arguments[0])
    if kind is dict and _unwrapped(arguments[1])[0] is Evidence:
        return EVIDENCE
    if kind is Literal:
        return TEXT
    for known, column_type in _BY_CLASS.items():
        if isinstance(kind, type) and issubclass(kind, known):
            return column_type
    raise TypeError(f"there is no type of column for {annotation}")


def _of_union(members: Sequence[Any]) -> ColumnType:
    kinds = {_unwrapped(member)[0] for member in members}
    if kinds == {str, dict}:
        return LOCALISED
    if kinds == {str, NamedPlace}:
        return ONE_PLACE
    raise TypeError(f"there is no type of column for any of {members}")


def _of_items(item: Any) -> ColumnType:
    if _unwrapped(item)[0] is CofinancingShare:
        return SHARES
    column_type = column_type_of(item)
    if column_type is ONE_PLACE:
        return PLACES
    if column_type is TEXT:
        return ITEMS
    raise TypeError(f"there is no type of column for a list of {item}")


def _unwrapped(annotation: Any) -> tuple[Any, tuple[Any, ...]]:
    """What an annotation is a form of, with its arguments: without metadata, ``None`` and type variables."""
    if get_origin(annotation) is Annotated:
        return _unwrapped(get_args(annotation)[0])
    if isinstance(annotation, TypeVar):
        return _unwrapped(annotation.__default__)
    if get_origin(annotation) in (Union, UnionType):
        members = tuple(each for each in get_args(annotation) if each is not NoneType)
        return _unwrapped(members[0]) if len(members) == 1 else (Union, members)
    return get_origin(annotation) or annotation, get_args(annotation)
