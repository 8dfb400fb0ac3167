"""What organisations decided about the partners that were proposed to them."""

from datetime import datetime

from sqlmodel import Field, SQLModel


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
