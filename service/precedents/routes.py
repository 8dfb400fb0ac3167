"""``GET /precedents``: documented practices, for everybody, in the caller's language."""

from typing import Annotated

from fastapi import Path, Query, Request, Response
from pydantic import StringConstraints

from schemas.language import Language
from schemas.profiles import Page
from schemas.translation import message
from service.db.session import ReadingSession
from service.errors import NotFound, language_of
from service.http.caching import FOR_AN_HOUR
from service.http.etag import IfNoneMatch, content_tag, not_modified
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Cursor, Limit, decode_cursor, page
from service.precedents import repository
from service.precedents.service import list_practices
from service.precedents.views import DocumentedPractice, practice_views

router = GuardedRouter(prefix="/precedents", tags=["precedents"])
SearchWords = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200),
    Query(description="Words of what a practice did, where and with whom, in any of the four languages."),
]


@router.get("", dependencies=[FOR_AN_HOUR])
def list_precedents(
    request: Request,
    session: ReadingSession,
    q: SearchWords | None = None,
    language: Annotated[Language | None, Query()] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[DocumentedPractice]:
    """Practices that have every word of ``q``, or else most of them, the best first; without ``q`` all, by key."""
    after = decode_cursor(cursor) if cursor else None
    # The cursor names the last practice that was seen: what is documented meanwhile changes no page behind it.
    rows = list_practices(session, q, after, limit + 1)
    practices = practice_views(session, rows, language or language_of(request))
    return page(Page[DocumentedPractice], practices, limit, lambda one: one.key, lambda one: one)


@router.get(
    "/{key}",
    dependencies=[FOR_AN_HOUR],
    response_model=DocumentedPractice,
    responses={304: {"description": "Not modified"}},
)
def read_precedent(
    key: Annotated[str, Path(min_length=1, max_length=100, pattern=r"^[^\x00]+$")],
    request: Request,
    response: Response,
    session: ReadingSession,
    language: Annotated[Language | None, Query()] = None,
    if_none_match: IfNoneMatch = None,
) -> DocumentedPractice | Response:
    """One practice by its key."""
    precedent = repository.by_key(session, key)
    if precedent is None:
        raise NotFound(message("There is no documented practice with this key."))
    [view] = practice_views(session, [precedent], language or language_of(request))
    response.headers["ETag"] = content_tag(view)
    return not_modified(if_none_match, response) or view
