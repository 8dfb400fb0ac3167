"""``GET /territories``: the gazetteer, searchable as one types."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import StringConstraints

from schemas.language import Language
from schemas.places import CountryCode, TerritoryCode
from schemas.profiles import Page
from schemas.translation import message
from service.db.session import ReadingSession
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import content_tag
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Cursor, Limit, decode_cursor, page, whole_list
from service.vocabularies import territory_repository as repository
from service.vocabularies.territories import find_territory, search_territories
from service.vocabularies.views import TerritoryPublic, territory_views

router = GuardedRouter(prefix="/territories", tags=["vocabularies"])


@router.get("", dependencies=[FOR_AN_HOUR])
def list_territories(
    request: Request,
    session: ReadingSession,
    q: Annotated[str | None, StringConstraints(min_length=1, max_length=200), Query()] = None,
    country: Annotated[CountryCode | None, Query()] = None,
    language: Annotated[Language | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[TerritoryPublic]:
    """Territories found by a name or its beginning; without ``q`` a country's subdivisions, or all countries."""
    spoken = language or language_of(request)
    if q is not None:
        found = search_territories(session, q, country, limit)
        return whole_list(Page[TerritoryPublic], territory_views(session, found, spoken))
    after = decode_cursor(cursor) if cursor else None
    rows = repository.children(session, country, after, limit + 1)
    views = {view.code: view for view in territory_views(session, rows, spoken)}
    return page(Page[TerritoryPublic], rows, limit, lambda row: row.code, lambda row: views[row.code])


@router.get("/{code}", dependencies=[FOR_AN_HOUR])
def read_territory(
    code: Annotated[TerritoryCode, Path()],
    request: Request,
    response: Response,
    session: ReadingSession,
    language: Annotated[Language | None, Query()] = None,
) -> TerritoryPublic:
    """One territory by its code."""
    territory = find_territory(session, code)
    if territory is None:
        raise NotFound(message("There is no territory with this code."))
    [view] = territory_views(session, [territory], language or language_of(request))
    response.headers["ETag"] = content_tag(view)
    return view
