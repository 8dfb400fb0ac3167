"""``/partnerships``: what has happened, and what is happening."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response

from schemas.partnerships import PartnershipChange, PartnershipInput, PartnershipPublic
from schemas.profiles import Page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.answers import model_response
from service.http.etag import IfMatch, check_precondition, entity_tag
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position
from service.partnerships import service
from service.partnerships.views import partnership_view
from service.security.authentication import Caller, Member

router = APIRouter(prefix="/partnerships", tags=["partnerships"])


@router.get("")
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
) -> Page[PartnershipPublic]:
    """Recorded partnerships whose two sides the caller may see."""
    found = service.list_partnerships(session, actor, of=of, after=position(cursor), limit=limit)
    language = language_of(request)
    return page(
        Page[PartnershipPublic],
        found,
        limit,
        lambda item: item[0].number,
        lambda item: partnership_view(*item, language),
    )


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
        headers = {
            "ETag": entity_tag(found[0].version),
            "Location": f"/api/v1/partnerships/{found[0].id}",
        }
        return model_response(partnership_view(*found, language_of(request)), 201, headers)

    return idempotent.once(session, record)


@router.patch("/{partnership_id}")
def change_partnership(
    partnership_id: UUID,
    said: PartnershipChange,
    request: Request,
    response: Response,
    session: WritingSession,
    actor: Member,
    if_match: IfMatch = None,
) -> PartnershipPublic:
    """Change what is known of a partnership; only what is given changes."""
    found = service.find_to_change(session, partnership_id)
    check_precondition(if_match, entity_tag(found[0].version))
    service.change_partnership(session, found, actor, said.model_dump(exclude_unset=True), now())
    response.headers["ETag"] = entity_tag(found[0].version)
    return partnership_view(*found, language_of(request))
