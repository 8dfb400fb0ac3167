"""Records and the columns of a table: ``name.fr`` for one language, ``budget.amount``, ``cofinancing.association``.

Reading and writing are each other's inverse: what :func:`write_cells` writes, :func:`read_record` reads back.
"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import BaseModel

from schemas.inputs import UNSTORABLE, JsonObject, unstorable_at
from schemas.profiles import Registration
from schemas.records import FIELDS
from schemas.translation import message
from service.field_errors import Fault
from service.interchange.cells import BLANKS, neutralised, restored
from service.interchange.column_types import (
    ONE_PLACE,
    PLACES,
    TEXT,
    CellError,
    ColumnType,
    FieldParts,
    column_type_of,
)
from service.interchange.kinds import OTHERS
from service.interchange.rows import FileRow


def _column_types() -> dict[str, ColumnType]:
    """By field, its type of column, read off the models of all kinds of record.

    A corridor has one place on each side, where profiles may have several: both are read as several.
    """
    found: dict[str, ColumnType] = {}
    models: Sequence[type[BaseModel]] = (*FIELDS.values(), Registration, *OTHERS.values())
    for model in models:
        for name, field in model.model_fields.items():
            column_type = column_type_of(field.annotation)
            former = found.setdefault(name, column_type)
            if {former, column_type} == {PLACES, ONE_PLACE}:
                found[name] = PLACES
            elif former is not column_type:
                raise TypeError(f"{name} means one thing in one kind of record and another in another")
    return found


COLUMN_TYPES = _column_types()
HIDDEN = "published"
"""A column that is there only if a record needs it."""


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
    record: JsonObject = {}
    for field, parts in fields.items():
        try:
            record[field] = COLUMN_TYPES.get(field, TEXT).read(parts)
        except CellError as error:
            faults.append(Fault(f"/{field}/{error.part}" if error.part else f"/{field}", error.detail))
    if faults:
        return FileRow.refused(line, *faults)
    if (pointer := unstorable_at(record)) is not None:
        return FileRow.refused(line, Fault(pointer, UNSTORABLE))
    return FileRow(line, record, size=sum(map(len, cells)))


def write_cells(record: JsonObject) -> dict[str, str]:
    """A record's cells by column."""
    cells: dict[str, str] = {}
    for field, value in record.items():
        for part, cell in COLUMN_TYPES.get(field, TEXT).write(value).items():
            cells[f"{field}.{part}" if part else field] = neutralised(cell)
    return cells


def columns_of(field: str, used: set[str]) -> list[str]:
    """The columns of one field in a table: those that are used, or else those that a person would fill in."""
    found = sorted(name for name in used if name == field or name.startswith(f"{field}."))
    if found or field == HIDDEN:
        return found
    return [f"{field}.{part}" if part else field for part in COLUMN_TYPES.get(field, TEXT).empty_parts]
