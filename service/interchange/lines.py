"""The lines of a file, in whatever encoding each is written: UTF-8 with or without BOM, or else Windows-1252."""

from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from schemas.translation import Message, message

LONGEST_LINE = 1_000_000
"""Bytes of a line; what is longer is no record of ours."""
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")


class UnreadableFileError(Exception):
    """A file that cannot be read at all; says why, and what to do."""

    def __init__(self, detail: Message) -> None:
        super().__init__(str(detail))
        self.detail = detail


class Line(NamedTuple):
    """One line with its number, counted from 1, and what is wrong with it."""

    number: int
    text: str
    fault: Message | None = None


def read_lines(file: BinaryIO) -> Iterator[Line]:
    """Every line with its line break; raises ``UnreadableFileError`` for UTF-16, which holds no lines of bytes."""
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        if number == 1:
            if raw.startswith(UTF16_BOMS):
                raise UnreadableFileError(
                    message("This file is written in UTF-16. Save it as “CSV UTF-8” and send it again.")
                )
            raw = raw.removeprefix(UTF8_BOM)
        if len(raw) >= LONGEST_LINE and not raw.endswith(b"\n"):
            _skip_rest_of_line(file)
            yield Line(number, "\n", message("This line is longer than a million bytes. Shorten its texts."))
        else:
            yield _decoded(number, raw)


def _skip_rest_of_line(file: BinaryIO) -> None:
    while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
        pass


def _decoded(number: int, raw: bytes) -> Line:
    for encoding in ("utf-8", "cp1252"):
        try:
            return Line(number, raw.decode(encoding))
        except UnicodeDecodeError:
            continue
    detail = message("This line is written neither in UTF-8 nor in Windows-1252. Save the file as UTF-8.")
    return Line(number, raw.decode("utf-8", "replace"), detail)
