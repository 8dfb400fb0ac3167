"""Records as a table (CSV, RFC 4180): commas, semicolons or tabs, and quotation marks that somebody forgot to close."""

import csv
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from schemas.translation import Message, message
from service.field_errors import Fault
from service.interchange.columns import Column, read_record
from service.interchange.lines import LONGEST_LINE, Line, UnreadableFileError
from service.interchange.rows import FileRow

DELIMITERS = ",;\t"
LONGEST_CELL = 30_000
MOST_COLUMNS = 500
"""How many cells a row may have; the widest record that there can be has some two hundred."""
MOST_LINES = 1_000
"""How many lines one record may run over; more means that a quotation mark was never closed."""
MOST_READ_AGAIN = 20_000
"""How many lines of one file are read again because a quotation mark before them was not closed. After that, texts with
line breaks are no longer looked for: each line is a row, so that no file takes longer than its length."""


class Cells(NamedTuple):
    """One row of a table as it stands, with the number of its first line; without cells when it cannot be read."""

    line: int
    cells: list[str]
    fault: Message | None = None


def read_table(lines: Iterable[Line]) -> Iterator[FileRow]:
    """The record of each row below the header; raises ``UnreadableFileError`` when the header cannot be read."""
    rows = read_cells(lines)
    header = next(rows, None)
    if header is None:
        return
    columns = _columns(header)
    for row in rows:
        if row.fault:
            yield FileRow.refused(row.line, Fault("", row.fault))
        else:
            yield read_record(row.line, columns, row.cells)


def count_records(lines: Iterable[Line]) -> int:
    """How many rows :func:`read_table` finds."""
    return max(0, sum(1 for _ in read_cells(lines)) - 1)


def _columns(header: Cells) -> list[Column]:
    if header.fault:
        raise UnreadableFileError(header.fault)
    columns = [Column.named(cell) for cell in header.cells]
    names = Counter(column.name for column in columns if column.name)
    repeated = next((name for name, times in names.items() if times > 1), None)
    if repeated is not None:
        raise UnreadableFileError(message("The column “{name}” appears twice in the header.", name=repeated))
    return columns


def read_cells(lines: Iterable[Line]) -> Iterator[Cells]:
    """Every row of a table that is not blank, the header first.

    A row that cannot be read is given up with its first line alone: what a forgotten quotation mark would
    swallow is read again as rows of its own.
    """
    csv.field_size_limit(LONGEST_CELL)
    source = _Source(lines)
    reader = csv.reader(source, delimiter=source.delimiter(), strict=True)
    while True:
        source.begin_record()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error:
            yield Cells(source.record[0].number, [], _reason(source.record))
            source.back_to_second()
            continue
        fault = next((line.fault for line in source.record if line.fault), None)
        if fault is None and len(cells) > MOST_COLUMNS:
            fault = message("This row has more than {most} cells.", most=MOST_COLUMNS)
        if fault or any(cell.strip() for cell in cells):
            yield Cells(source.record[0].number, cells, fault)


def _reason(record: list[Line]) -> Message:
    if len(record) > 1 or record[0].text.count('"') % 2:
        return message("A quotation mark in this row is not closed, or not doubled within a text.")
    if len(record[0].text) > LONGEST_CELL:
        return message("A cell of this row is longer than {most} characters.", most=LONGEST_CELL)
    return message("This row is not written as CSV. Put texts with quotation marks in quotation marks.")


class _Source:
    """Feeds the lines to the reader, keeps those of the record at hand, and can go back to its second one."""

    def __init__(self, lines: Iterable[Line]) -> None:
        self._lines = iter(lines)
        self._again: deque[Line] = deque()
        self._read_again = 0
        self._characters = 0
        self.record: list[Line] = []

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._lines)
        self.record.append(line)
        self._characters += len(line.text)
        most_lines = MOST_LINES if self._read_again < MOST_READ_AGAIN else 1
        if len(self.record) > most_lines or self._characters > LONGEST_LINE:
            raise csv.Error
        return line.text

    def begin_record(self) -> None:
        """Keep what comes next at hand, and nothing of before."""
        self.record.clear()
        self._characters = 0

    def delimiter(self) -> str:
        """The delimiter that splits the first line into the most cells; a comma if none does."""
        first = next(self._lines, None)
        if first is None:
            return DELIMITERS[0]
        self._again.append(first)
        return max(DELIMITERS, key=first.text.count)

    def back_to_second(self) -> None:
        """Give all lines of the record but its first to the reader again."""
        self._read_again += len(self.record) - 1
        self._again.extendleft(reversed(self.record[1:]))
