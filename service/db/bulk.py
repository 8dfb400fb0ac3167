"""Many rows at once. They are inserted by each database's fastest way: ``COPY`` on PostgreSQL, ``executemany`` on SQLite."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Executable
from sqlmodel import Session

ROWS_PER_INSERT = 20_000
Values = Sequence[Any]
Value = TypeVar("Value")


def insert_rows(session: Session, table: str, columns: Sequence[str], rows: Iterable[Values]) -> int:
    """Insert ``rows`` (values in the order of ``columns``, JSON already as text); how many there were.

    Table and column names come from the code, never from a caller's data.
    """
    session.flush()
    connection: Any = session.connection().connection
    names = ", ".join(columns)
    inserted = 0
    for chunk in pieces(rows, ROWS_PER_INSERT):
        if session.get_bind().dialect.name == "postgresql":
            with connection.cursor().copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in chunk:
                    copy.write_row(row)
        else:
            places = ", ".join("?" * len(columns))
            connection.cursor().executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", chunk)  # noqa: S608 - names from the code
        inserted += len(chunk)
    return inserted


def changed_rows(session: Session, statement: Executable) -> int:
    """Update or delete rows, past the objects that this session holds; how many there were."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def pieces(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """The values in lists of ``size``, and what is left in the last."""
    iterator = iter(values)
    while piece := list(islice(iterator, size)):
        yield piece
