"""Importing a file of records: examined and stored piece by piece, each piece with how far it brought the work.

What is stored and what is written down of it commit together, so that a killed import leaves nothing half-stored
and goes on behind its last piece.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Annotated, BinaryIO, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict
from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.language import Language
from schemas.records import PartnershipRecord
from schemas.translation import message
from service.clock import now
from service.corridors.saving import (
    CorridorEnds,
    ExaminedCorridor,
    examine_corridor,
    preview_corridors,
    store_corridors,
)
from service.db.faults import LASTING, fault_of
from service.db.session import reading, unit_of_work
from service.db.tables import Corridor, Job
from service.errors import MOST_ERRORS, Invalid
from service.field_errors import Fault
from service.interchange.files import FileFormat, count_rows, read_rows
from service.interchange.kinds import RecordKind, kind_of
from service.interchange.lines import UnreadableFileError
from service.interchange.rows import FileRow
from service.jobs.service import Requester, begin_job
from service.jobs.stored_input import open_input
from service.jobs.work import JobAtWork, JobFailedError, claim, perform
from service.partnerships.saving import (
    Known,
    PartnershipKey,
    examine_partnership,
    preview_partnerships,
    store_partnerships,
)
from service.profiles.repository import Head, adopt_projects
from service.profiles.saving import (
    ExaminedRecord,
    SavedRecord,
    examine_record,
    preview_records,
    store_records,
)
from service.profiles.validation import PlaceFinder

LOG = logging.getLogger("passerelle.interchange")
IMPORT_JOB = "import"
RECORDS_PER_TRANSACTION = 500
"""Rows that are stored in one transaction: others who write wait a fraction of a second at most."""
CHARACTERS_PER_TRANSACTION = 2_000_000
"""Long rows are stored in smaller numbers, so that no file takes much memory."""
MOST_REJECTED_IN_A_ROW = 1_000
"""After so many rows of which none can be accepted, something is wrong with the file as a whole."""
ATTEMPTS = 5
"""How often a piece is tried while others store the same keys, or the database is away for a moment."""
FIRST_BACKOFF_SECONDS = 0.1
Examined = ExaminedRecord | PartnershipRecord | ExaminedCorridor
OneKind = TypeVar("OneKind", ExaminedRecord, PartnershipRecord, ExaminedCorridor)
OpenFile = Callable[[], BinaryIO]


class ImportSettings(BaseModel):
    """What an import has to know besides the file itself, as its job keeps it."""

    model_config = ConfigDict(frozen=True)

    format: FileFormat
    kind: RecordKind | None = None
    language: Language = Language.EN
    dry_run: bool = False
    file: Annotated[str, AfterValidator(lambda name: name[:200] or None)] | None = None

    @classmethod
    def of(cls, job: Job) -> "ImportSettings":
        """The settings of a job."""
        return cls.model_validate(job.settings)

    def stored(self) -> JsonObject:
        """As a job keeps them."""
        return self.model_dump(mode="json")


def import_stored_file(at_work: JobAtWork) -> None:
    """Import the file that was sent along with a job."""
    import_file(at_work, lambda: open_input(at_work.engine, at_work.job.id))


def import_at_once(engine: Engine, open_file: OpenFile, settings: ImportSettings, by: str) -> Job:
    """Import a file here and now, where nobody waits for a job; the job as it stands then."""
    with unit_of_work(engine) as session:
        job = begin_job(
            session, IMPORT_JOB, settings.stored(), by=Requester.command(by), now=now(), foreground=True
        )
        claimed = claim(session, job.id)
    perform(JobAtWork(engine, claimed or job), lambda at_work: import_file(at_work, open_file))
    return job


def import_file(at_work: JobAtWork, open_file: OpenFile) -> None:
    """Import a file, from where the job was left; raises ``JobFailedError`` when it cannot be read at all."""
    settings = ImportSettings.of(at_work.job)
    try:
        with open_file() as file:
            total = count_rows(file, settings.format, at_work.keep_alive)
        # What a rehearsal has seen is kept nowhere: it starts over.
        at_work.begin(total, restart=settings.dry_run)
        _Import(at_work).take_all(open_file, settings.format)
    except UnreadableFileError as error:
        raise JobFailedError(error.detail) from None


@dataclass
class _Seen:
    """What a rehearsal would have stored so far."""

    profiles: dict[str, Head] = field(default_factory=dict)
    partnerships: dict[PartnershipKey, Known] = field(default_factory=dict)
    corridors: dict[CorridorEnds, Corridor] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Entry:
    """One row once it is examined: what may be stored of it, or why nothing may."""

    line: int
    examined: Examined | None
    faults: tuple[Fault, ...] = ()


class _Import:
    def __init__(self, at_work: JobAtWork) -> None:
        settings = ImportSettings.of(at_work.job)
        self._at_work, self._engine, self._language = at_work, at_work.engine, at_work.language
        self._kind = settings.kind
        self._seen = _Seen() if settings.dry_run else None
        self._rejected_in_a_row = 0
        with reading(self._engine) as session:
            self._finder = PlaceFinder(session)

    def take_all(self, open_file: OpenFile, form: FileFormat) -> None:
        """Take every row that was not taken before."""
        with open_file() as file:
            rows = islice(read_rows(file, form, self._at_work.keep_alive), self._at_work.job.done, None)
            while piece := _next_piece(rows):
                self._take(piece)
        if self._seen is None:
            with unit_of_work(self._engine) as session:
                adopt_projects(session)

    def _take(self, piece: Sequence[FileRow]) -> None:
        with reading(self._engine) as session:
            self._finder.use(session, [row.record for row in piece if row.record])
            entries = [self._entry(row) for row in piece]
            rehearsed = _rehearse(session, entries, self._seen) if self._seen is not None else None
        self._commit_repeatedly(entries, rehearsed)
        self._at_work.committed()
        if self._rejected_in_a_row >= MOST_REJECTED_IN_A_ROW:
            raise JobFailedError(
                message(
                    "The last {count} rows were all rejected, so the rest was not read. Mend what is said of them, and send the file again.",
                    count=self._rejected_in_a_row,
                )
            )

    def _entry(self, row: FileRow) -> _Entry:
        if row.record is None:
            return _Entry(row.line, None, row.faults)
        try:
            kind = kind_of(row.record, self._kind)
            if kind is RecordKind.PARTNERSHIP:
                return _Entry(row.line, examine_partnership(row.record))
            if kind is RecordKind.CORRIDOR:
                return _Entry(row.line, examine_corridor(row.record, self._finder, self._language))
            named = {**row.record, "kind": kind.value}
            return _Entry(row.line, examine_record(named, None, self._finder, self._language))
        except Invalid as error:
            return _Entry(row.line, None, tuple(error.errors))

    def _commit_repeatedly(self, entries: Sequence[_Entry], rehearsed: list[SavedRecord] | None) -> None:
        for attempt in range(1, ATTEMPTS):
            try:
                return self._commit(entries, rehearsed)
            except (IntegrityError, OperationalError) as error:
                # Others store the same keys at this moment, or the database is away: nothing of the piece is stored.
                if fault_of(error) in LASTING:
                    raise
                LOG.info("a piece is tried again (%s)", type(error).__name__)
                time.sleep(FIRST_BACKOFF_SECONDS * 2**attempt)
        return self._commit(entries, rehearsed)

    def _commit(self, entries: Sequence[_Entry], rehearsed: list[SavedRecord] | None) -> None:
        """Store a piece and write down how far that brought the work."""
        job = self._at_work.job
        with unit_of_work(self._engine) as session:
            saved = _save(session, entries) if rehearsed is None else rehearsed
            outcomes = _with_refused(entries, saved)
            counts = Counter(job.counts) + Counter(outcome.outcome for outcome in outcomes)
            remarks = [
                remark
                for entry, outcome in zip(entries, outcomes, strict=True)
                for remark in _remarks(entry.line, outcome, self._language)
            ]
            self._at_work.checkpoint(session, job.done + len(entries), counts, remarks)
        rejected = [outcome.outcome == "rejected" for outcome in outcomes]
        self._rejected_in_a_row = _run_at_end(rejected) + (self._rejected_in_a_row if all(rejected) else 0)


def _next_piece(rows: Iterator[FileRow]) -> list[FileRow]:
    """The rows of the next transaction."""
    piece: list[FileRow] = []
    characters = 0
    for row in islice(rows, RECORDS_PER_TRANSACTION):
        piece.append(row)
        characters += row.size
        if characters > CHARACTERS_PER_TRANSACTION:
            break
    return piece


def _save(session: Session, entries: Sequence[_Entry]) -> list[SavedRecord]:
    instant = now()
    saved: list[SavedRecord] = []
    for run in _runs(entries):
        if profiles := _only(ExaminedRecord, run):
            saved += store_records(session, profiles, instant)
        elif partnerships := _only(PartnershipRecord, run):
            saved += store_partnerships(session, partnerships, instant)
        else:
            saved += store_corridors(session, _only(ExaminedCorridor, run))
    return saved


def _rehearse(session: Session, entries: Sequence[_Entry], seen: _Seen) -> list[SavedRecord]:
    saved: list[SavedRecord] = []
    for run in _runs(entries):
        if profiles := _only(ExaminedRecord, run):
            saved += preview_records(session, profiles, seen.profiles)
        elif partnerships := _only(PartnershipRecord, run):
            saved += preview_partnerships(session, partnerships, seen.profiles, seen.partnerships)
        else:
            saved += preview_corridors(session, _only(ExaminedCorridor, run), seen.corridors)
    return saved


def _runs(entries: Iterable[_Entry]) -> Iterator[list[Examined]]:
    """What may be stored, in order, in runs of one kind each: profiles, partnerships or corridors."""
    accepted = [entry.examined for entry in entries if entry.examined is not None]
    return (list(run) for _, run in groupby(accepted, type))


def _only(kind: type[OneKind], run: Sequence[Examined]) -> list[OneKind]:
    return [item for item in run if isinstance(item, kind)]


def _with_refused(entries: Iterable[_Entry], saved: Iterable[SavedRecord]) -> list[SavedRecord]:
    """One outcome an entry: what became of it, or why it was refused before that."""
    outcomes = iter(saved)
    return [
        next(outcomes) if entry.examined is not None else SavedRecord("rejected", problems=list(entry.faults))
        for entry in entries
    ]


def _run_at_end(flags: Sequence[bool]) -> int:
    """How many of the last flags are set in a row."""
    return next((n for n, flag in enumerate(reversed(flags)) if not flag), len(flags))


def _shortened(faults: Sequence[Fault]) -> list[Fault]:
    """The first faults of a row, and how many there are where that is not all."""
    if len(faults) <= MOST_ERRORS:
        return list(faults)
    count = message("In all, {count} values of this row cannot be accepted.", count=len(faults))
    return [*faults[:MOST_ERRORS], Fault("", count)]


def _remarks(line: int, outcome: SavedRecord, language: Language) -> Iterator[JsonObject]:
    for problem in _shortened(outcome.problems):
        shown = problem.shown(language)
        yield {
            "rejected": outcome.outcome == "rejected",
            "line": line,
            "field": field_name(shown.pointer)[:400],
            "reason": shown.detail,
            "candidates": shown.candidates,
        }


def field_name(pointer: str) -> str:
    """A JSON Pointer as the name of a column: ``/cofinancing/0/share`` is ``cofinancing.share``."""
    steps = (step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:])
    return ".".join(step for step in steps if not step.isdigit())
