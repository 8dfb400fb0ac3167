"""Queries on documented practices."""

from collections.abc import Iterable, Sequence

from sqlmodel import Session, col, select

from service.db.counters import counter_values
from service.db.tables import Precedent, Profile
from service.profiles import repository as profiles
from service.vocabularies.territory_repository import LOADED_VERSION

DOCUMENTED_VERSION = "documented"
"""The counter that holds which version of the documented practices is loaded."""


def all_precedents(session: Session) -> Sequence[Precedent]:
    """All documented practices, by key."""
    return session.exec(select(Precedent).order_by(col(Precedent.key))).all()


def searched_version(session: Session) -> tuple[int, ...]:
    """Numbers that change whenever what practices are found by does: a practice, a profile or the gazetteer."""
    counters = counter_values(session)
    return tuple(counters.get(name, 0) for name in (DOCUMENTED_VERSION, "profile", LOADED_VERSION))


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


def published_actors(session: Session, precedents: Iterable[Precedent]) -> dict[str, Profile]:
    """The profiles of those who took part in these practices, as far as everybody may see them, by key."""
    keys = (key for precedent in precedents for key in precedent.document.get("profiles", ()))
    found = profiles.by_keys(session, keys)
    return {key: profile for key, profile in found.items() if profile.published}
