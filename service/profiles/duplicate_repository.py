"""Queries on pairs of profiles that may be the same, and on what profiles have in common."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import delete, func, insert, or_
from sqlmodel import Session, col, select

from service.db.bulk import pieces
from service.db.tables import Duplicate, ProfileLabel
from service.profiles.repository import VALUES_PER_QUERY

TOO_COMMON = 50
"""A label that more profiles share distinguishes none of them."""


def profiles_sharing(session: Session, labels: Iterable[str]) -> Mapping[tuple[str, str], list[int]]:
    """The numbers of the profiles of a kind that share each of these labels, unless it is too common."""
    sharing: dict[tuple[str, str], list[int]] = defaultdict(list)
    for some in pieces(sorted(labels), VALUES_PER_QUERY):
        rare = (
            select(ProfileLabel.label, ProfileLabel.kind)
            .where(col(ProfileLabel.label).in_(some))
            .group_by(col(ProfileLabel.label), col(ProfileLabel.kind))
            .having(func.count() <= TOO_COMMON)
            .subquery()
        )
        rows = select(ProfileLabel.label, ProfileLabel.kind, ProfileLabel.profile_number).join(
            rare, (rare.c.label == ProfileLabel.label) & (rare.c.kind == ProfileLabel.kind)
        )
        for label, kind, number in session.execute(rows):
            sharing[label, kind].append(number)
    return sharing


def known_pairs(session: Session, numbers: Sequence[int]) -> dict[tuple[int, int], Duplicate]:
    """The stored pairs with one of these profiles, by their numbers."""
    known = {}
    for some in pieces(sorted(numbers), VALUES_PER_QUERY // 2):
        touched = or_(col(Duplicate.first_number).in_(some), col(Duplicate.second_number).in_(some))
        for row in session.exec(select(Duplicate).where(touched)):
            known[row.first_number, row.second_number] = row
    return known


def add_pairs(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Store new pairs."""
    if rows:
        session.execute(insert(Duplicate), rows)
    session.flush()


def delete_pairs(session: Session, numbers: Sequence[int | None]) -> None:
    """Delete pairs by their numbers."""
    for some in pieces(numbers, VALUES_PER_QUERY):
        session.execute(delete(Duplicate).where(col(Duplicate.number).in_(some)))
