"""Queries on what organisations decided about suggestions."""

from typing import TYPE_CHECKING

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from service.db.tables import Decision, Profile

if TYPE_CHECKING:
    # With learning comes scipy's optimiser, and no start should wait for it.
    from matching import Decided

ANSWERS = {"interested": True, "declined": False}
"""What a decision says of a suggestion; one that is put off says nothing yet."""


def answered_suggestions(session: Session) -> "list[Decided]":
    """The keys of subject and candidate of each suggestion that was answered, and whether the subject was interested."""
    subject, candidate = aliased(Profile), aliased(Profile)
    query = (
        select(subject.key, candidate.key, Decision.decision)
        .join(subject, col(subject.number) == Decision.subject_number)
        .join(candidate, col(candidate.number) == Decision.candidate_number)
        .where(col(Decision.decision).in_(ANSWERS))
        .order_by(col(subject.key), col(candidate.key))
    )
    return [(one, other, ANSWERS[decision]) for one, other, decision in session.execute(query)]
