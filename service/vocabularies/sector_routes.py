"""``GET /sectors`` and ``GET /priorities``: the field's vocabularies, in the caller's language."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import StringConstraints

from schemas.language import Language
from schemas.priorities import PRIORITIES
from schemas.profiles import Page
from schemas.sectors import search_sectors, sectors
from schemas.translation import message
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import content_tag
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Cursor, decode_cursor, page, whole_list
from service.http.parameters import WholeNumber
from service.vocabularies.views import PriorityPublic, SectorPublic, sector_view

router = GuardedRouter(tags=["vocabularies"])
SectorLimit = Annotated[WholeNumber, Query(ge=1, le=200, description="How many items a page holds.")]


@router.get("/sectors", dependencies=[FOR_AN_HOUR])
def list_sectors(
    request: Request,
    q: Annotated[str | None, StringConstraints(min_length=1, max_length=200), Query()] = None,
    language: Annotated[Language | None, Query()] = None,
    limit: SectorLimit = 100,
    cursor: Cursor = None,
) -> Page[SectorPublic]:
    """Sectors found by everyday words in any language; without ``q`` the whole tree in order of codes."""
    spoken = language or language_of(request)
    if q is not None:
        found = search_sectors(q, spoken, limit)
        return whole_list(Page[SectorPublic], [sector_view(sector, spoken) for sector in found])
    after = decode_cursor(cursor) if cursor else ""
    tree = [sectors()[code] for code in sorted(sectors()) if code > after]
    return page(
        Page[SectorPublic],
        tree[: limit + 1],
        limit,
        lambda sector: sector.code,
        lambda sector: sector_view(sector, spoken),
    )


@router.get("/sectors/{code}", dependencies=[FOR_AN_HOUR])
def read_sector(
    code: Annotated[str, Path(pattern="^[0-9]{3}([0-9]{2})?$")],
    request: Request,
    response: Response,
    language: Annotated[Language | None, Query()] = None,
) -> SectorPublic:
    """One sector by its DAC code."""
    if code not in sectors():
        raise NotFound(message("There is no sector with this code."))
    view = sector_view(sectors()[code], language or language_of(request))
    response.headers["ETag"] = content_tag(view)
    return view


@router.get("/priorities", dependencies=[FOR_AN_HOUR])
def list_priorities(
    request: Request, language: Annotated[Language | None, Query()] = None
) -> Page[PriorityPublic]:
    """The four priorities."""
    spoken = language or language_of(request)
    items = [
        PriorityPublic(
            key=priority.key, name=priority.names[spoken], description=priority.descriptions[spoken]
        )
        for priority in PRIORITIES.values()
    ]
    return whole_list(Page[PriorityPublic], items)
