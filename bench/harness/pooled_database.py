"""A PostgreSQL database that is put back as it was: creating one takes half a second, this some milliseconds."""

from sqlalchemy import Connection, Engine, create_engine, make_url, text
from sqlalchemy.pool import NullPool

MOST_KEPT_ROWS = 10_000
"""Larger tables are not kept twice: a database in which one of them changed is not used again."""

TABLES = "SELECT relname FROM pg_class WHERE relnamespace = CAST(:schema AS regnamespace) AND relkind = 'r'"
# What DDL and TRUNCATE change of a table.
SCHEMA = """
    SELECT md5(string_agg(concat_ws(' ', oid, relname, relfilenode, relnatts, relchecks), ',' ORDER BY oid))
    FROM pg_class WHERE relnamespace = 'public'::regnamespace
"""
CHANGES = """
    SELECT relname, n_tup_ins + n_tup_upd + n_tup_del AS written FROM pg_stat_user_tables WHERE schemaname = 'public'
"""
SEQUENCES = """
    SELECT sequencename, coalesce(last_value, start_value), last_value IS NOT NULL
    FROM pg_sequences WHERE schemaname = 'public'
"""
# A session counts what it wrote before it is gone.
END_OTHER_SESSIONS = """
    SELECT pg_terminate_backend(pid, 10000)
    FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def keep_contents(engine: Engine) -> None:
    """Copy the rows of all tables but the largest ones, for :meth:`PooledDatabase.restore` to find."""
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA IF EXISTS kept CASCADE"))
        connection.execute(text("CREATE SCHEMA kept"))
        for table in connection.scalars(text(TABLES), {"schema": "public"}).all():
            rows = text(f"SELECT count(*) FROM public.{table}")  # noqa: S608 - a name from the catalogue
            if connection.execute(rows).scalar_one() <= MOST_KEPT_ROWS:
                connection.execute(text(f"CREATE TABLE kept.{table} AS TABLE public.{table}"))


class PooledDatabase:
    """One database that was copied from a template with kept contents.

    Parameters
    ----------
    url
        Its address, with the driver.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.name = make_url(url).database
        self._engine = create_engine(url, poolclass=NullPool)
        with self._engine.connect() as connection:
            self._schema = connection.scalar(text(SCHEMA))
            self._changes = _changes(connection)
            self._sequences = connection.execute(text(SEQUENCES)).all()
            self._kept = set(connection.scalars(text(TABLES), {"schema": "kept"}))

    def restore(self) -> bool:
        """End all other sessions and put changed tables and sequences back; False where this cannot be done."""
        with self._engine.connect() as connection:
            connection.execute(text(END_OTHER_SESSIONS))
            changes = _changes(connection)
            changed = {table for table, count in changes.items() if count != self._changes.get(table, 0)}
            if not changed <= self._kept or connection.scalar(text(SCHEMA)) != self._schema:
                return False
            self._put_back(connection, changed)
            connection.commit()
            self._changes = _changes(connection)
            return True

    def _put_back(self, connection: Connection, tables: set[str]) -> None:
        # Without the checks of foreign keys, which would want an order.
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for table in tables:
            connection.execute(text(f"DELETE FROM public.{table}"))  # noqa: S608 - a name from the catalogue
            connection.execute(text(f"INSERT INTO public.{table} TABLE kept.{table}"))
        for name, value, called in self._sequences:
            connection.execute(
                text("SELECT setval(:name, :value, :called)"),
                {"name": name, "value": value, "called": called},
            )
        connection.execute(text("SELECT pg_stat_force_next_flush()"))


def _changes(connection: Connection) -> dict[str, int]:
    """How many rows of each table were ever written."""
    return {row.relname: row.written for row in connection.execute(text(CHANGES))}
