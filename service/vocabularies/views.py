"""Territories, sectors and priorities as their readers see them, in their language."""

from collections.abc import Sequence

from pydantic import BaseModel
from sqlmodel import Session

from schemas.language import Language
from schemas.places import TerritoryCode
from schemas.sectors import Sector
from service.db.tables import Territory
from service.vocabularies.territories import name_in, territories_named


class TerritoryStep(BaseModel):
    """A territory on the way from the country down."""

    code: TerritoryCode
    name: str


class TerritoryPublic(BaseModel):
    """A territory with its name in the caller's language and everything it lies in."""

    code: TerritoryCode
    name: str
    level: str
    country: str
    path: list[TerritoryStep]
    latitude: float | None
    longitude: float | None
    population: int | None


class SectorPublic(BaseModel):
    """A DAC category (three digits) or purpose (five digits)."""

    code: str
    key: str
    parent: str | None
    name: str
    names: dict[Language, str]
    words: list[str]


class PriorityPublic(BaseModel):
    """One of the four priorities."""

    key: str
    name: str
    description: str


def territory_views(
    session: Session, territories: Sequence[Territory], language: Language
) -> list[TerritoryPublic]:
    """Territories in this order; one query for the names of all that they lie in."""
    codes = {code for territory in territories for code in territory.path}
    names = territories_named(session, codes, language)
    return [_territory_view(territory, names, language) for territory in territories]


def _territory_view(territory: Territory, names: dict[str, str], language: Language) -> TerritoryPublic:
    return TerritoryPublic(
        code=territory.code,
        name=name_in(territory, language),
        level=territory.level,
        country=territory.country,
        path=[TerritoryStep(code=code, name=names[code]) for code in territory.path],
        latitude=territory.latitude,
        longitude=territory.longitude,
        population=territory.population,
    )


def sector_view(sector: Sector, language: Language) -> SectorPublic:
    """A sector."""
    return SectorPublic(
        code=sector.code,
        key=sector.key,
        parent=sector.parent,
        name=sector.names[language],
        names=dict(sector.names),
        words=list(sector.words[language]),
    )
