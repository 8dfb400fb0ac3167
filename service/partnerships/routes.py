"""``/partnerships``: what has happened, and what is happening."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from sqlmodel import Session

from schemas.partnerships import PartnershipChange, PartnershipInput, PartnershipPublic, PartnershipState
from schemas.profiles import Page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.answers import model_response
from service.http.etag import IfMatch, check_precondition, entity_tag
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, page, position
from service.partnerships import confirming, service
from service.partnerships.repository import FoundPartnership
from service.partnerships.views import partnership_view
from service.security.authentication import Actor, Caller, Member

router = GuardedRouter(prefix="/partnerships", tags=["partnerships"])


@router.get("")
def list_partnerships(
    request: Request,
    session: ReadingSession,
    actor: Caller,
    of: Annotated[
        str | None,
        Query(min_length=1, max_length=200, description="Only those of one profile: its key or identifier."),
    ] = None,
    state: Annotated[PartnershipState | None, Query(description="Only those in this state.")] = None,
    limit: Limit = 20,
    cursor: Cursor = None,
) -> Page[PartnershipPublic]:
    """Recorded partnerships whose two sides the caller may see; those that are not confirmed only to the two and to stewards."""
    found = service.list_partnerships(session, actor, of=of, state=state, after=position(cursor), limit=limit)
    language = language_of(request)
    return page(
        Page[PartnershipPublic],
        found,
        limit,
        lambda item: item[0].number,
        lambda item: partnership_view(*item, language, actor),
    )


@router.post("", response_model=PartnershipPublic, status_code=201)
def record_partnership(
    said: PartnershipInput,
    request: Request,
    session: WritingSession,
    actor: Member,
    idempotent: Idempotent,
) -> Response:
    """Record a partnership. What one side names is confirmed by the other; what a steward records is confirmed."""

    def record() -> Response:
        found = service.record_partnership(session, actor, **said.model_dump(), now=now())
        headers = {
            "ETag": entity_tag(found[0].version),
            "Location": f"/api/v1/partnerships/{found[0].id}",
        }
        return model_response(partnership_view(*found, language_of(request), actor), 201, headers)

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
    found = service.find_to_change(session, partnership_id, actor)
    check_precondition(if_match, entity_tag(found[0].version))
    service.change_partnership(session, found, actor, said.model_dump(exclude_unset=True), now())
    response.headers["ETag"] = entity_tag(found[0].version)
    return partnership_view(*found, language_of(request), actor)


@router.post("/{partnership_id}/confirmation")
def confirm_partnership(
    partnership_id: UUID, request: Request, response: Response, session: WritingSession, actor: Member
) -> PartnershipPublic:
    """Confirm a partnership that the other side has named: from then on it is part of the track record."""
    return _answer_to(confirming.confirm, partnership_id, request, response, session, actor)


@router.post("/{partnership_id}/denial")
def deny_partnership(
    partnership_id: UUID, request: Request, response: Response, session: WritingSession, actor: Member
) -> PartnershipPublic:
    """Say that there is no such partnership: it is no part of the track record, and only the two see it."""
    return _answer_to(confirming.deny, partnership_id, request, response, session, actor)


def _answer_to(
    act: Callable[[Session, FoundPartnership, Actor, datetime], None],
    partnership_id: UUID,
    request: Request,
    response: Response,
    session: Session,
    actor: Actor,
) -> PartnershipPublic:
    found = service.find_to_change(session, partnership_id, actor)
    act(session, found, actor, now())
    response.headers["ETag"] = entity_tag(found[0].version)
    return partnership_view(*found, language_of(request), actor)
