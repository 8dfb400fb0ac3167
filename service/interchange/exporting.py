"""Exporting records: in the order in which they were registered, piece by piece, as imports read them back."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Any

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from service.corridors.repository import all_corridors
from service.interchange import repository
from service.interchange.columns import columns_of, write_cells
from service.interchange.files import FileFormat
from service.interchange.kinds import RecordKind
from service.interchange.lines import UTF8_BOM
from service.profiles.records import as_input

RECORDS_PER_READ = 500


def export_records(session: Session, kind: RecordKind, form: FileFormat) -> Iterator[bytes]:
    """All records of a kind as a file, in pieces; the session sees one state of the database throughout."""
    if form is FileFormat.JSONL:
        return _as_json_lines(_records(session, kind))
    return _as_table(session, kind)


def _records(session: Session, kind: RecordKind) -> Iterator[JsonObject]:
    if kind is RecordKind.PARTNERSHIP:
        for query, candidate, since, status in repository.all_partnerships(session):
            said = {
                "kind": kind.value,
                "query": query,
                "candidate": candidate,
                "since": since,
                "status": status,
            }
            yield {name: value for name, value in said.items() if value is not None}
        return
    if kind is RecordKind.CORRIDOR:
        for corridor in all_corridors(session):
            yield {
                name: value
                for name in kind.field_names
                if (value := {"kind": kind.value, **corridor.model_dump()}[name]) not in (None, "")
            }
        return
    for key, document, published in repository.all_profiles(session, kind.value):
        record = {"kind": kind.value, "key": key, **as_input(Kind(kind.value), document)}
        if not published:
            record["published"] = False
        yield {name: _in_order(record[name]) for name in kind.field_names if name in record}


def _in_order(value: Any) -> Any:
    # Databases keep the names in a document in an order of their own.
    if isinstance(value, dict):
        return {name: _in_order(value[name]) for name in sorted(value)}
    return [_in_order(item) for item in value] if isinstance(value, list) else value


def _as_json_lines(records: Iterable[JsonObject]) -> Iterator[bytes]:
    for record in records:
        yield json.dumps(record, ensure_ascii=False).encode() + b"\n"


def _as_table(session: Session, kind: RecordKind) -> Iterator[bytes]:
    used: set[str] = set()
    for record in _records(session, kind):
        used.update(write_cells(record))
    columns = [column for field in kind.field_names for column in columns_of(field, used)]
    buffer = io.StringIO(newline="")
    writer = csv.DictWriter(buffer, columns, lineterminator="\r\n")
    writer.writeheader()
    # Spreadsheets take a file without this mark for Windows-1252.
    yield UTF8_BOM
    for number, record in enumerate(_records(session, kind), 1):
        writer.writerow(write_cells(record))
        if number % RECORDS_PER_READ == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> bytes:
    written = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return written
