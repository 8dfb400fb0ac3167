"""Statements past the objects that a session holds: many rows at once, or one that several writers insert.

Many are inserted by each database's fastest way: ``COPY`` on PostgreSQL, ``executemany`` on SQLite.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import CursorResult, Executable, Integer, literal_column
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import Session, SQLModel

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


def insert_if_absent(session: Session, table: type[SQLModel], values: Mapping[str, object]) -> bool:
    """Insert a row unless another stands in its place; whether it was inserted.

    A writer who has inserted the same and not committed yet is waited for, where reading first would find nothing
    and fail at the insert.
    """
    dialect = session.get_bind().dialect.name
    insert = postgresql.insert(table) if dialect == "postgresql" else sqlite.insert(table)
    # The row count of an insertion is not to be relied on: drivers that return keys leave it out.
    statement = insert.values(**values).on_conflict_do_nothing()
    return session.execute(statement.returning(literal_column("1", Integer))).first() is not None


def changed_rows(session: Session, statement: Executable) -> int:
    """Update or delete rows, past the objects that this session holds; how many there were."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return result.rowcount if isinstance(result, CursorResult) else 0


def pieces(values: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """The values in lists of ``size``, and what is left in the last."""
    iterator = iter(values)
    while piece := list(islice(iterator, size)):
        yield piece
