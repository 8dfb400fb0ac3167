"""Queries on pairs that may be the same, and on what hangs on a profile that is merged."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import aliased
from sqlmodel import Session, SQLModel, col, or_, select

from service.db.tables import (
    ApiToken,
    Decision,
    Digest,
    DigestItem,
    Duplicate,
    MergedProfile,
    Partnership,
    Profile,
    Subscription,
)

DuplicatePair = tuple[Duplicate, Profile, Profile]
First = aliased(Profile)
Second = aliased(Profile)
TIES: tuple[tuple[type[SQLModel], str, str], ...] = (
    (Partnership, "query_number", "candidate_number"),
    (Decision, "subject_number", "candidate_number"),
    (DigestItem, "subject_number", "candidate_number"),
    (Duplicate, "first_number", "second_number"),
)
"""Tables whose rows tie two profiles, with the columns that name them."""
BELONGINGS: tuple[tuple[type[SQLModel], str], ...] = (
    (Profile, "owner_number"),
    (ApiToken, "organisation_number"),
    (MergedProfile, "into_number"),
)
"""Tables whose rows belong to one profile, with the column that names it."""


def listed(session: Session, state: str | None, after: int | None, limit: int) -> Sequence[DuplicatePair]:
    """Pairs in this state after number ``after``."""
    query = _with_sides().order_by(col(Duplicate.number)).limit(limit)
    if state is not None:
        query = query.where(col(Duplicate.state) == state)
    if after is not None:
        query = query.where(col(Duplicate.number) > after)
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def by_id(session: Session, duplicate_id: UUID, *, to_change: bool = False) -> DuplicatePair | None:
    """The pair with this identifier; ``to_change`` keeps other writers off it until the commit."""
    query = _with_sides().where(col(Duplicate.id) == duplicate_id)
    row = session.execute(query.with_for_update(of=Duplicate) if to_change else query).first()
    return (row[0], row[1], row[2]) if row else None


def tied(session: Session, table: type[SQLModel], sides: tuple[str, str], number: int) -> Sequence[Any]:
    """All rows of a table that tie this profile to others."""
    one, other = (getattr(table, side) for side in sides)
    return session.exec(select(table).where(or_(one == number, other == number))).all()


def merged_into(session: Session, number: int) -> Sequence[MergedProfile]:
    """The profiles that were merged into this one, the latest first."""
    query = select(MergedProfile).where(MergedProfile.into_number == number)
    return session.exec(query.order_by(col(MergedProfile.merged_at).desc(), col(MergedProfile.id))).all()


def _with_sides() -> Any:
    return (
        select(Duplicate, First, Second)
        .join(First, col(First.number) == Duplicate.first_number)
        .join(Second, col(Second.number) == Duplicate.second_number)
    )


def lock_profiles(session: Session, numbers: Iterable[int]) -> list[Profile]:
    """These profiles in the order of their numbers; until the commit only references to them can be added."""
    query = select(Profile).where(col(Profile.number).in_(sorted(numbers))).order_by(col(Profile.number))
    return list(session.exec(query.with_for_update(key_share=True)))


def digests_of(session: Session, subscription: Subscription) -> Sequence[Digest]:
    """The digests of a subscription, the oldest first."""
    query = select(Digest).where(Digest.subscription_id == subscription.id).order_by(col(Digest.created_at))
    return session.exec(query).all()


def move_belongings(session: Session, keep: int, gone: int) -> None:
    """Give the projects of a profile, its tokens, and what was merged into it before to another."""
    for table, name in BELONGINGS:
        statement = update(table).where(getattr(table, name) == gone).values({name: keep})
        session.execute(statement, execution_options={"synchronize_session": False})
