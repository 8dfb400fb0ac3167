"""Queries on suggestions as they were last made."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import Integer, cast, delete, exists, func, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from schemas.inputs import JsonObject
from service.db.bulk import changed_rows, pieces
from service.db.tables import Profile, StoredSuggestion, Subscription, SuggestionList
from service.profiles.repository import VALUES_PER_QUERY


def profiles_after(session: Session, number: int, limit: int) -> Sequence[Profile]:
    """The next profiles by number."""
    query = select(Profile).where(col(Profile.number) > number).order_by(col(Profile.number))
    return session.exec(query.limit(limit)).all()


def count_profiles(session: Session) -> int:
    """How many profiles there are."""
    return session.exec(select(func.count(col(Profile.number)))).one()


def floors(session: Session, version: int, rank: int) -> dict[str, float]:
    """By key, the score at this rank of every list of a ruleset that reaches so far."""
    query = (
        select(Profile.key, StoredSuggestion.score)
        .join(StoredSuggestion, col(StoredSuggestion.subject_number) == Profile.number)
        .where(StoredSuggestion.ruleset_version == version, StoredSuggestion.rank == rank)
    )
    return dict(session.execute(query).all())


def one_sided(session: Session, version: int) -> set[str]:
    """The keys of those on whose lists of a ruleset there is room for authorities of one side."""
    query = (
        select(Profile.key)
        .join(SuggestionList, col(SuggestionList.subject_number) == Profile.number)
        .where(SuggestionList.ruleset_version == version, col(SuggestionList.one_sided))
    )
    return set(session.exec(query))


def subjects_listing(session: Session, version: int, candidates: Iterable[int]) -> set[int]:
    """The numbers of those on whose lists under a ruleset one of these candidates stands."""
    wanted, found = list(candidates), set[int]()
    for some in pieces(wanted, VALUES_PER_QUERY):
        query = select(StoredSuggestion.subject_number).where(
            StoredSuggestion.ruleset_version == version, col(StoredSuggestion.candidate_number).in_(some)
        )
        found.update(session.exec(query.distinct()))
    return found


def numbers_by_key(session: Session, keys: Collection[str]) -> dict[str, int]:
    """The numbers of the profiles with these keys, as far as there are any."""
    wanted, found = list(keys), dict[str, int]()
    for some in pieces(wanted, VALUES_PER_QUERY):
        query = select(Profile.key, Profile.number).where(col(Profile.key).in_(some))
        found.update(session.execute(query).all())
    return found


class FormerSuggestion(NamedTuple):
    """Since when a candidate has stood on a list, and whether it was a programme that took no applications yet."""

    first_seen_at: datetime
    not_yet_open: bool


def former_suggestions(
    session: Session, subjects: Collection[int]
) -> dict[tuple[int, int], FormerSuggestion]:
    """What stands on the lists of these subjects, whatever the rules, by the numbers of subject and candidate."""
    query = (
        select(
            StoredSuggestion.subject_number,
            StoredSuggestion.candidate_number,
            func.min(col(StoredSuggestion.first_seen_at)),
            func.max(cast(col(StoredSuggestion.not_yet_open), Integer)),
        )
        .where(col(StoredSuggestion.subject_number).in_(subjects))
        .group_by(col(StoredSuggestion.subject_number), col(StoredSuggestion.candidate_number))
    )
    return {
        (subject, candidate): FormerSuggestion(seen, bool(waits))
        for subject, candidate, seen, waits in session.execute(query)
    }


def replace_lists(
    session: Session,
    version: int,
    subjects: Collection[int],
    lists: Sequence[SuggestionList],
    rows: list[JsonObject],
) -> None:
    """Put these lists in place of the former ones of these subjects under a ruleset."""
    for table in (StoredSuggestion, SuggestionList):
        of_these = (col(table.subject_number).in_(subjects), col(table.ruleset_version) == version)
        changed_rows(session, delete(table).where(*of_these))
    session.add_all(lists)
    session.flush()
    if rows:
        session.bulk_insert_mappings(StoredSuggestion.__mapper__, rows)  # type: ignore[attr-defined]  # SQLModel does not declare its mapper


def drop_some_lists(session: Session, version: int, limit: int) -> bool:
    """Drop the lists of ``limit`` subjects under a ruleset; whether there were any left."""
    found = False
    for table in (StoredSuggestion, SuggestionList):
        some = (
            select(table.subject_number)
            .where(table.ruleset_version == version)
            .order_by(col(table.subject_number))
            .limit(limit)
            .distinct()
        )
        of_these = (
            col(table.ruleset_version) == version,
            col(table.subject_number).in_(session.exec(some).all()),
        )
        found |= bool(changed_rows(session, delete(table).where(*of_these)))
    return found


def make_due_now(session: Session, subjects: Collection[int] | SelectOfScalar[int], now: datetime) -> int:
    """Make digests due now for those who want to hear immediately of new suggestions for these profiles."""
    owners = select(func.coalesce(Profile.owner_number, Profile.number)).where(
        col(Profile.number).in_(subjects)
    )
    due = (
        col(Subscription.frequency) == "immediately",
        col(Subscription.state) == "active",
        or_(col(Subscription.next_due_at).is_(None), col(Subscription.next_due_at) > now),
        col(Subscription.organisation_number).in_(owners),
    )
    return changed_rows(session, update(Subscription).where(*due).values(next_due_at=now))


def subjects_with_news(version: int, former: int) -> SelectOfScalar[int]:
    """Those who have somebody on their list under one ruleset whom they had not under the former one."""
    before = aliased(StoredSuggestion)
    had = exists().where(
        col(before.ruleset_version) == former,
        col(before.subject_number) == StoredSuggestion.subject_number,
        col(before.candidate_number) == StoredSuggestion.candidate_number,
    )
    return select(StoredSuggestion.subject_number).where(StoredSuggestion.ruleset_version == version, ~had)
