"""``GET /``: what Passerelle is, at a glance, with one real suggestion, in four languages."""

from fastapi import Request, Response

from schemas.kinds import Kind
from schemas.suggestions import SuggestionPublic
from schemas.wording import render
from service.clock import now
from service.db.session import ReadingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.profiles.service import ProfileFilter, list_profiles
from service.suggestions.points import whole_points
from service.suggestions.service import best_new_suggestion
from service.suggestions.views import RequestContext
from service.vocabularies.wording import PART_NAMES
from service.web import confirm, partnerships, subscribe, unsubscribe
from service.web.pages import page
from service.web.repository import counts_by_kind

EXAMPLES_TRIED = 10

router = GuardedRouter(include_in_schema=False)
router.include_router(unsubscribe.router)
router.include_router(subscribe.router)
router.include_router(confirm.router)
router.include_router(partnerships.router)


@router.get("/")
def home(request: Request, session: ReadingSession) -> Response:
    """The front page, in the reader's language, with how much the directory holds."""
    language = language_of(request)
    example = _example(RequestContext(session, request.app.state.index, language, now()))
    return page(
        request,
        "home.html",
        language,
        counts=counts_by_kind(session),
        example=example,
        points=whole_points(example.parts) if example else [],
        part_names={name: render(language, said) for name, said in PART_NAMES.items()},
    )


def _example(context: RequestContext) -> SuggestionPublic | None:
    """The best suggestion of some of the first associations, as it would be answered now."""
    subjects = list_profiles(
        context.session, Kind.ASSOCIATION, ProfileFilter(), None, after=None, limit=EXAMPLES_TRIED
    )
    return best_new_suggestion(context, Kind.ASSOCIATION, subjects)
