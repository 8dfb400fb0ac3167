"""Queries on the database itself."""

from datetime import datetime

from sqlalchemy import Connection, Engine, text
from sqlmodel import Session


def ask(connection: Connection) -> None:
    """Ask for nothing in particular; raises ``DBAPIError`` where no answer comes."""
    connection.execute(text("SELECT 1"))


def clock_time(session: Session) -> datetime:
    """What time it is for PostgreSQL."""
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found


def first_damage(engine: Engine) -> str | None:
    """What SQLite finds damaged first in its file; ``None`` where it is whole."""
    with engine.connect() as connection:
        found: str = connection.execute(text("PRAGMA quick_check(1)")).scalar_one()
    return None if found == "ok" else " ".join(found.split())


def takes_writes(engine: Engine) -> bool:
    """Whether PostgreSQL takes writes here."""
    query = "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only')::boolean"
    with engine.connect() as connection:
        return not connection.execute(text(query)).scalar_one()
