"""``/{kind}/{id}/suggestions`` and ``/suggestions/{id}``."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.profiles import Page
from schemas.suggestions import DecisionInput, SuggestionPublic
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.etag import content_tag
from service.http.idempotency import Idempotent
from service.http.pages import Limit
from service.profiles.service import find_profile
from service.security.authentication import Actor, Caller, Member
from service.suggestions import service
from service.suggestions.service import Asking

Of = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description="Kinds of candidate, parted by commas; by default all kinds that fit the subject.",
        examples=["authorities,programmes"],
    ),
]
router = APIRouter(prefix="/suggestions", tags=["suggestions"])


def subject_routes(kind: Kind) -> APIRouter:
    """The suggestions of one kind of subject."""
    subjects = APIRouter(prefix=f"/{kind.plural}", tags=["suggestions"])

    @subjects.get(
        "/{profile_id}/suggestions", response_model=Page[SuggestionPublic], name=f"suggestions_for_{kind}"
    )
    def list_suggestions(
        profile_id: UUID,
        request: Request,
        session: ReadingSession,
        actor: Caller,
        of: Of = None,
        limit: Limit = 20,
    ) -> Response:
        """The partners that fit best, best first, with the reasons; computed from what is known this moment."""
        subject = find_profile(session, kind, profile_id, actor)
        kinds = service.kinds_asked(kind, of)
        items = service.suggestions_for(_asking(request, session, actor), subject, kinds, limit)
        return JSONResponse({"items": items, "next_cursor": None})

    return subjects


@router.get("/{suggestion_id}", response_model=SuggestionPublic)
def read_suggestion(
    suggestion_id: UUID, request: Request, session: ReadingSession, actor: Caller
) -> Response:
    """One suggestion, as the active ruleset makes it now."""
    found = service.find_suggestion(_asking(request, session, actor), suggestion_id)
    tag = content_tag({name: value for name, value in found.items() if name != "computed_at"})
    return JSONResponse(found, headers={"ETag": tag})


@router.post("/{suggestion_id}/decision", response_model=SuggestionPublic)
def decide(
    suggestion_id: UUID,
    said: DecisionInput,
    request: Request,
    session: WritingSession,
    actor: Member,
    idempotent: Idempotent,
) -> Response:
    """Say what the subject's organisation makes of a suggestion. A declined candidate leaves its lists."""
    return idempotent.once(
        session,
        lambda: JSONResponse(service.decide(_asking(request, session, actor), suggestion_id, actor, said)),
    )


def _asking(request: Request, session: Session, actor: Actor | None) -> Asking:
    return Asking(session, request.app.state.index, language_of(request), now(), actor)
