"""Records and the columns of a table: ``name.fr`` for one language, ``budget.amount``, ``cofinancing.association``.

Reading and writing are each other's inverse: what :func:`write_cells` writes, :func:`read_record` reads back.
"""

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from schemas.places import TERRITORY_PATTERN
from schemas.translation import Message, message
from service.field_errors import Fault
from service.interchange.cells import (
    BLANKS,
    flag,
    join_items,
    money,
    neutralised,
    plain_number,
    restored,
    share,
    split_items,
    whole_number,
)
from service.interchange.rows import FileRow

FieldParts = dict[str, str]
"""The cells of one field by what stands behind the point in their columns' names; ``""`` where there is no point."""

LOCALISED = ("name", "description", "needs", "conditions")
LIST_COLUMNS = ("languages", "sectors", "priorities", "applicants")
PLACE_COLUMNS = ("origin", "residence")
AMOUNTS = ("budget", "project_min", "project_max", "own_contribution")
COUNTS = ("members", "population", "stock", "max_open_introductions")
FLAGS = ("registered", "elected_board", "published_accounts", "federated", "published")
NAMED_PLACE = re.compile(r"([A-Z]{2})(?:[ \t\xa0]+|:[ \t\xa0]*)(.+)", re.DOTALL)
OTHERWISE = message("Write a place as a code (SN-DB) or as its country’s code and its name (SN Diourbel).")
EITHER_OR = message("Fill in either this column or those with a point in their names, not both.")


class Column(NamedTuple):
    """A column: its whole name, the field it belongs to, and which part of it."""

    name: str
    field: str
    part: str

    @classmethod
    def named(cls, header: str) -> "Column":
        """The column with this header; case counts only behind the point."""
        field, _, part = header.strip(BLANKS).partition(".")
        field, part = field.strip(BLANKS).lower(), part.strip(BLANKS)
        return cls(f"{field}.{part}" if part else field, field, part)


class _CellError(ValueError):
    """A field whose cells make no value; ``part`` says which of them."""

    def __init__(self, detail: Message, part: str = "") -> None:
        super().__init__(str(detail))
        self.detail, self.part = detail, part


def read_record(line: int, columns: Sequence[Column], cells: Sequence[str]) -> FileRow:
    """The record in one row of a table; empty cells say nothing."""
    fields: dict[str, FieldParts] = {}
    faults: list[Fault] = []
    for position, cell in enumerate(cells):
        if not cell.strip(BLANKS):
            continue
        column = columns[position] if position < len(columns) else None
        if column is None or not column.field:
            detail = message("The header names no column for cell {number} of this row.", number=position + 1)
            faults.append(Fault("", detail))
        else:
            fields.setdefault(column.field, {})[column.part] = restored(cell)
    record: dict[str, Any] = {}
    for field, parts in fields.items():
        try:
            record[field] = READERS.get(field, _text)(parts)
        except _CellError as error:
            faults.append(Fault(f"/{field}/{error.part}" if error.part else f"/{field}", error.detail))
    return FileRow.refused(line, *faults) if faults else FileRow(line, record)


def write_cells(record: dict[str, Any]) -> dict[str, str]:
    """A record's cells by column."""
    cells: dict[str, str] = {}
    for field, value in record.items():
        for part, cell in WRITERS.get(field, _written_text)(value).items():
            cells[f"{field}.{part}" if part else field] = neutralised(cell)
    return cells


def columns_of(field: str, used: set[str]) -> list[str]:
    """The columns of one field in a table: those that are used, or else those that a person would fill in."""
    found = sorted(name for name in used if name == field or name.startswith(f"{field}."))
    return found or [f"{field}.{part}" if part else field for part in EMPTY_PARTS.get(field, ("",))]


EMPTY_PARTS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(AMOUNTS, ("amount", "currency")),
    "offers": ("human", "financial", "social"),
    "evidence": (),
    "cofinancing": (),
    "published": (),
}
"""The columns of a field that no record of a table has."""


def _text(parts: FieldParts) -> str | FieldParts:
    return parts[""].strip(BLANKS) if set(parts) == {""} else parts


def _localised(parts: FieldParts) -> str | FieldParts:
    if set(parts) == {""}:
        return parts[""]
    if "" in parts:
        raise _CellError(EITHER_OR)
    return {language.lower(): text for language, text in parts.items()}


def _items(parts: FieldParts) -> list[str] | FieldParts:
    return split_items(parts[""]) if set(parts) == {""} else parts


def _places(parts: FieldParts) -> list[Any]:
    if set(parts) == {""}:
        return [_place(item) for item in split_items(parts[""])]
    if "" in parts:
        raise _CellError(EITHER_OR)
    countries, names = (split_items(parts.pop(name, "")) for name in ("country", "place"))
    if parts:
        return [parts]
    countries = countries * len(names) if len(countries) == 1 and names else countries
    if names and len(names) != len(countries):
        raise _CellError(message("Give as many countries as places, in the same order."), "country")
    places: list[dict[str, str]] = [{"country": country} for country in countries]
    for place, name in zip(places, names, strict=False):
        place["place"] = name
    return places


def _place(item: str) -> str | dict[str, str]:
    if re.fullmatch(TERRITORY_PATTERN, item):
        return item
    named = NAMED_PLACE.fullmatch(item)
    if named is None:
        raise _CellError(OTHERWISE)
    return {"country": named[1], "place": named[2]}


def _one_place(parts: FieldParts) -> Any:
    places = _places(parts)
    if len(places) != 1:
        raise _CellError(message("Give one place."))
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
        raise _CellError(detail)
    return [{"party": party, "share": share(cell)} for party, cell in parts.items()]


def _single(read: Callable[[str], Any]) -> Callable[[FieldParts], Any]:
    return lambda parts: read(parts[""]) if set(parts) == {""} else parts


READERS: dict[str, Callable[[FieldParts], Any]] = {
    **dict.fromkeys(LOCALISED, _localised),
    **dict.fromkeys(LIST_COLUMNS, _items),
    **dict.fromkeys(PLACE_COLUMNS, _places),
    **dict.fromkeys(AMOUNTS, _money),
    **dict.fromkeys(COUNTS, _single(whole_number)),
    **dict.fromkeys(FLAGS, _single(flag)),
    "territory": _one_place,
    "offers": _offers,
    "evidence": _evidence,
    "cofinancing": _shares,
}
"""How each field is read; all others are plain texts."""


def _written_text(value: Any) -> FieldParts:
    return {"": value if isinstance(value, str) else json.dumps(value)}


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


def _written_offers(value: dict[str, Any]) -> FieldParts:
    return {
        f"{name}.{language}" if language else name: text
        for name, said in value.items()
        for language, text in _written_languages(said).items()
    }


WRITERS: dict[str, Callable[[Any], FieldParts]] = {
    **dict.fromkeys(LOCALISED, _written_languages),
    **dict.fromkeys(LIST_COLUMNS, _written_items),
    **dict.fromkeys(PLACE_COLUMNS, _written_places),
    **dict.fromkeys(AMOUNTS, dict),
    "territory": _written_places,
    "offers": _written_offers,
    "evidence": _written_evidence,
    "cofinancing": lambda shares: {part["party"]: json.dumps(part["share"]) for part in shares},
}
"""How each field is written; all others as JSON writes them."""
