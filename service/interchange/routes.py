"""``/imports`` and ``/exports``: files of records in, by a job, and out, as a stream."""

import json
from collections.abc import Iterator
from typing import Annotated

from fastapi import Query, Request, Response
from pydantic import BaseModel, Field
from starlette.background import BackgroundTask
from starlette.responses import StreamingResponse

from schemas.jobs import JobPublic
from schemas.language import Language
from service.clock import now
from service.db.session import WritingSession, reading
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import IdempotencyKey, idempotent_call
from service.http.parameters import Flag
from service.interchange.exporting import export_records
from service.interchange.files import FileFormat, format_of
from service.interchange.importing import IMPORT_JOB, ImportSettings
from service.interchange.kinds import RecordKind
from service.interchange.uploads import Upload, Uploaded
from service.jobs.routes import job_answer
from service.jobs.service import Requester, begin_job
from service.jobs.stored_input import keep_input
from service.security.authentication import Steward
from service.security.rate_limits import costs

MAX_FILE_BYTES = 200_000_000
BINARY = {"schema": {"type": "string", "format": "binary"}}
UPLOAD_SCHEMA = {
    "schema": {
        "type": "object",
        "properties": {"file": {"type": "string", "format": "binary"}},
        "required": ["file"],
    }
}
BODY = {
    "requestBody": {
        "required": True,
        "description": "The file itself, or a form that holds it in the field `file`.",
        "content": {
            "text/csv": BINARY,
            "application/jsonl": BINARY,
            "application/octet-stream": BINARY,
            "multipart/form-data": UPLOAD_SCHEMA,
        },
    }
}
WRITTEN_TYPES = {FileFormat.JSONL: "application/jsonl", FileFormat.CSV: "text/csv; charset=utf-8"}
router = GuardedRouter(tags=["imports and exports"])


class ImportQuery(BaseModel):
    """How a file is imported."""

    kind: RecordKind | None = Field(None, description="What the records are that do not say so themselves.")
    dry_run: Flag = Field(False, description="Only say what would become of each line; store nothing.")
    format: FileFormat | None = Field(
        None, description="The format of the file, where its name does not show it."
    )


@router.post(
    "/imports",
    response_model=JobPublic,
    status_code=202,
    openapi_extra=BODY | costs(5),
    max_body_size=MAX_FILE_BYTES,
)
def import_file(
    wanted: Annotated[ImportQuery, Query()],
    upload: Uploaded,
    request: Request,
    session: WritingSession,
    actor: Steward,
    key: IdempotencyKey = None,
) -> Response:
    """Store the records of a file: CSV or JSON lines. The job says what became of each line."""
    settings = _settings(wanted, upload, language_of(request)).stored()
    content = json.dumps([settings, upload.fingerprint]).encode()

    def begin() -> Response:
        job = begin_job(
            session,
            IMPORT_JOB,
            settings,
            by=Requester(actor.id, actor.name),
            now=now(),
            fingerprint=upload.fingerprint,
        )
        keep_input(session, job.id, upload.content)
        return job_answer(session, job, status=202)

    answer = idempotent_call(actor, key, request, content).once(session, begin)
    answer.background = BackgroundTask(request.app.state.jobs.wake)
    return answer


def _settings(wanted: ImportQuery, upload: Upload, language: Language) -> ImportSettings:
    form = wanted.format or format_of(upload.name, upload.media_type, upload.content)
    return ImportSettings(
        format=form, kind=wanted.kind, language=language, dry_run=wanted.dry_run, file=upload.name
    )


@router.get(
    "/exports/{kind}",
    response_class=StreamingResponse,
    responses={200: {"content": {media_type: {} for media_type in WRITTEN_TYPES.values()}}},
    openapi_extra=costs(5),
)
def export_file(
    kind: RecordKind,
    request: Request,
    _: Steward,
    form: Annotated[
        FileFormat, Query(alias="format", description="The form of the file.")
    ] = FileFormat.JSONL,
) -> Response:
    """All records of a kind as a file that an import reads back identically, private fields included."""

    def pieces() -> Iterator[bytes]:
        with reading(request.app.state.engine) as session:
            yield from export_records(session, kind, form)

    headers = {"Content-Disposition": f'attachment; filename="{kind.plural}.{form}"'}
    return StreamingResponse(pieces(), media_type=WRITTEN_TYPES[form], headers=headers)
