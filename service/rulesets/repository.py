"""Queries on rulesets.

Who asks for one to change it takes a turn: nobody else changes any until the commit. Row locks would not do: who has
waited for the row of the active ruleset would find that none is active any more, where another one has become it.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from service.audit.log import lock_log
from service.db.tables import Ruleset


def active(session: Session, *, to_change: bool = False) -> Ruleset | None:
    """The one active ruleset, if there is any yet; ``to_change`` keeps other writers off it until the commit."""
    query = select(Ruleset).where(Ruleset.state == "active")
    return session.exec(_asked(session, query, to_change)).first()


def by_id(session: Session, ruleset_id: UUID, *, to_change: bool = False) -> Ruleset | None:
    """The ruleset with this identifier; ``to_change`` keeps other writers off it until the commit."""
    query = select(Ruleset).where(Ruleset.id == ruleset_id)
    return session.exec(_asked(session, query, to_change)).first()


def scheduled(session: Session) -> Sequence[Ruleset]:
    """The rulesets that wait for their day, kept from other writers until the commit."""
    query = select(Ruleset).where(Ruleset.state == "scheduled").order_by(col(Ruleset.version))
    return session.exec(_asked(session, query, to_change=True)).all()


def by_version(session: Session, version: int) -> Ruleset | None:
    """The ruleset of this version."""
    return session.get(Ruleset, version)


def newest_of_key(session: Session, key: str, *, to_change: bool = False) -> Ruleset | None:
    """The newest ruleset that was put in as a file with this key."""
    query = select(Ruleset).where(Ruleset.key == key).order_by(col(Ruleset.version).desc()).limit(1)
    return session.exec(_asked(session, query, to_change)).first()


def newest_first(
    session: Session, before: int | None, limit: int, states: Sequence[str]
) -> Sequence[Ruleset]:
    """At most ``limit`` rulesets in one of ``states``, newest first, older than version ``before``."""
    query = select(Ruleset).where(col(Ruleset.state).in_(states)).order_by(col(Ruleset.version).desc())
    if before is not None:
        query = query.where(col(Ruleset.version) < before)
    return session.exec(query.limit(limit)).all()


def _asked(session: Session, query: SelectOfScalar[Ruleset], to_change: bool) -> SelectOfScalar[Ruleset]:
    if not to_change:
        return query
    lock_log(session)
    return query.execution_options(populate_existing=True)
