"""``GET /territories``: the gazetteer, searchable as one types."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from schemas.language import Language
from schemas.places import CountryCode, TerritoryCode
from schemas.profiles import Page
from schemas.translation import message
from service.db.session import ReadingSession
from service.db.tables import Territory
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import content_tag
from service.http.pages import Cursor, Limit, decode_cursor, page
from service.vocabularies import territory_repository as repository
from service.vocabularies.territories import find_territory, name_in, search_territories, territories_named

router = APIRouter(prefix="/territories", tags=["vocabularies"])


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


@router.get("", response_model=Page[TerritoryPublic])
def list_territories(
    request: Request,
    session: ReadingSession,
    q: Annotated[str | None, StringConstraints(min_length=1, max_length=200), Query()] = None,
    country: Annotated[CountryCode | None, Query()] = None,
    language: Annotated[Language | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Territories found by a name or its beginning; without ``q`` a country's subdivisions, or all countries."""
    spoken = language or language_of(request)
    if q is not None:
        found = search_territories(session, q, country, limit)
        return JSONResponse(
            {"items": _shown(session, found, spoken), "next_cursor": None}, headers=FOR_AN_HOUR
        )
    after = decode_cursor(cursor) if cursor else None
    rows = repository.children(session, country, after, limit + 1)
    shown = {item["code"]: item for item in _shown(session, rows, spoken)}
    listed = page(rows, limit, lambda row: row.code, lambda row: shown[row.code])
    return JSONResponse(listed, headers=FOR_AN_HOUR)


@router.get("/{code}", response_model=TerritoryPublic)
def read_territory(
    code: Annotated[TerritoryCode, Path()],
    request: Request,
    session: ReadingSession,
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """One territory by its code."""
    territory = find_territory(session, code)
    if territory is None:
        raise NotFound(message("There is no territory with this code."))
    shown = _shown(session, [territory], language or language_of(request))[0]
    return JSONResponse(shown, headers=FOR_AN_HOUR | {"ETag": content_tag(shown)})


def _shown(session: ReadingSession, territories: Any, language: Language) -> list[dict[str, Any]]:
    codes = {code for territory in territories for code in territory.path}
    names = territories_named(session, codes, language)
    return [_public(territory, names, language) for territory in territories]


def _public(territory: Territory, names: dict[str, str], language: Language) -> dict[str, Any]:
    return {
        "code": territory.code,
        "name": name_in(territory, language),
        "level": territory.level,
        "country": territory.country,
        "path": [{"code": code, "name": names[code]} for code in territory.path],
        "latitude": territory.latitude,
        "longitude": territory.longitude,
        "population": territory.population,
    }
