"""Figures shown on the front page."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from schemas.kinds import Kind
from service.db.tables import Profile


def counts_by_kind(session: Session) -> dict[Kind, int]:
    """How many published profiles of each kind there are."""
    query = select(Profile.kind, func.count()).where(col(Profile.published)).group_by(Profile.kind)
    found = dict(session.execute(query).all())
    return {kind: found.get(kind.value, 0) for kind in Kind}
