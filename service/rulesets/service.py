"""Stored rulesets: which one is active, and the one that somebody asks for."""

from collections.abc import Collection
from uuid import UUID

from sqlmodel import Session

from schemas.translation import message
from service.db.tables import Ruleset
from service.errors import NotFound
from service.rulesets import repository


def active_ruleset(session: Session) -> Ruleset:
    """The active ruleset; raises ``NotFound`` before the first start has made one."""
    found = repository.active(session)
    if found is None:
        raise NotFound(message("No ruleset is active yet. Run: passerelle db upgrade"))
    return found


def find_ruleset(
    session: Session, ruleset_id: UUID, states: Collection[str] | None = None, *, to_change: bool = False
) -> Ruleset:
    """The ruleset with this identifier, in one of ``states`` if any are named; raises ``NotFound``.

    Ask for it ``to_change`` before you change it.
    """
    found = repository.by_id(session, ruleset_id, to_change=to_change)
    if found is None or (states is not None and found.state not in states):
        raise NotFound(message("There is no ruleset with this identifier."))
    return found


def find_version(session: Session, version: int) -> Ruleset:
    """The ruleset of a version that is known to exist."""
    found = repository.by_version(session, version)
    if found is None:
        raise NotFound(message("There is no ruleset with this identifier."))
    return found
