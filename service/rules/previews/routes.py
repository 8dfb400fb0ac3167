"""``/rulesets/{id}/preview``: what a draft would change, before anybody is touched by it."""

from uuid import UUID

from fastapi import Request, Response
from starlette.background import BackgroundTask

from schemas.jobs import JobPublic
from schemas.previews import PreviewPublic, PreviewRequest
from service.db.session import WritingSession
from service.errors import language_of
from service.http.answers import model_response
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.jobs.routes import job_answer
from service.rules.previews.work import begin_preview, previewed
from service.rulesets.service import find_ruleset
from service.security.authentication import Steward
from service.security.rate_limits import costs

router = GuardedRouter(prefix="/rulesets", tags=["rules"])


@router.post(
    "/{ruleset_id}/preview",
    response_model=PreviewPublic,
    responses={202: {"model": JobPublic, "description": "A job looks at everybody's lists."}},
    openapi_extra=costs(50),
)
def preview_ruleset(
    ruleset_id: UUID,
    request: Request,
    session: WritingSession,
    actor: Steward,
    idempotent: Idempotent,
    said: PreviewRequest | None = None,
) -> Response:
    """What would change if these rules were in force: how many suggestions come, go and move, for whom, who would be left
    with nobody and by which condition, the biggest changes with old and new reasons, and whether what came to be would
    have been found. Nothing is stored but, where ``everybody`` is looked at, the job that does it."""
    wanted, language = said or PreviewRequest(), language_of(request)
    if not wanted.everybody:
        state = request.app.state
        return model_response(previewed(state.engine, state.index, ruleset_id, wanted, language))

    def begin() -> Response:
        draft = find_ruleset(session, ruleset_id)
        return job_answer(session, begin_preview(session, draft, wanted, language, actor), status=202)

    answer = idempotent.once(session, begin)
    answer.background = BackgroundTask(request.app.state.jobs.wake)
    return answer
