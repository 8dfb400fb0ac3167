"""Tables with quotation marks in all the wrong places: every line is accounted for, and none is read again and again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.interchange import tables
from service.interchange.lines import Line
from service.interchange.tables import MOST_COLUMNS, MOST_READ_AGAIN, count_records, read_cells, read_table

HEADER = "name,key\n"


def lines(text: str) -> list[Line]:
    """The lines of a file."""
    return [Line(number, line) for number, line in enumerate(text.splitlines(keepends=True), 1)]


@pytest.mark.parametrize("line", ['a","b\n', '"a\n', 'a,"\n', '","\n', '"",""",\n'])
def test_no_file_is_read_much_more_often_than_it_is_long(line: str, monkeypatch: pytest.MonkeyPatch) -> None:
    read = 0
    plain = tables._Source.__next__

    def counted(source: tables._Source) -> str:
        nonlocal read
        read += 1
        return plain(source)

    monkeypatch.setattr(tables._Source, "__next__", counted)
    count = 60_000
    list(read_cells(lines(HEADER + line * count)))
    assert read < 2 * count + MOST_READ_AGAIN + tables.MOST_LINES


@given(st.text('a",\n', max_size=60))
def test_every_line_is_in_one_row(text: str) -> None:
    given = lines(HEADER + text)
    found = list(read_cells(given))
    begun = [row.line for row in found]
    assert begun == sorted(set(begun))
    assert count_records(given) == len(list(read_table(given))) == max(0, len(found) - 1)
    filled = {line.number for line in given if line.text.strip(' ,"\n')}
    covered = {number for row in found for number in range(row.line, row.line + 1 + _breaks(row.cells))}
    assert filled <= covered


def test_a_record_with_line_breaks_is_still_read_after_a_mark_that_was_not_closed() -> None:
    text = HEADER + '"never closed,1\n' + '"two\nlines",2\n'
    rows = list(read_cells(lines(text)))
    assert [row.fault is None for row in rows] == [True, False, True]
    assert rows[2].cells == ["two\nlines", "2"]


def test_a_row_of_too_many_cells_is_refused() -> None:
    [_, wide, after] = read_cells(lines(HEADER + "," * MOST_COLUMNS + "a\nb,1\n"))
    assert wide.fault is not None
    assert after.cells == ["b", "1"]


def _breaks(cells: list[str]) -> int:
    return sum(cell.count("\n") for cell in cells)
