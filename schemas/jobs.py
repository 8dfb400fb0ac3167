"""Long work as the API shows it."""

from datetime import datetime
from typing import Literal
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.inputs import JsonObject
from schemas.previews import PreviewPublic

JobState = Literal["queued", "running", "interrupted", "done", "failed", "cancelled"]
"""``interrupted`` is a command that was killed: it goes on when somebody runs it again."""
ENDED: frozenset[str] = frozenset({"done", "failed", "cancelled"})


class RejectedLine(BaseModel):
    """A line of which nothing was stored, and why; ``field`` is empty where the whole line is meant."""

    line: int
    field: str
    reason: str


class RemarkedLine(RejectedLine):
    """A line that was stored, with something that could not be found; a place then keeps its country."""

    candidates: list[JsonObject] | None = None


class ImportResult(BaseModel):
    """What became of the lines of a file."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[RejectedLine] = Field(
        description="The first of what was rejected; all of it is at /jobs/{id}/remarks."
    )
    remarks: list[RemarkedLine] = Field(
        description="The first of what was stored and should be looked at; all of it is at /jobs/{id}/remarks."
    )


class JobPublic(BaseModel):
    """A piece of long work: how far it is, and what came of it once it has ended."""

    id: UUID
    kind: str
    state: JobState
    done: int = Field(
        description="Rows finished for good, which an interrupted job goes on behind; of a preview, lists made."
    )
    total: int | None = Field(description="How many there are, as soon as they are counted.")
    settings: JsonObject
    result: ImportResult | PreviewPublic | None
    detail: str | None = Field(description="Why it failed, and what to do.")
    created_by: str
    created_at: datetime
    updated_at: datetime


class RemarkPublic(RemarkedLine):
    """One entry of the list of all remarks; ``rejected`` says whether anything of the line was stored."""

    rejected: bool
