"""Queries on the database itself."""

from datetime import datetime

from sqlalchemy import Connection, text
from sqlmodel import Session


def ask(connection: Connection) -> None:
    """Ask for nothing in particular; raises ``DBAPIError`` where no answer comes."""
    connection.execute(text("SELECT 1"))


def clock_time(session: Session) -> datetime:
    """What time it is for PostgreSQL."""
    found: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return found
