"""Whose lists are shown: those of one ruleset, all at once, from the moment they are whole.

A generation is all stored lists of one ruleset. The active ruleset's is made beside the one that is shown and takes
its place in one transaction. The one before it is kept, so that a rollback shows it again as it was.
"""

from sqlalchemy import delete, update
from sqlmodel import Session, col, select

from service.db.bulk import insert_if_absent
from service.db.tables import Generation

SHOWN_VERSION = select(Generation.ruleset_version).where(col(Generation.shown)).scalar_subquery()
"""The ruleset whose lists are shown, as part of a query."""


def shown_version(session: Session) -> int | None:
    """The version of the ruleset whose lists are shown; ``None`` before the first list is made."""
    return session.exec(select(Generation.ruleset_version).where(col(Generation.shown))).first()


def begin(session: Session, version: int) -> None:
    """Make place for the lists of a ruleset. The very first ones are shown as they come: there are none before them."""
    begun = {"ruleset_version": version, "shown": False, "whole": False}
    if shown_version(session) is None:
        insert_if_absent(session, Generation, begun | {"shown": True, "whole": True})
    # Lists of another ruleset may have been the very first meanwhile.
    insert_if_absent(session, Generation, begun)


def show(session: Session, version: int) -> None:
    """Show the lists of a ruleset, which are whole, in place of the former ones."""
    session.execute(update(Generation).where(col(Generation.shown)).values(shown=False))
    chosen = update(Generation).where(col(Generation.ruleset_version) == version)
    session.execute(chosen.values(shown=True, whole=True))


def show_again(session: Session, version: int) -> None:
    """Show the lists of a ruleset as they were when they were last shown, if they are still there."""
    kept = session.get(Generation, version)
    if kept is not None and kept.whole:
        show(session, version)


def give_up(session: Session, kept: set[int | None]) -> list[int]:
    """The rulesets besides those ``kept`` whose lists are stored and not shown; they will not be shown again."""
    query = select(Generation).where(
        col(Generation.ruleset_version).not_in(kept - {None}), ~col(Generation.shown)
    )
    found = session.exec(query).all()
    for generation in found:
        generation.whole = False
        session.add(generation)
    return [generation.ruleset_version for generation in found]


def forget(session: Session, version: int) -> None:
    """Drop a generation whose lists are gone."""
    session.execute(delete(Generation).where(col(Generation.ruleset_version) == version))
