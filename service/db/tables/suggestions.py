"""Suggestions as they were last made, and what organisations decided about them."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from service.db.base import JsonDocument, unique_where


class Generation(SQLModel, table=True):
    """All lists that were made under one ruleset. Readers see those of the one that is ``shown``.

    It is ``whole`` once there has been a list for everybody.
    """

    __tablename__ = "generation"
    __table_args__ = (unique_where("uq_generation_shown", "shown", "shown"),)

    ruleset_version: int = Field(
        primary_key=True, foreign_key="ruleset.version", sa_column_kwargs={"autoincrement": False}
    )
    shown: bool = False
    whole: bool = False


class SuggestionList(SQLModel, table=True):
    """When a profile's suggestions under a ruleset were last made.

    Those of a ``one_sided`` list hold fewer authorities of one side than of the other: there are no more of them.
    """

    __tablename__ = "suggestion_list"

    subject_number: int = Field(primary_key=True, foreign_key="profile.number", ondelete="CASCADE")
    ruleset_version: int = Field(primary_key=True, foreign_key="generation.ruleset_version")
    computed_at: datetime
    one_sided: bool = False


class StoredSuggestion(SQLModel, table=True):
    """One candidate on a profile's list. ``first_seen_at`` stays while the candidate stays on the list.

    ``parts`` holds name, weight, similarity and reasons of each part, in their order; ``together_with`` the numbers of
    other authorities that govern the same as the candidate. ``not_yet_open`` is true of a programme that takes no
    applications yet.
    """

    __tablename__ = "suggestion"

    subject_number: int = Field(primary_key=True, foreign_key="profile.number", ondelete="CASCADE")
    candidate_number: int = Field(
        primary_key=True, foreign_key="profile.number", ondelete="CASCADE", index=True
    )
    ruleset_version: int = Field(primary_key=True, foreign_key="generation.ruleset_version")
    rank: int
    score: float
    parts: list[Any] = Field(sa_type=JsonDocument)
    together_with: list[int] = Field(default_factory=list, sa_type=JsonDocument)
    not_yet_open: bool = False
    first_seen_at: datetime


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
