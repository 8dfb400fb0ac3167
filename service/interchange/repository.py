"""Queries for exports: all records of a kind, a few at a time."""

from collections.abc import Iterator

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from schemas.inputs import JsonObject
from schemas.partnerships import PartnershipState
from service.db.tables import Partnership, Profile

ROWS_PER_QUERY = 1_000


def all_profiles(session: Session, kind: str) -> Iterator[tuple[str, JsonObject, bool]]:
    """Key, document and whether it is published, of every profile of a kind in order of number."""
    query = select(Profile.key, Profile.document, Profile.published).where(Profile.kind == kind)
    rows = session.execute(query.order_by(col(Profile.number)).execution_options(yield_per=ROWS_PER_QUERY))
    yield from ((row[0], row[1], row[2]) for row in rows)


def all_partnerships(session: Session) -> Iterator[tuple[str, str, str | None, str | None]]:
    """Both keys, since when and how it stands, of every confirmed partnership in order of number."""
    one, other = aliased(Profile), aliased(Profile)
    query = (
        select(one.key, other.key, Partnership.since, Partnership.status)
        .join(one, col(Partnership.query_number) == one.number)
        .join(other, col(Partnership.candidate_number) == other.number)
        .where(Partnership.state == PartnershipState.CONFIRMED)
        .order_by(col(Partnership.number))
    )
    rows = session.execute(query.execution_options(yield_per=ROWS_PER_QUERY))
    yield from ((row[0], row[1], row[2], row[3]) for row in rows)
