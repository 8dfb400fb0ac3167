"""Queries on profiles, their labels and the order of their changes."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import delete, insert, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, func, select

from schemas.inputs import JsonObject
from schemas.kinds import Kind
from schemas.search_terms import QueryTerm
from service.db.bulk import insert_rows, pieces
from service.db.tables import MergedProfile, Profile, ProfileDeletion, ProfileLabel, StoredSuggestion
from service.db.text_search import matching_numbers
from service.profiles.keys import sender_key


class Head(NamedTuple):
    """What has to be known of a stored profile before it is overwritten."""

    number: int
    key: str
    kind: str
    record_hash: str
    published: bool
    version: int
    confirmed_at: datetime | None = None
    merged_into: str | None = None
    """The key of the profile that this one was merged into; ``number`` is that one's."""


VALUES_PER_QUERY = 900
"""Values in one ``IN``: SQLite's old limit of 999 parameters, with room for others."""


def by_id(session: Session, kind: str, profile_id: UUID, *, to_change: bool = False) -> Profile | None:
    """The profile of this kind with this identifier; ``to_change`` keeps other writers off it until the commit."""
    query = select(Profile).where(Profile.id == profile_id, Profile.kind == kind)
    return session.exec(query.with_for_update() if to_change else query).first()


def stored(session: Session, profile_id: UUID) -> Profile:
    """The profile with this identifier, which is known to exist."""
    return session.exec(select(Profile).where(Profile.id == profile_id)).one()


def by_key(session: Session, key: str) -> Profile | None:
    """The profile with this key, or the one that a profile with this key was merged into."""
    found = session.exec(select(Profile).where(Profile.key == key)).first()
    return found or _merged_into(session, MergedProfile.key == key)


def merged_into(session: Session, kind: str, profile_id: UUID) -> Profile | None:
    """The profile that the one with this identifier was merged into."""
    return _merged_into(session, (MergedProfile.id == profile_id) & (MergedProfile.kind == kind))


def _merged_into(session: Session, condition: Any) -> Profile | None:
    query = select(Profile).join(MergedProfile, col(MergedProfile.into_number) == Profile.number)
    return session.exec(query.where(condition)).first()


def own_by_key(session: Session, key: str, organisation: int) -> Profile | None:
    """The profile of an organisation, or that organisation, to which it gave this key although another has it."""
    own = (col(Profile.number) == organisation) | (col(Profile.owner_number) == organisation)
    found = session.exec(select(Profile).where(own, col(Profile.key).startswith(f"{key}~", autoescape=True)))
    return next((profile for profile in found if sender_key(profile.key) == key), None)


def by_keys(session: Session, keys: Iterable[str]) -> dict[str, Profile]:
    """The profiles with these keys, as far as there are any."""
    wanted = list(dict.fromkeys(keys))
    found: dict[str, Profile] = {}
    for some in pieces(wanted, VALUES_PER_QUERY):
        rows = session.exec(select(Profile).where(col(Profile.key).in_(some)))
        found.update({profile.key: profile for profile in rows})
    return found


def heads_by_key(session: Session, keys: Iterable[str], *, to_change: bool = False) -> dict[str, "Head"]:
    """What has to be known of these profiles before they are overwritten; ``to_change`` keeps other writers off.

    A key whose profile was merged stands for that one as it was, with the number of the one that remains.
    """
    wanted = list(dict.fromkeys(keys))
    columns = (
        Profile.number,
        Profile.key,
        Profile.kind,
        Profile.record_hash,
        Profile.published,
        Profile.version,
        Profile.confirmed_at,
    )
    found: dict[str, Head] = {}
    for some in pieces(wanted, VALUES_PER_QUERY):
        query = select(*columns).where(col(Profile.key).in_(some))  # type: ignore[call-overload]  # seven columns
        if to_change:
            query = query.order_by(col(Profile.number)).with_for_update()
        found.update({row.key: Head(*row) for row in session.execute(query)})
    return found | _merged_heads(session, [key for key in wanted if key not in found])


def _merged_heads(session: Session, keys: Sequence[str]) -> dict[str, Head]:
    found = {}
    for some in pieces(keys, VALUES_PER_QUERY):
        query = (
            select(MergedProfile, Profile)
            .join(Profile, col(Profile.number) == MergedProfile.into_number)
            .where(col(MergedProfile.key).in_(some))
        )
        for was, remains in session.exec(query):
            found[was.key] = Head(
                remains.number or 0,
                was.key,
                was.kind,
                was.record_hash,
                remains.published,
                remains.version,
                merged_into=remains.key,
            )
    return found


def by_numbers(session: Session, numbers: Iterable[int]) -> dict[int, Profile]:
    """The profiles with these numbers, as far as they still exist."""
    wanted = list(dict.fromkeys(numbers))
    found: dict[int, Profile] = {}
    for some in pieces(wanted, VALUES_PER_QUERY):
        rows = session.exec(select(Profile).where(col(Profile.number).in_(some)))
        found.update({profile.number or 0: profile for profile in rows})
    return found


def keep(session: Session, numbers: Iterable[int]) -> set[int]:
    """Which of these profiles there are; they cannot be deleted until the commit. Taken in the order of writers."""
    wanted, found = sorted(numbers), set[int]()
    for some in pieces(wanted, VALUES_PER_QUERY):
        query = select(Profile.number).where(col(Profile.number).in_(some))
        ordered = query.order_by(col(Profile.number)).with_for_update(read=True, key_share=True)
        found.update(number or 0 for number in session.exec(ordered))
    return found


def hold(session: Session, numbers: Iterable[int]) -> None:
    """Keep other writers off these profiles until the commit. Taken in the order of writers."""
    query = select(Profile.number).where(col(Profile.number).in_(sorted(numbers)))
    session.exec(query.order_by(col(Profile.number)).with_for_update()).all()


def numbers_of_organisation(session: Session, organisation: int) -> Sequence[int]:
    """The number of an organisation, and those of its projects and programmes."""
    own = (col(Profile.number) == organisation) | (col(Profile.owner_number) == organisation)
    return [number or 0 for number in session.exec(select(Profile.number).where(own))]


def count_owned(session: Session, kind: Kind, owner: int) -> int:
    """How many profiles of a kind belong to an organisation."""
    query = select(func.count()).select_from(Profile)
    return session.exec(query.where(Profile.kind == kind, Profile.owner_number == owner)).one()


def listed(  # noqa: PLR0913 - each narrows the list by itself
    session: Session,
    kind: str,
    *,
    labels: Sequence[str],
    terms: Sequence[QueryTerm] | None,
    key: str | None,
    after: int | None,
    limit: int,
    unpublished_of: int | None,
) -> Sequence[Profile]:
    """Profiles of a kind with all of these labels and terms, by number, after number ``after``.

    Unpublished ones are left out, but for those that belong to profile ``unpublished_of``.
    """
    query = select(Profile).where(Profile.kind == kind)
    order: Any = col(Profile.number)
    for label in labels:
        row = _alias()
        query = query.join(row, row.c.profile_number == order).where(row.c.label == label, row.c.kind == kind)
        order = row.c.profile_number
    if terms is not None:
        query = query.where(matching_numbers(session, terms))
    if key is not None:
        query = query.where(Profile.key == key)
    if after is not None:
        query = query.where(order > after)
    visible = col(Profile.published)
    if unpublished_of is not None:
        visible = visible | (col(Profile.owner_number) == unpublished_of) | (order == unpublished_of)
    return session.exec(query.where(visible).order_by(order).limit(limit)).all()


def _alias() -> Any:
    return ProfileLabel.__table__.alias()  # type: ignore[attr-defined]  # SQLModel does not declare its table


def insert_profiles(session: Session, rows: list[JsonObject]) -> dict[str, int]:
    """Insert many profiles at once; their numbers by key."""
    if not rows:
        return {}
    statement = insert(Profile).returning(col(Profile.key), col(Profile.number), sort_by_parameter_order=True)
    return dict(session.execute(statement, rows).all())


def update_profiles(session: Session, rows: list[JsonObject]) -> None:
    """Overwrite columns of many profiles at once; each row holds its ``number``."""
    names = {tuple(row) for row in rows}
    for columns in names:
        session.execute(update(Profile), [row for row in rows if tuple(row) == columns])


def greatest_number(session: Session) -> int:
    """The number of the profile that was stored last; 0 without any."""
    return session.exec(select(func.max(Profile.number))).one() or 0


def after_number(session: Session, number: int, limit: int) -> Sequence[Profile]:
    """The next profiles after this number, to be changed."""
    query = select(Profile).where(col(Profile.number) > number)
    return session.exec(query.order_by(col(Profile.number)).limit(limit).with_for_update()).all()


def adopt_projects(session: Session) -> None:
    """Give each project without an owner the association that it names by key, if there is one by now."""
    association = aliased(Profile)
    named = col(Profile.document)["association"].as_string()
    owner = (
        select(association.number)
        .where(association.kind == Kind.ASSOCIATION.value, association.key == named)
        .scalar_subquery()
    )
    orphans = (col(Profile.kind) == Kind.PROJECT.value, col(Profile.owner_number).is_(None))
    session.execute(
        update(Profile).where(*orphans, owner.is_not(None)).values(owner_number=owner),
        execution_options={"synchronize_session": False},
    )


def add_labels(session: Session, labels: dict[int, tuple[str, set[str]]]) -> None:
    """Give each profile, by number, these labels of its kind; it must have had none."""
    rows = ((label, kind, number) for number, (kind, names) in labels.items() for label in sorted(names))
    insert_rows(session, "profile_label", ("label", "kind", "profile_number"), rows)


def forget_labels(session: Session, numbers: Iterable[int]) -> None:
    """Remove all labels of these profiles."""
    wanted = list(numbers)
    for some in pieces(wanted, VALUES_PER_QUERY):
        session.execute(delete(ProfileLabel).where(col(ProfileLabel.profile_number).in_(some)))


def listing(session: Session, number: int) -> Sequence[int]:
    """The numbers of the profiles on whose stored lists this one stands."""
    query = select(StoredSuggestion.subject_number).where(StoredSuggestion.candidate_number == number)
    return session.exec(query.distinct()).all()


def delete_profile(session: Session, profile: Profile, change_number: int) -> None:
    """Delete a profile and leave word of it for those who hold a copy."""
    session.add(
        ProfileDeletion(change_number=change_number, profile_number=profile.number or 0, kind=profile.kind)
    )
    session.execute(delete(Profile).where(col(Profile.number) == profile.number))


def by_id_or_key(session: Session, given: str) -> Profile | None:
    """The profile with this identifier, or else with this key; also those of a profile that was merged into it."""
    try:
        identifier = UUID(given)
    except ValueError:
        return by_key(session, given)
    found = session.exec(select(Profile).where(Profile.id == identifier)).first()
    return found or _merged_into(session, MergedProfile.id == identifier) or by_key(session, given)
