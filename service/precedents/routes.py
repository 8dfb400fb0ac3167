"""``GET /precedents``: documented practices, for everybody, in the caller's language."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import StringConstraints

from schemas.language import Language
from schemas.profiles import Page
from schemas.translation import message
from service.db.session import ReadingSession
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import IfNoneMatch, content_tag, names_tag
from service.http.pages import Cursor, Limit, decode_cursor, page
from service.precedents import repository
from service.precedents.service import list_practices, shown_practices
from service.precedents.views import DocumentedPractice

router = APIRouter(prefix="/precedents", tags=["precedents"])
SearchWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Query(description="Words of what a practice did, where and with whom, in any of the four languages."),
]


@router.get("", response_model=Page[DocumentedPractice])
def list_precedents(
    request: Request,
    session: ReadingSession,
    q: SearchWords | None = None,
    language: Annotated[Language | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Practices that have every word of ``q``, or else most of them, the best first; without ``q`` all, by key."""
    after = decode_cursor(cursor) if cursor else None
    # The cursor names the last practice that was seen: what is documented meanwhile changes no page behind it.
    rows = list_practices(session, q, after, limit + 1)
    practices = shown_practices(session, rows, language or language_of(request))
    listed = page(practices, limit, lambda one: one.key, lambda one: one.model_dump(mode="json"))
    return JSONResponse(listed, headers=FOR_AN_HOUR)


@router.get("/{key}", response_model=DocumentedPractice, responses={304: {"description": "Not modified"}})
def read_precedent(
    key: Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00]+$")],
    request: Request,
    session: ReadingSession,
    language: Annotated[Language | None, Query()] = None,
    if_none_match: IfNoneMatch = None,
) -> Response:
    """One practice by its key."""
    precedent = repository.by_key(session, key)
    if precedent is None:
        raise NotFound(message("There is no documented practice with this key."))
    [practice] = shown_practices(session, [precedent], language or language_of(request))
    shown = practice.model_dump(mode="json")
    headers = FOR_AN_HOUR | {"ETag": content_tag(shown)}
    if if_none_match is not None and names_tag(if_none_match, headers["ETag"]):
        return Response(status_code=304, headers=headers)
    return JSONResponse(shown, headers=headers)
