"""A file that somebody sends: as the body itself, or as the field ``file`` of a form."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from tempfile import SpooledTemporaryFile
from typing import Annotated, BinaryIO, cast

from fastapi import Depends, Request
from starlette.datastructures import UploadFile

from schemas.translation import message
from service.errors import Invalid
from service.interchange.files import fingerprint_of

IN_MEMORY = 1_000_000
MULTIPART = "multipart/form-data"


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it was sent, with its SHA-256; gone when the request is answered."""

    content: BinaryIO
    name: str | None
    media_type: str | None
    fingerprint: str


async def _upload(request: Request) -> AsyncIterator[Upload]:
    media_type = request.headers.get("content-type", "")
    if media_type.startswith(MULTIPART):
        async with request.form(max_files=1, max_fields=20) as form:
            sent = form.get("file")
            if not isinstance(sent, UploadFile):
                raise Invalid.at("/file", message("Send the file in a field named “file”."))
            yield Upload(sent.file, sent.filename, sent.content_type, fingerprint_of(sent.file))
        return
    with SpooledTemporaryFile(IN_MEMORY) as spool:
        async for piece in request.stream():
            spool.write(piece)
        content = cast("BinaryIO", spool)
        yield Upload(content, None, media_type or None, fingerprint_of(content))


Uploaded = Annotated[Upload, Depends(_upload)]
"""For routes that take a file."""
