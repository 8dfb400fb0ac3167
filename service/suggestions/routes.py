"""``/{kind}/{id}/suggestions`` and ``/suggestions/{id}``."""

from typing import Annotated
from uuid import UUID

from fastapi import Query, Request, Response
from sqlmodel import Session

from schemas.kinds import Kind
from schemas.suggestions import DecisionInput, SuggestionList, SuggestionWithNextSteps
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.answers import model_response
from service.http.etag import content_tag
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Limit
from service.profiles.service import find_profile
from service.security.authentication import Actor, Caller, Member
from service.suggestions import service
from service.suggestions.views import RequestContext

Of = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=100,
        description="Kinds of candidate, parted by commas; by default all kinds that fit the subject.",
        examples=["authorities,programmes"],
    ),
]
router = GuardedRouter(prefix="/suggestions", tags=["suggestions"])


def subject_routes(kind: Kind) -> GuardedRouter:
    """The suggestions of one kind of subject."""
    subjects = GuardedRouter(prefix=f"/{kind.plural}", tags=["suggestions"])

    @subjects.get("/{profile_id}/suggestions", name=f"suggestions_for_{kind}")
    def list_suggestions(
        profile_id: UUID,
        request: Request,
        session: ReadingSession,
        actor: Caller,
        of: Of = None,
        limit: Limit = 20,
    ) -> SuggestionList:
        """The partners that fit best, best first, with the reasons; computed from what is known this moment. An empty list says why."""
        subject = find_profile(session, kind, profile_id, actor)
        return service.suggestions_for(_context(request, session, actor), subject, of, limit)

    return subjects


@router.get("/{suggestion_id}")
def read_suggestion(
    suggestion_id: UUID, request: Request, response: Response, session: ReadingSession, actor: Caller
) -> SuggestionWithNextSteps:
    """One suggestion, as the active ruleset makes it now."""
    found = service.find_suggestion(_context(request, session, actor), suggestion_id)
    response.headers["ETag"] = content_tag(found, without={"computed_at"})
    return found


@router.post("/{suggestion_id}/decision", response_model=SuggestionWithNextSteps)
def decide(
    suggestion_id: UUID,
    said: DecisionInput,
    request: Request,
    session: WritingSession,
    actor: Member,
    idempotent: Idempotent,
) -> Response:
    """Say what the subject's organisation makes of a suggestion. A declined candidate leaves its lists."""
    most_open = request.app.state.settings.max_open_requests

    def answer() -> Response:
        context = _context(request, session, actor)
        return model_response(service.decide(context, suggestion_id, actor, said, most_open))

    return idempotent.once(session, answer)


def _context(request: Request, session: Session, actor: Actor | None) -> RequestContext:
    return RequestContext(session, request.app.state.index, language_of(request), now(), actor)
