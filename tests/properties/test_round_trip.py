"""What is exported is read back identically: export, empty the database, import, export again, byte by byte."""

import json
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete

from service.db.session import reading, unit_of_work
from service.db.tables import Job, Profile
from service.interchange.cells import join_items, neutralised, restored, split_items
from service.interchange.exporting import export_records
from service.interchange.files import FileFormat
from service.interchange.importing import ImportSettings, import_at_once
from service.interchange.kinds import RecordKind
from tests.properties.record_strategies import of_kind, records_of, texts
from tests.sizes import examples


def _import(engine: Engine, content: bytes, form: FileFormat) -> dict[str, int]:
    wanted = ImportSettings(format=form)
    return import_at_once(engine, lambda: BytesIO(content), wanted, "test").counts


def _export(engine: Engine, kind: RecordKind, form: FileFormat) -> bytes:
    with reading(engine) as session:
        return b"".join(export_records(session, kind, form))


def _empty(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.execute(delete(Profile))
        session.execute(delete(Job))
        session.connection().exec_driver_sql("DELETE FROM profile_text")


@pytest.mark.parametrize("form", FileFormat)
@pytest.mark.parametrize("kind", of_kind)
@settings(max_examples=examples(20), deadline=None, suppress_health_check=list(HealthCheck), database=None)
@given(data=st.data())
def test_exports_are_read_back_identically(
    engine: Engine, kind: str, form: FileFormat, data: st.DataObject
) -> None:
    _empty(engine)
    records = data.draw(records_of(kind))
    content = "\n".join(json.dumps(record) for record in records).encode()
    first = _import(engine, content, FileFormat.JSONL)
    stored = first.get("created", 0)
    exported = _export(engine, RecordKind(kind), form)
    again = _import(engine, exported, form)
    assert (again.get("unchanged", 0), again.get("rejected", 0)) == (stored, 0), exported.decode()
    _empty(engine)
    assert _import(engine, exported, form).get("created", 0) == stored
    assert _export(engine, RecordKind(kind), form) == exported


def test_partnerships_are_read_back_identically(engine: Engine) -> None:
    _empty(engine)
    towns = [{"kind": "authority", "key": f"k{n}", "name": "Town", "territory": "SN"} for n in range(4)]
    pairs: list[dict[str, Any]] = [
        {"kind": "partnership", "query": "k0", "candidate": "k1", "since": "2019-05-01"},
        {"kind": "partnership", "query": "k1", "candidate": "k0", "status": "ended"},
        {"kind": "partnership", "query": "k3", "candidate": "k2"},
    ]
    content = "\n".join(json.dumps(record) for record in [*towns, *pairs]).encode()
    assert _import(engine, content, FileFormat.JSONL) == {"created": 7}
    for form in FileFormat:
        sides = _export(engine, RecordKind.AUTHORITY, form)
        exported = _export(engine, RecordKind.PARTNERSHIP, form)
        _empty(engine)
        _import(engine, sides, form)
        assert _import(engine, exported, form) == {"created": 3}
        assert _export(engine, RecordKind.PARTNERSHIP, form) == exported


@given(texts)
@example("'=1")
def test_a_neutralised_cell_is_never_a_formula_and_is_restored(text: str) -> None:
    cell = neutralised(text)
    assert restored(cell) == text
    assert not cell.startswith(tuple("=+-@\t\r"))


@given(st.lists(texts.map(str.strip).filter(bool)))
def test_items_in_one_cell_stay_apart(items: list[str]) -> None:
    blanks = " \t\r\n\xa0"
    wanted = [item for item in items if item.strip(blanks) == item]
    assert split_items(join_items(wanted)) == wanted
