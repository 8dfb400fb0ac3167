"""Files of records: which form they have, and the rows in them."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import PurePath
from typing import BinaryIO

from service.interchange.json_lines import read_json_lines
from service.interchange.lines import UTF8_BOM, Line, read_lines
from service.interchange.rows import FileRow
from service.interchange.tables import count_records, read_table

SNIFFED_BYTES = 4_096
BYTES_PER_READ = 256_000
LINES_PER_PACE = 1_000


class FileFormat(StrEnum):
    """The forms in which records are read and written."""

    JSONL = "jsonl"
    CSV = "csv"


ENDINGS = {
    ".jsonl": FileFormat.JSONL,
    ".ndjson": FileFormat.JSONL,
    ".json": FileFormat.JSONL,
    ".csv": FileFormat.CSV,
    ".tsv": FileFormat.CSV,
}
MEDIA_TYPES = {
    "application/jsonl": FileFormat.JSONL,
    "application/x-ndjson": FileFormat.JSONL,
    "application/json-lines": FileFormat.JSONL,
    "text/csv": FileFormat.CSV,
    "text/tab-separated-values": FileFormat.CSV,
}


def format_of(name: str | None, media_type: str | None, file: BinaryIO) -> FileFormat:
    """The form of a file: by the ending of its name, its media type, or else how it begins."""
    by_name = ENDINGS.get(PurePath(name or "").suffix.lower())
    by_type = MEDIA_TYPES.get((media_type or "").partition(";")[0].strip().lower())
    return by_name or by_type or _form_by_beginning(file)


def _form_by_beginning(file: BinaryIO) -> FileFormat:
    file.seek(0)
    beginning = file.read(SNIFFED_BYTES).removeprefix(UTF8_BOM).lstrip()
    file.seek(0)
    return FileFormat.JSONL if beginning.startswith((b"{", b"[")) else FileFormat.CSV


def fingerprint_of(file: BinaryIO) -> str:
    """The SHA-256 of a file's content, in hexadecimal."""
    digest = hashlib.sha256()
    file.seek(0)
    while piece := file.read(BYTES_PER_READ):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def _no_pace() -> None:
    pass


def read_rows(file: BinaryIO, form: FileFormat, pace: Callable[[], None] = _no_pace) -> Iterator[FileRow]:
    """Every row of a file, from its beginning; raises ``UnreadableFileError`` when it is none of ours.

    ``pace`` is called now and then, and may raise to end the reading.
    """
    lines = _paced(read_lines(file), pace)
    return read_json_lines(lines) if form is FileFormat.JSONL else read_table(lines)


def count_rows(file: BinaryIO, form: FileFormat, pace: Callable[[], None] = _no_pace) -> int:
    """How many rows :func:`read_rows` finds in a file."""
    lines = _paced(read_lines(file), pace)
    if form is FileFormat.JSONL:
        return sum(1 for line in lines if line.fault or line.text.strip())
    return count_records(lines)


def _paced(lines: Iterable[Line], pace: Callable[[], None]) -> Iterator[Line]:
    for line in lines:
        if line.number % LINES_PER_PACE == 0:
            pace()
        yield line
