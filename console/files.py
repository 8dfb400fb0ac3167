"""``passerelle import`` and ``passerelle export``: lists of records in and out."""

import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine

from console.environment import COMMAND_LINE, expect_many_objects, fail, prepared_engine, print_message
from console.progress import progress_bar
from schemas.jobs import RejectedLine, RemarkedLine
from schemas.language import Language
from seed.loading import seed_database
from service.clock import now
from service.db.session import reading, unit_of_work
from service.db.tables import Job
from service.interchange.exporting import export_records
from service.interchange.files import FileFormat, fingerprint_of, format_of
from service.interchange.importing import IMPORT_JOB, ImportSettings
from service.interchange.importing import import_file as import_records
from service.interchange.kinds import RecordKind
from service.jobs.service import Requester, resume_or_begin_command
from service.jobs.views import import_result
from service.jobs.work import JobAtWork, claim, perform
from service.settings import load_settings

FILE_KINDS = "association, authority, programme, project, partnership or corridor"


def import_file(
    file: Annotated[
        Path, typer.Argument(help="JSON lines or CSV.", exists=True, dir_okay=False, readable=True)
    ],
    kind: Annotated[
        str | None,
        typer.Option(
            metavar="KIND",
            help=f"What the records are that do not say so themselves: {FILE_KINDS}.",
        ),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would become of each line.")
    ] = False,
    form: Annotated[
        FileFormat | None,
        typer.Option("--format", help="The format of the file, where its name does not show it."),
    ] = None,
    language: Annotated[
        Language | None, typer.Option(help="In which language lines are remarked on.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the report as JSON.")] = False,
) -> None:
    """Create or update what a file of records describes. Run again, it goes on where it was, or changes nothing."""
    named = _kind(kind) if kind is not None else None
    settings = ImportSettings(
        format=form or _form(file),
        kind=named,
        language=language or load_settings().default_language,
        dry_run=dry_run,
        file=file.name,
    )
    with prepared_engine() as engine:
        seed_database(engine, print_message, documented=False)
        job = _job(engine, file, settings)
        expect_many_objects()
        try:
            with progress_bar() as progress:
                at_work = JobAtWork(engine, job, progress=progress)
                perform(at_work, lambda work: import_records(work, lambda: file.open("rb")))
        except KeyboardInterrupt:
            raise fail(f"Stopped after row {job.done}. Run the same command to go on.") from None
        _report(engine, job, as_json=as_json)


def _kind(kind: str) -> RecordKind:
    try:
        return RecordKind(kind)
    except ValueError:
        raise typer.BadParameter(f"give one of: {FILE_KINDS}", param_hint="KIND") from None


def _form(file: Path) -> FileFormat:
    with file.open("rb") as opened:
        return format_of(file.name, None, opened)


def _job(engine: Engine, file: Path, settings: ImportSettings) -> Job:
    with file.open("rb") as opened:
        fingerprint = fingerprint_of(opened)
    with unit_of_work(engine) as session:
        job = resume_or_begin_command(
            session,
            IMPORT_JOB,
            settings.stored(),
            fingerprint=fingerprint,
            by=Requester.command(COMMAND_LINE),
            now=now(),
        )
        claimed = claim(session, job.id)
    if claimed is None:
        raise fail("Another process is doing this already.")
    if claimed.done and not settings.dry_run:
        print_message(f"Going on after row {claimed.done}, where an earlier run was interrupted.")
    return claimed


def _report(engine: Engine, job: Job, *, as_json: bool) -> None:
    with reading(engine) as session:
        result = import_result(session, job, most=None)
    if as_json:
        typer.echo(json.dumps(result.model_dump(exclude={"remarks"}), ensure_ascii=False))
    else:
        for name in ("created", "updated", "unchanged"):
            typer.echo(f"{name:<10}{getattr(result, name):>9}")
        typer.echo(f"{'rejected':<10}{job.counts.get('rejected', 0):>9}")
        for item in result.rejected:
            typer.echo(_line("rejected", item))
    for item in result.remarks:
        print_message(_line("stored", item) + _candidates(item))
    if job.state != "done":
        left = f"The import was left after row {job.done}. Run it again to go on."
        if job.state == "queued" and job.detail:
            raise fail(f"{job.detail} {left}")
        raise fail(job.detail or left)


def _line(outcome: str, item: RejectedLine) -> str:
    return f"line {item.line}  {outcome}  {item.field}  {item.reason}".replace("    ", "  ")


def _candidates(item: RemarkedLine) -> str:
    found = [
        f"{candidate.get('code') or candidate['key']} ({candidate['name']})"
        for candidate in item.candidates or ()
    ]
    return f"  {', '.join(found)}" if found else ""


def export(
    kind: Annotated[str, typer.Argument(metavar="KIND", help=FILE_KINDS)],
    form: Annotated[FileFormat, typer.Option("--format", help="The form of the file.")] = FileFormat.JSONL,
) -> None:
    """Write all records of a kind to standard output, as import reads them back identically."""
    named = _kind(kind)
    with prepared_engine() as engine, reading(engine) as session:
        for piece in export_records(session, named, form):
            sys.stdout.buffer.write(piece)
        sys.stdout.buffer.flush()
