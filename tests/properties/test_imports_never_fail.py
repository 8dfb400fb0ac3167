"""Whatever a file holds: the import ends, each line is accounted for, nothing is half-stored, each refusal has a reason."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, text
from sqlmodel import select

from schemas.kinds import Kind
from schemas.records import FIELDS
from service.db.engine import open_engine
from service.db.session import reading, unit_of_work
from service.db.tables import Job, JobRemark, Profile
from service.interchange.files import FileFormat
from service.interchange.importing import ImportSettings, import_at_once
from service.interchange.kinds import RecordKind
from service.preparation import prepare
from service.profiles.records import as_input
from tests.sizes import examples

EXAMPLES = examples(350)
"""In each of the four tests; seven thousand in each by ``make fuzz``."""

KEYS = ["k1", "k2", "k1", "", " k", "k" * 201, "=k", "ü"]
KINDS = ["association", "association", "authorities", "programme", "project", "partnership", "club", "7", ""]
CELLS = [
    *KEYS, *KINDS, '"', '""', '"a\nb"', "'=1", "SN", "SN Kaolack", "SN:1", "IT|FR", "1,5", "1 000 EUR", "-1", "1e999",
    "true", "ja", "\x00", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "é", "x" * 31_000, "9" * 400,
]  # fmt: skip
HEADERS = [
    "kind", "key", "name", "name.fr", "name.FR", "origin", "origin.country", "origin.place", "territory", "members",
    "budget", "budget.amount", "cofinancing.a", "query", "candidate", "since", "description", "sectors", "opens", "", "?",
]  # fmt: skip
VALUES: list[Any] = [
    None,
    True,
    1,
    1.5,
    10**400,
    "x",
    "",
    [],
    {},
    ["SN"],
    [{"country": "SN"}],
    {"fr": "x"},
    {"amount": "1"},
    [[]],
]

cells = st.one_of(st.sampled_from(CELLS), st.text(max_size=4))
encodings = st.sampled_from(["utf-8", "cp1252", "utf-8-sig", "utf-16"])
likely_headers = st.sampled_from([["kind", "key", "name"], ["kind", "key", "name", "origin", "members"]])
unlikely_headers = st.lists(st.sampled_from(HEADERS), max_size=6)
good_rows = st.sampled_from(
    [["association", "k1", "Club"], ["project", "k2", "Puits", "SN"], ["association", "k2", "Été"]]
)
bad_rows = st.lists(cells, max_size=7)


def mostly(
    usual: st.SearchStrategy[list[str]], unusual: st.SearchStrategy[list[str]]
) -> st.SearchStrategy[list[str]]:
    """Two of three times the usual: what is refused in the first row shows nothing of those that follow."""
    return st.integers(1, 3).flatmap(lambda chance: unusual if chance == 3 else usual)


@st.composite
def tables(draw: st.DrawFn) -> bytes:
    """Tables as nobody should write them."""
    delimiter = draw(st.sampled_from([",", ";", "\t"]))
    rows = [
        draw(mostly(likely_headers, unlikely_headers)),
        *draw(st.lists(mostly(good_rows, bad_rows), max_size=6)),
    ]
    ending = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    pieces = [
        (delimiter.join(row) + ending).encode(draw(encodings) if draw(st.booleans()) else "utf-8", "replace")
        for row in rows
    ]
    return b"".join(pieces)


@st.composite
def json_lines(draw: st.DrawFn) -> bytes:
    """Records with any value in any field, and lines that are none."""
    fields = sorted(
        {name for kind in FIELDS.values() for name in kind.model_fields} | {"query", "candidate", "?"}
    )
    said = st.dictionaries(st.sampled_from(fields), st.sampled_from(VALUES), max_size=4)
    record = st.builds(
        lambda said, kind, key: {"name": "Club", **said, "kind": kind, "key": key},
        said, st.sampled_from([*KINDS, *VALUES]), st.sampled_from([*KEYS, *VALUES]),
    )  # fmt: skip
    line = st.one_of(
        record.map(json.dumps),
        st.sampled_from(
            ["", "[]", "{", '{"key": "a", "key": "b"}', "NaN", "[" * 3_000, '{"a":' * 400 + "1" + "}" * 400]
        ),
    )
    encoding = draw(st.sampled_from(["utf-8", "cp1252"]))
    return "\n".join(draw(st.lists(line, max_size=6))).encode(encoding, "replace")


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A database without a gazetteer: every place stays what it was called."""
    engine = open_engine(f"sqlite:///{tmp_path_factory.mktemp('fuzz') / 'fuzz.sqlite3'}")
    prepare(engine)
    yield engine
    engine.dispose()


def _check(engine: Engine, content: bytes, form: FileFormat, kind: RecordKind | None) -> None:
    wanted = ImportSettings(format=form, kind=kind)
    job = import_at_once(engine, lambda: BytesIO(content), wanted, "test")
    found = _read(engine, job)
    try:
        if job.state == "failed":
            assert job.detail in REFUSED_WHOLE or "appears twice" in (job.detail or ""), job.detail
            assert found.profiles == []
        else:
            _check_done(job, found)
    finally:
        if found.profiles:
            _empty(engine)


@dataclass(frozen=True, slots=True)
class Found:
    """What is in the database after an import; it was empty before."""

    profiles: list[Profile]
    indexed: int
    partnerships: int
    remarks: list[JobRemark]


def _read(engine: Engine, job: Job) -> Found:
    with reading(engine) as session:
        indexed, partnerships = session.connection().execute(COUNTS).one()
        remarks = session.exec(select(JobRemark).where(JobRemark.job_id == job.id)).all()
        return Found(list(session.exec(select(Profile))), indexed, partnerships, list(remarks))


def _check_done(job: Job, found: Found) -> None:
    """Each line is accounted for, and every profile that is stored is valid, findable by its words, and was counted."""
    assert job.state == "done", job.detail
    assert sum(job.counts.values()) == job.done == job.total
    assert all(remark.reason and remark.line >= 1 for remark in found.remarks)
    assert len({remark.line for remark in found.remarks if remark.rejected}) == job.counts.get("rejected", 0)
    assert len(found.profiles) == found.indexed == job.counts.get("created", 0) - found.partnerships
    for profile in found.profiles:
        kind = Kind(profile.kind)
        FIELDS[kind].model_validate(as_input(kind, profile.document))


COUNTS = text("SELECT (SELECT count(*) FROM profile_text), (SELECT count(*) FROM partnership)")
REFUSED_WHOLE = (
    "This file is written in UTF-16. Save it as “CSV UTF-8” and send it again.",
    "A quotation mark in this row is not closed, or not doubled within a text.",
    "A cell of this row is longer than 30,000 characters.",
    "This row is not written as CSV. Put texts with quotation marks in quotation marks.",
    "This line is written neither in UTF-8 nor in Windows-1252. Save the file as UTF-8.",
)


def _empty(engine: Engine) -> None:
    with unit_of_work(engine) as session:
        session.execute(delete(Profile))
        session.execute(delete(Job))
        session.connection().exec_driver_sql("DELETE FROM profile_text")


Test = Callable[..., None]


def fuzzed(content: st.SearchStrategy[bytes]) -> Callable[[Test], Test]:
    """The decorators of each test."""
    of_kind = st.one_of(st.none(), st.sampled_from(RecordKind))
    many = settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.explicit, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )

    def decorated(test: Test) -> Test:
        wrapped: Test = many(given(content=content, kind=of_kind)(test))
        return wrapped

    return decorated


@fuzzed(st.binary(max_size=200))
def test_any_bytes_as_a_table(engine: Engine, content: bytes, kind: RecordKind | None) -> None:
    _check(engine, content, FileFormat.CSV, kind)


@fuzzed(st.binary(max_size=200))
def test_any_bytes_as_json_lines(engine: Engine, content: bytes, kind: RecordKind | None) -> None:
    _check(engine, content, FileFormat.JSONL, kind)


@fuzzed(tables())
def test_broken_tables(engine: Engine, content: bytes, kind: RecordKind | None) -> None:
    _check(engine, content, FileFormat.CSV, kind)


@fuzzed(json_lines())
def test_broken_json_lines(engine: Engine, content: bytes, kind: RecordKind | None) -> None:
    _check(engine, content, FileFormat.JSONL, kind)


def test_much_of_what_is_fuzzed_gets_through(engine: Engine) -> None:
    """The strategies above are worth something only if they also draw records that are stored."""
    outcomes: Counter[str] = Counter()

    @settings(
        max_examples=400,
        derandomize=True,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(content=st.one_of(json_lines(), tables()))
    def count(content: bytes) -> None:
        form = FileFormat.JSONL if content.startswith(b"{") else FileFormat.CSV
        wanted = ImportSettings(format=form)
        outcomes.update(import_at_once(engine, lambda: BytesIO(content), wanted, "test").counts)
        _empty(engine)

    count()
    assert min(outcomes["created"], outcomes["updated"] + outcomes["unchanged"], outcomes["rejected"]) >= 5, (
        outcomes
    )
