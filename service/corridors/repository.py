"""Queries on corridors."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session, col, select

from service.db.bulk import pieces
from service.db.tables import Corridor
from service.profiles.repository import VALUES_PER_QUERY

CORRIDORS_PER_QUERY = 1_000


def stored(session: Session, ends: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Corridor]:
    """The corridors that are stored among those with these ends and sources."""
    wanted = set(ends)
    found: dict[tuple[str, str, str], Corridor] = {}
    for some in pieces(sorted({origin for origin, _, _ in wanted}), VALUES_PER_QUERY):
        for row in session.exec(select(Corridor).where(col(Corridor.origin).in_(some))):
            key = (row.origin, row.residence, row.source)
            if key in wanted:
                found[key] = row
    return found


def all_corridors(session: Session) -> Iterator[Corridor]:
    """Every corridor, in order of its ends and source."""
    order = (col(Corridor.origin), col(Corridor.residence), col(Corridor.source))
    yield from session.exec(
        select(Corridor).order_by(*order).execution_options(yield_per=CORRIDORS_PER_QUERY)
    )
