"""Queries on profiles for matching, and on stored suggestions."""

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from sqlalchemy import Row, delete, func
from sqlmodel import Session, col, select

from service.db.tables import (
    Corridor,
    Counter,
    Decision,
    Partnership,
    Precedent,
    Profile,
    ProfileDeletion,
    SuggestionList,
)

CHUNK = 900
"""Numbers in one ``IN``: SQLite's old limit of 999 parameters, with room for others."""


def last_change(session: Session, sequence: str = "profile") -> int:
    """The last number that was handed out in a change sequence."""
    value = session.exec(select(Counter.value).where(Counter.name == sequence)).first()
    return value or 0


def profiles_changed_since(session: Session, change: int) -> Iterator[Profile]:
    """Profiles changed after ``change``, in order of their changes, a few at a time."""
    query = select(Profile).where(col(Profile.change_number) > change).order_by(col(Profile.change_number))
    yield from session.exec(query.execution_options(yield_per=2_000))


def profiles_deleted_since(session: Session, change: int) -> Sequence[int]:
    """The numbers of profiles deleted after ``change``."""
    query = select(ProfileDeletion.profile_number).where(col(ProfileDeletion.change_number) > change)
    return session.exec(query).all()


def profiles_by_number(session: Session, numbers: Iterable[int]) -> dict[int, Profile]:
    """The profiles with these numbers, as far as they still exist."""
    wanted = list(numbers)
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), CHUNK):
        query = select(Profile).where(col(Profile.number).in_(wanted[start : start + CHUNK]))
        found.update({profile.number or 0: profile for profile in session.exec(query)})
    return found


def track_record(session: Session) -> Sequence[Row[tuple[int, int, str | None]]]:
    """All partnerships as query number, candidate number, since."""
    query = select(Partnership.query_number, Partnership.candidate_number, Partnership.since)
    return session.execute(query.order_by(col(Partnership.number))).all()


def corridors(session: Session) -> Sequence[Corridor]:
    """All known corridors."""
    return session.exec(select(Corridor).order_by(col(Corridor.origin), col(Corridor.residence))).all()


def precedents(session: Session) -> Sequence[Precedent]:
    """All documented practices."""
    return session.exec(select(Precedent).order_by(col(Precedent.key))).all()


def stored_lists(session: Session, subject: int, version: int) -> dict[str, SuggestionList]:
    """The lists stored for one subject under one ruleset, by kind of candidate."""
    query = select(SuggestionList).where(
        SuggestionList.subject_number == subject, SuggestionList.ruleset_version == version
    )
    return {row.candidate_kind: row for row in session.exec(query)}


def subjects_listing(session: Session, kind: str, version: int) -> tuple[np.ndarray, np.ndarray, list[bytes]]:
    """Every stored list of candidates of ``kind``: subject numbers, thresholds, packed candidates."""
    query = select(
        SuggestionList.subject_number, SuggestionList.threshold, SuggestionList.candidates
    ).where(SuggestionList.candidate_kind == kind, SuggestionList.ruleset_version == version)
    rows = session.execute(query).all()
    subjects = np.array([row[0] for row in rows], dtype=np.int64)
    thresholds = np.array([row[1] for row in rows], dtype=np.float64)
    return subjects, thresholds, [row[2] for row in rows]


def replace_lists(session: Session, rows: Sequence[SuggestionList]) -> None:
    """Store these lists in place of the former ones of the same subjects, kinds and ruleset."""
    for row in rows:
        session.merge(row)


def forget_versions_before(session: Session, version: int) -> None:
    """Delete the lists of rulesets older than ``version``."""
    session.execute(delete(SuggestionList).where(col(SuggestionList.ruleset_version) < version))


def decisions_of(session: Session, subject: int) -> dict[int, Decision]:
    """What one subject decided, by the candidate's number."""
    query = select(Decision).where(Decision.subject_number == subject)
    return {decision.candidate_number: decision for decision in session.exec(query)}


def subject_numbers(session: Session, after: int, limit: int) -> Sequence[tuple[int, int]]:
    """Numbers and change numbers of at most ``limit`` profiles, in order, after number ``after``."""
    query = (
        select(Profile.number, Profile.change_number)
        .where(col(Profile.number) > after, col(Profile.published))
        .order_by(col(Profile.number))
        .limit(limit)
    )
    return [(number or 0, change) for number, change in session.execute(query).all()]


def count_profiles(session: Session) -> int:
    """How many published profiles there are."""
    return session.exec(select(func.count()).select_from(Profile).where(col(Profile.published))).one()


