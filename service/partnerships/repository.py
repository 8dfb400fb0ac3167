"""Queries on the track record."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.orm import aliased
from sqlmodel import Session, and_, col, or_, select

from schemas.partnerships import PartnershipState
from service.db.bulk import pieces
from service.db.tables import Partnership, Profile
from service.profiles.repository import VALUES_PER_QUERY

PARTNERSHIP_CHANGES = "partnership"
"""The sequence that counts changes of the track record."""
FoundPartnership = tuple[Partnership, Profile, Profile]
"""A partnership with both its sides."""

Query = aliased(Profile)
Candidate = aliased(Profile)


def listed(
    session: Session,
    *,
    of: int | None,
    state: str | None,
    after: int | None,
    limit: int,
    seen_by: int | None,
    everything: bool,
) -> Sequence[FoundPartnership]:
    """Partnerships in order of number, of one profile if ``of`` is given, in one ``state`` if that is.

    Unless ``everything`` is asked for, both sides must be published, or be profile ``seen_by``; and what is not confirmed is
    shown to those who speak for one of the two.
    """
    query = _with_sides().order_by(col(Partnership.number)).limit(limit)
    if of is not None:
        query = query.where(or_(Partnership.query_number == of, Partnership.candidate_number == of))
    if state is not None:
        query = query.where(Partnership.state == state)
    if after is not None:
        query = query.where(col(Partnership.number) > after)
    if not everything:
        query = query.where(*(_visible(side, seen_by) for side in (Query, Candidate)))
        concerned = [_belongs(side, seen_by) for side in (Query, Candidate)] if seen_by is not None else []
        query = query.where(or_(Partnership.state == PartnershipState.CONFIRMED, *concerned))
    return [(row[0], row[1], row[2]) for row in session.execute(query)]


def unanswered(session: Session, organisation: int) -> Sequence[FoundPartnership]:
    """The partnerships that published profiles have named with an organisation or its projects and programmes, and that it
    has neither confirmed nor denied, the oldest first."""
    # Found by the numbers of one side, then of the other: each has an index, and every digest asks.
    own = select(Profile.number).where(_belongs(Profile, organisation))
    sides = (
        ("query", Query, col(Partnership.candidate_number)),
        ("candidate", Candidate, col(Partnership.query_number)),
    )
    found: list[FoundPartnership] = []
    for named_by, other, number in sides:
        named = (Partnership.state == PartnershipState.NAMED) & (Partnership.named_by == named_by)
        query = _with_sides().where(number.in_(own), named, col(other.published))
        found += [(row[0], row[1], row[2]) for row in session.execute(query)]
    return sorted(found, key=lambda each: (each[0].updated_at, each[0].number or 0))


def to_change(session: Session, partnership_id: UUID) -> FoundPartnership | None:
    """The partnership with this identifier; other writers are kept off it until the commit."""
    query = _with_sides().where(col(Partnership.id) == partnership_id)
    row = session.execute(query.with_for_update(of=Partnership)).first()
    return (row[0], row[1], row[2]) if row else None


def between(session: Session, query: int, candidate: int) -> Partnership | None:
    """The partnership recorded between these two profiles, in either direction."""
    ends = (col(Partnership.query_number), col(Partnership.candidate_number))
    either = [
        and_(ends[0] == one, ends[1] == other) for one, other in ((query, candidate), (candidate, query))
    ]
    return session.exec(select(Partnership).where(or_(*either))).first()


def of_queries(session: Session, queries: Iterable[int]) -> Iterator[Partnership]:
    """All partnerships in which one of these profiles looked for the other."""
    wanted = sorted(set(queries))
    for some in pieces(wanted, VALUES_PER_QUERY):
        yield from session.exec(select(Partnership).where(col(Partnership.query_number).in_(some)))


def _with_sides() -> Any:
    return (
        select(Partnership, Query, Candidate)
        .join(Query, col(Query.number) == Partnership.query_number)
        .join(Candidate, col(Candidate.number) == Partnership.candidate_number)
    )


def _visible(side: type[Profile], seen_by: int | None) -> Any:
    published = col(side.published)
    return published if seen_by is None else published | _belongs(side, seen_by)


def _belongs(side: type[Profile], organisation: int) -> Any:
    return (col(side.number) == organisation) | (col(side.owner_number) == organisation)
