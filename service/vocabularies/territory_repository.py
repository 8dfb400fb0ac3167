"""Queries on the gazetteer."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence

from sqlalchemy import Row
from sqlmodel import Session, col, select

from service.db.bulk import pieces
from service.db.tables import Territory, TerritoryName

MAX_PARAMETERS = 900
COUNTRY_WEIGHT = 10**12
ADMINISTRATIVE_WEIGHT = 10**10
"""What countries and subdivisions weigh beside their inhabitants; no locality has as many."""
FIRST_OF_UNIT = 10
"""The rank of the name of a former or everyday unit, for the first of the territories that cover it."""
LOADED_VERSION = "territories"
"""The counter that holds which version of the gazetteer is loaded."""
Spelling = Row[str, str, int]
NamedTerritory = Row[Territory, int, int, str]


def inhabitants(weight: int) -> int:
    """How many live in a territory of this weight, as far as is known: a country's are not counted."""
    return weight % ADMINISTRATIVE_WEIGHT


def by_code(session: Session, code: str) -> Territory | None:
    """The territory with this code."""
    return session.get(Territory, code)


def by_codes(session: Session, codes: Iterable[str]) -> dict[str, Territory]:
    """The territories with these codes, as far as they exist."""
    wanted = sorted(set(codes))
    found: dict[str, Territory] = {}
    for some in pieces(wanted, MAX_PARAMETERS):
        rows = session.exec(select(Territory).where(col(Territory.code).in_(some)))
        found.update({territory.code: territory for territory in rows})
    return found


def named(session: Session, country: str, spellings: Sequence[str]) -> Iterator[NamedTerritory]:
    """Territories of a country that are spelt like one of these, with rank and weight of that spelling, and the spelling."""
    query = (
        select(Territory, TerritoryName.rank, TerritoryName.weight, TerritoryName.folded)
        .join(TerritoryName, col(TerritoryName.territory_code) == Territory.code)
        .order_by(col(Territory.code), col(TerritoryName.folded))
    )
    for some in pieces(spellings, MAX_PARAMETERS):
        of_country = query.where(TerritoryName.country == country, col(TerritoryName.folded).in_(some))
        yield from session.execute(of_country)


def codes_named(session: Session, names: Collection[str], limit: int) -> dict[str, list[str]]:
    """The codes of the territories that are spelt like each of these in any country, the ``limit`` weightiest first."""
    found: dict[str, list[str]] = defaultdict(list)
    query = select(TerritoryName.folded, TerritoryName.territory_code)
    ordered = query.order_by(col(TerritoryName.weight).desc(), col(TerritoryName.territory_code))
    for some in pieces(sorted(names), MAX_PARAMETERS):
        for name, code in session.execute(ordered.where(col(TerritoryName.folded).in_(some))):
            if len(found[name]) < limit:
                found[name].append(code)
    return found


def administrative_names(session: Session, country: str | None) -> Sequence[Spelling]:
    """Every spelling of the subdivisions of a country, or of all countries and subdivisions, with codes and weights."""
    query = select(TerritoryName.folded, TerritoryName.territory_code, TerritoryName.weight).where(
        col(TerritoryName.weight) >= ADMINISTRATIVE_WEIGHT
    )
    if country is not None:
        query = query.where(TerritoryName.country == country)
    return session.execute(query).all()


def names_beginning(session: Session, country: str, beginning: str) -> Sequence[Spelling]:
    """Every spelling in a country that begins like this, with codes and weights."""
    query = select(TerritoryName.folded, TerritoryName.territory_code, TerritoryName.weight).where(
        TerritoryName.country == country,
        col(TerritoryName.folded) >= beginning,
        col(TerritoryName.folded) < after(beginning),
    )
    return session.execute(query).all()


def completing(
    session: Session, beginning: str, country: str | None, least_weight: int, limit: int
) -> Sequence[Territory]:
    """Territories with a name that begins like this and of at least this weight, the weightiest first."""
    query = select(
        TerritoryName.territory_code, TerritoryName.weight, TerritoryName.rank, TerritoryName.folded
    ).where(
        col(TerritoryName.folded) >= beginning,
        col(TerritoryName.folded) < after(beginning),
        col(TerritoryName.weight) >= least_weight,
    )
    if country is not None:
        query = query.where(TerritoryName.country == country)
    exact = col(TerritoryName.folded) == beginning
    ordered = query.order_by(
        exact.desc(), col(TerritoryName.weight).desc(), col(TerritoryName.territory_code)
    )
    codes = list(dict.fromkeys(row[0] for row in session.execute(ordered.limit(4 * limit))))[:limit]
    found = by_codes(session, codes)
    return [found[code] for code in codes]


def after(beginning: str) -> str:
    """The first string after all that begin like this, byte by byte."""
    return beginning[:-1] + chr(ord(beginning[-1]) + 1)


def children(session: Session, parent: str | None, after_code: str | None, limit: int) -> Sequence[Territory]:
    """Territories directly below ``parent``, or all countries, in order of their codes."""
    query = select(Territory).where(Territory.parent == parent)
    if parent is not None:
        query = query.where(Territory.level == "subdivision")
    if after_code is not None:
        query = query.where(col(Territory.code) > after_code)
    return session.exec(query.order_by(col(Territory.code)).limit(limit)).all()
