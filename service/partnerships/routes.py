"""``/partnerships``: what has happened, and what is happening."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from schemas.language import Language
from schemas.partnerships import PartnershipChange, PartnershipInput, PartnershipPublic
from schemas.profiles import Page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.etag import IfMatch, check_precondition, entity_tag
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position
from service.http.times import utc
from service.partnerships import service
from service.partnerships.repository import FoundPartnership
from service.profiles.public import reference
from service.security.authentication import Caller, Member

router = APIRouter(prefix="/partnerships", tags=["partnerships"])


@router.get("", response_model=Page[PartnershipPublic])
def list_partnerships(
    request: Request,
    session: ReadingSession,
    actor: Caller,
    of: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="Only those of one profile: its key or identifier."),
    ] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Response:
    """Recorded partnerships whose two sides the caller may see."""
    found = service.list_partnerships(session, actor, of=of, after=position(cursor), limit=limit)
    language = language_of(request)
    return JSONResponse(page(found, limit, lambda item: item[0].number, lambda item: _shown(item, language)))


@router.post("", response_model=PartnershipPublic, status_code=201)
def record_partnership(
    said: PartnershipInput,
    request: Request,
    session: WritingSession,
    actor: Member,
    idempotent: Idempotent,
) -> Response:
    """Record a partnership; by one of its sides, or by a steward."""

    def record() -> Response:
        found = service.record_partnership(session, actor, **said.model_dump(), now=now())
        return _answer(found, language_of(request), status=201)

    return idempotent.once(session, record)


@router.patch("/{partnership_id}", response_model=PartnershipPublic)
def change_partnership(
    partnership_id: UUID,
    said: PartnershipChange,
    request: Request,
    session: WritingSession,
    actor: Member,
    if_match: IfMatch = None,
) -> Response:
    """Change what is known of a partnership; only what is given changes."""
    found = service.find_to_change(session, partnership_id)
    check_precondition(if_match, entity_tag(found[0].version))
    service.change_partnership(session, found, actor, said.model_dump(exclude_unset=True), now())
    return _answer(found, language_of(request))


def _answer(found: FoundPartnership, language: Language, *, status: int = 200) -> Response:
    headers = {"ETag": entity_tag(found[0].version)}
    if status == 201:
        headers["Location"] = f"/api/v1/partnerships/{found[0].id}"
    return JSONResponse(_shown(found, language), status, headers)


def _shown(found: FoundPartnership, language: Language) -> dict[str, Any]:
    partnership, query, candidate = found
    return {
        "id": str(partnership.id),
        "query": query.key,
        "candidate": candidate.key,
        "query_profile": reference(query, language),
        "candidate_profile": reference(candidate, language),
        "since": partnership.since,
        "status": partnership.status,
        "source": partnership.source,
        "created_at": utc(partnership.created_at),
        "updated_at": utc(partnership.updated_at),
    }
