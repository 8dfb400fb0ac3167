"""``GET /sectors`` and ``GET /priorities``: the field's vocabularies, in the caller's language."""

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, StringConstraints

from schemas.language import Language
from schemas.priorities import PRIORITIES
from schemas.profiles import Page
from schemas.sectors import Sector, search_sectors, sectors
from schemas.translation import message
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import content_tag
from service.http.pages import Cursor, decode_cursor, page

router = APIRouter(tags=["vocabularies"])
SectorLimit = Annotated[int, Query(ge=1, le=200, description="How many items a page holds.")]


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


@router.get("/sectors", response_model=Page[SectorPublic])
def list_sectors(
    request: Request,
    q: Annotated[str | None, StringConstraints(min_length=1, max_length=200), Query()] = None,
    language: Annotated[Language | None, Query()] = None,
    limit: SectorLimit = 100,
    cursor: Cursor = None,
) -> Response:
    """Sectors found by everyday words in any language; without ``q`` the whole tree in order of codes."""
    spoken = language or language_of(request)
    if q is not None:
        found: Sequence[Sector] = search_sectors(q, spoken, limit)
        shown = {"items": [_shown(sector, spoken) for sector in found], "next_cursor": None}
        return JSONResponse(shown, headers=FOR_AN_HOUR)
    after = decode_cursor(cursor) if cursor else ""
    tree = [sectors()[code] for code in sorted(sectors()) if code > after]
    listed = page(tree[: limit + 1], limit, lambda item: item.code, lambda item: _shown(item, spoken))
    return JSONResponse(listed, headers=FOR_AN_HOUR)


@router.get("/sectors/{code}", response_model=SectorPublic)
def read_sector(
    code: Annotated[str, Path(pattern=r"^\d{3}(\d{2})?$")],
    request: Request,
    language: Annotated[Language | None, Query()] = None,
) -> Response:
    """One sector by its DAC code."""
    if code not in sectors():
        raise NotFound(message("There is no sector with this code."))
    shown = _shown(sectors()[code], language or language_of(request))
    return JSONResponse(shown, headers=FOR_AN_HOUR | {"ETag": content_tag(shown)})


@router.get("/priorities", response_model=Page[PriorityPublic])
def list_priorities(request: Request, language: Annotated[Language | None, Query()] = None) -> Response:
    """The four priorities."""
    spoken = language or language_of(request)
    items = [
        {"key": priority.key, "name": priority.names[spoken], "description": priority.descriptions[spoken]}
        for priority in PRIORITIES.values()
    ]
    return JSONResponse({"items": items, "next_cursor": None}, headers=FOR_AN_HOUR)


def _shown(sector: Sector, language: Language) -> dict[str, Any]:
    return {
        "code": sector.code,
        "key": sector.key,
        "parent": sector.parent,
        "name": sector.names[language],
        "names": dict(sector.names),
        "words": list(sector.words[language]),
    }
