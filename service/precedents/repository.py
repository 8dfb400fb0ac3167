"""Queries on documented practices."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from service.db.tables import Counter, Precedent, Profile
from service.vocabularies.territory_repository import LOADED_VERSION

DOCUMENTED_VERSION = "documented"
"""The counter that holds which version of the documented practices is loaded."""


def all_precedents(session: Session) -> Sequence[Precedent]:
    """All documented practices, by key."""
    return session.exec(select(Precedent).order_by(col(Precedent.key))).all()


def state(session: Session) -> tuple[int, ...]:
    """Numbers that change whenever a practice, a profile or the gazetteer does."""
    counters = (DOCUMENTED_VERSION, "profile", LOADED_VERSION)
    found = dict(
        session.execute(select(Counter.name, Counter.value).where(col(Counter.name).in_(counters))).all()
    )
    return tuple(found.get(name, 0) for name in counters)


def by_keys(session: Session, keys: Sequence[str]) -> list[Precedent]:
    """The practices with these keys, in their order."""
    found = {one.key: one for one in session.exec(select(Precedent).where(col(Precedent.key).in_(keys)))}
    return [found[key] for key in keys if key in found]


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
