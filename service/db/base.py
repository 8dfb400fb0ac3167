"""What all tables share: constraint names, identifiers, and how a JSON document is stored."""

from typing import Any
from uuid import UUID

from sqlalchemy import JSON, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import SQLModel
from uuid_utils.compat import uuid7

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}

JsonDocument = JSON().with_variant(JSONB(), "postgresql")
"""The column type of a JSON document on both databases."""

LARGEST_NUMBER = 2**31 - 1
"""The largest number that an integer column of PostgreSQL holds; a larger one was never handed out."""

metadata: Any = SQLModel.metadata


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): later ones sort after earlier ones, so pages stay stable."""
    return uuid7()


def unique_where(name: str, column: str, condition: str) -> Index:
    """An index by which a column's values are unique among the rows that meet a condition, on both databases."""
    where = text(condition)
    return Index(name, column, unique=True, sqlite_where=where, postgresql_where=where)
