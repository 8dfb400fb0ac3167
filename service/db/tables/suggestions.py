"""Stored suggestions, and what organisations decided about them."""

from datetime import datetime

from sqlmodel import Field, SQLModel


class SuggestionList(SQLModel, table=True):
    """The best candidates of one kind for one subject, as one ruleset ranks them.

    ``candidates`` holds the profile numbers, best first (little-endian int64), ``scores`` theirs (float64):
    see :mod:`service.suggestions.lists`. ``threshold`` is the score a newcomer must beat to enter (0 while
    the list is not full). ``subject_change`` is the subject's change number when the list was computed:
    another one means the list is out of date.
    """

    __tablename__ = "suggestion_list"

    subject_number: int = Field(primary_key=True, foreign_key="profile.number", ondelete="CASCADE")
    candidate_kind: str = Field(primary_key=True, max_length=12)
    ruleset_version: int = Field(primary_key=True, foreign_key="ruleset.version")
    subject_change: int
    threshold: float
    candidates: bytes
    scores: bytes
    computed_at: datetime


class Decision(SQLModel, table=True):
    """What a subject's organisation said to one suggestion: interested, declined or later."""

    __tablename__ = "decision"

    subject_number: int = Field(primary_key=True, foreign_key="profile.number", ondelete="CASCADE")
    candidate_number: int = Field(
        primary_key=True, foreign_key="profile.number", ondelete="CASCADE", index=True
    )
    decision: str = Field(max_length=12)
    reason: str | None = Field(default=None, max_length=2000)
    decided_by: str = Field(max_length=120)
    decided_at: datetime
