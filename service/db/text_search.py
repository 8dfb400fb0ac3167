"""Full text of profiles: an FTS5 table on SQLite, a GIN index on PostgreSQL, behind the same four functions.

What is stored and what is asked for are terms (:mod:`schemas.search_terms`), so accents, case and spelling matter as
little as they should; every term asked for must be, or begin, one of a profile's.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Column, ColumnElement, Connection, Integer, bindparam, false, select
from sqlalchemy import text as sql
from sqlmodel import Session, col

from schemas.search_terms import QueryTerm
from service.db.bulk import insert_rows
from service.db.tables import Profile

SQLITE_TABLE = "CREATE VIRTUAL TABLE profile_text USING fts5(words, detail=none, columnsize=0, prefix='2 3')"
POSTGRESQL_TABLE = (
    "CREATE TABLE profile_text (rowid BIGINT PRIMARY KEY, words TEXT NOT NULL)",
    "CREATE INDEX ix_profile_text_words ON profile_text USING gin (to_tsvector('simple', words))",
)


def create_text_search(connection: Connection) -> None:
    """Make the structures; called once by a migration."""
    statements = (SQLITE_TABLE,) if connection.dialect.name == "sqlite" else POSTGRESQL_TABLE
    for statement in statements:
        connection.execute(sql(statement))


def drop_text_search(connection: Connection) -> None:
    """Remove the structures again."""
    connection.execute(sql("DROP TABLE profile_text"))


def index_texts(session: Session, rows: Sequence[tuple[int, str]]) -> None:
    """Store the terms of profiles, by number; they must have had none."""
    insert_rows(session, "profile_text", ("rowid", "words"), rows)


def forget_texts(session: Session, numbers: Iterable[int]) -> None:
    """Forget the text of these profiles."""
    rows = [{"number": number} for number in numbers]
    if rows:
        session.execute(sql("DELETE FROM profile_text WHERE rowid = :number"), rows)


def matching_numbers(session: Session, terms: Sequence[QueryTerm]) -> ColumnElement[bool]:
    """The condition that a profile has every one of these terms; none has where there are none."""
    if not terms:
        return false()
    if session.get_bind().dialect.name == "sqlite":
        found = sql("SELECT rowid FROM profile_text WHERE profile_text MATCH :asked")
        asked = _boolean(terms, " AND ", " OR ", '"{}"*')
    else:
        found = sql(
            "SELECT rowid FROM profile_text WHERE to_tsvector('simple', words) @@ to_tsquery('simple', :asked)"
        )
        asked = _boolean(terms, " & ", " | ", "{}:*")
    rows = found.bindparams(bindparam("asked", asked)).columns(Column("rowid", Integer)).subquery()
    return col(Profile.number).in_(select(rows.c.rowid))


def _boolean(terms: Sequence[QueryTerm], conjunction: str, disjunction: str, beginning: str) -> str:
    """The query in the database's own language. Terms are letters and digits, so nothing in them needs quoting."""
    return conjunction.join(
        "("
        + disjunction.join(
            "(" + conjunction.join(beginning.format(wanted) for wanted in every) + ")"
            for every in term.alternatives
        )
        + ")"
        for term in terms
    )
