"""Who did what and when, in a chain that shows whether anything was changed afterwards."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Column, Index, Text
from sqlmodel import Field, SQLModel


class AuditEntry(SQLModel, table=True):
    """One step that somebody took; entries are added and never changed.

    ``details`` is the canonical JSON of what else is known of it, as a text, so that it is read as it was hashed. ``hash`` is
    the SHA-256 over all of this and the hash of the entry before it.
    """

    __tablename__ = "audit_entry"
    __table_args__ = (Index("ix_audit_entry_kind_subject_id", "kind", "subject_id"),)

    number: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    at: datetime
    by: str = Field(max_length=120)
    kind: str = Field(max_length=20)
    subject_id: UUID
    did: str = Field(max_length=20)
    details: str = Field(sa_column=Column(Text, nullable=False))
    hash: str = Field(max_length=64)
