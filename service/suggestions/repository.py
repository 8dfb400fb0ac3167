"""Queries on what matching learns from: changed profiles, the track record, who waits for whose answer."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Exists, Row, Select, exists, func
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from schemas.partnerships import PartnershipState
from service.db.tables import (
    Corridor,
    Decision,
    Partnership,
    Profile,
    ProfileDeletion,
    StoredSuggestion,
    Territory,
)

INTERESTED, DECLINED = "interested", "declined"


def profiles_changed_since(session: Session, change: int) -> Iterator[Profile]:
    """Profiles changed after ``change``, in order of their changes, a few at a time."""
    query = select(Profile).where(col(Profile.change_number) > change).order_by(col(Profile.change_number))
    yield from session.exec(query.execution_options(yield_per=2_000))


def profiles_deleted_since(session: Session, change: int) -> Sequence[int]:
    """The numbers of profiles deleted after ``change``."""
    query = select(ProfileDeletion.profile_number).where(col(ProfileDeletion.change_number) > change)
    return session.exec(query).all()


def track_record(session: Session) -> Sequence[Row[int, int, str | None]]:
    """All confirmed partnerships as query number, candidate number, since."""
    query = select(Partnership.query_number, Partnership.candidate_number, Partnership.since).where(
        Partnership.state == PartnershipState.CONFIRMED
    )
    return session.execute(query.order_by(col(Partnership.number))).all()


def corridors(session: Session) -> Sequence[tuple[Territory, Territory, int | None]]:
    """The territories of origin and of residence of all known corridors, each pair once, with the largest stock."""
    origin, residence = aliased(Territory), aliased(Territory)
    stocks = (
        select(Corridor.origin, Corridor.residence, func.max(Corridor.stock).label("stock"))
        .group_by(col(Corridor.origin), col(Corridor.residence))
        .subquery()
    )
    query = (
        select(origin, residence, stocks.c.stock)
        .join(stocks, stocks.c.origin == origin.code)
        .join(residence, stocks.c.residence == residence.code)
        .order_by(col(origin.code), col(residence.code))
    )
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def together_since(session: Session, one: int, other: int) -> str | None:
    """Since when two profiles have worked together; empty when that is not recorded, ``None`` when they have not."""
    query = select(Partnership.since).where(
        Partnership.state == PartnershipState.CONFIRMED,
        ((col(Partnership.query_number) == one) & (col(Partnership.candidate_number) == other))
        | ((col(Partnership.query_number) == other) & (col(Partnership.candidate_number) == one)),
    )
    found = session.exec(query).all()
    return min((since for since in found if since), default="") if found else None


def partners_of(session: Session, number: int) -> set[int]:
    """The numbers of those with whom a profile works or has worked."""
    query = select(Partnership.query_number, Partnership.candidate_number).where(
        Partnership.state == PartnershipState.CONFIRMED,
        (col(Partnership.query_number) == number) | (col(Partnership.candidate_number) == number),
    )
    return {side for row in session.exec(query) for side in row} - {number}


def decisions_of(session: Session, subject: int) -> dict[int, Decision]:
    """What one subject decided, by the candidate's number."""
    query = select(Decision).where(Decision.subject_number == subject)
    return {decision.candidate_number: decision for decision in session.exec(query)}


def declined_by(session: Session, subject: int) -> set[str]:
    """The keys of those whom one subject has declined."""
    query = (
        select(Profile.key)
        .join(Decision, col(Decision.candidate_number) == Profile.number)
        .where(Decision.subject_number == subject, Decision.decision == DECLINED)
    )
    return set(session.exec(query))


def save_decision(session: Session, decision: Decision) -> None:
    """Store a decision in place of a former one on the same suggestion."""
    session.merge(decision)
    session.flush()


def waiting_for(session: Session, candidate: Profile) -> dict[str, str]:
    """The keys of those who wait for a profile's answer, each with the key of its organisation."""
    asked = _waiting().where(col(Decision.candidate_number) == candidate.number)
    return {key: organisation for key, organisation, _ in session.execute(asked)}


def who_waits(session: Session) -> dict[str, dict[str, str]]:
    """By key of who is asked, those who are interested and have no partnership with it yet, as of :func:`waiting_for`."""
    found: dict[str, dict[str, str]] = {}
    for one, organisation, other in session.execute(_waiting()):
        found.setdefault(other, {})[one] = organisation
    return found


def count_asked(session: Session, organisation: int, besides: int) -> int:
    """How many others wait to hear from those that an organisation, or what belongs to it, is interested in."""
    subject = aliased(Profile)
    asked = (
        select(col(Decision.candidate_number))
        .join(subject, col(subject.number) == Decision.subject_number)
        .where(
            (col(subject.number) == organisation) | (col(subject.owner_number) == organisation),
            col(Decision.candidate_number) != besides,
            Decision.decision == INTERESTED,
            ~_together(),
        )
        .distinct()
        .subquery()
    )
    return session.exec(select(func.count()).select_from(asked)).one()


def decided_or_listed(session: Session, subject: int, candidate: int) -> bool:
    """Whether a candidate stands in a subject's stored list, or was decided on before."""
    found = (
        select(col(table.candidate_number)).where(
            col(table.subject_number) == subject, col(table.candidate_number) == candidate
        )
        for table in (Decision, StoredSuggestion)
    )
    return any(session.exec(query.limit(1)).first() is not None for query in found)


def _waiting() -> Select[str, str, str]:
    subject, candidate, owner = aliased(Profile), aliased(Profile), aliased(Profile)
    return (
        select(col(subject.key), func.coalesce(col(owner.key), col(subject.key)), col(candidate.key))
        .select_from(Decision)
        .join(subject, col(subject.number) == Decision.subject_number)
        .join(candidate, col(candidate.number) == Decision.candidate_number)
        .outerjoin(owner, col(owner.number) == col(subject.owner_number))
        .where(Decision.decision == INTERESTED, ~_together())
    )


def _together() -> Exists:
    one, other = col(Partnership.query_number), col(Partnership.candidate_number)
    asking, asked = col(Decision.subject_number), col(Decision.candidate_number)
    either = ((one == asking) & (other == asked)) | ((one == asked) & (other == asking))
    return exists().where(col(Partnership.state) == PartnershipState.CONFIRMED, either)
