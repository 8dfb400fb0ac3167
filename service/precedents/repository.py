"""Queries on documented practices."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from service.db.tables import Precedent, Profile


def all_precedents(session: Session) -> Sequence[Precedent]:
    """All documented practices, by key."""
    return session.exec(select(Precedent).order_by(col(Precedent.key))).all()


def by_key(session: Session, key: str) -> Precedent | None:
    """The practice with this key."""
    return session.get(Precedent, key)


def after_key(session: Session, key: str | None, limit: int) -> Sequence[Precedent]:
    """The next practices behind this key, or the first ones."""
    query = select(Precedent).order_by(col(Precedent.key)).limit(limit)
    return session.exec(query.where(col(Precedent.key) > key) if key else query).all()


def published_profiles(session: Session, keys: Iterable[str]) -> dict[str, Profile]:
    """The profiles with these keys that everybody may see, by key."""
    wanted = sorted(set(keys))
    query = select(Profile).where(col(Profile.key).in_(wanted), col(Profile.published))
    return {profile.key: profile for profile in session.exec(query)}
