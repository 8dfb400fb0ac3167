"""``/unsubscribe/{token}``: the page behind the link in a mail. It asks; only the button acts."""

from fastapi import Request, Response

from schemas.language import Language
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Subscription
from service.digests import subscriptions
from service.http.guarded_routes import GuardedRouter
from service.web.pages import page

router = GuardedRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}")
def ask(token: str, request: Request, session: ReadingSession) -> Response:
    """Ask whether nothing more shall be sent."""
    return _answer(request, subscriptions.find_by_token(session, token))


@router.post("/unsubscribe/{token}")
def act(token: str, request: Request, session: WritingSession) -> Response:
    """Send nothing more, and say so."""
    return _answer(request, subscriptions.unsubscribe(session, token, now()))


def _answer(request: Request, subscription: Subscription) -> Response:
    return page(
        request,
        "unsubscribe.html",
        Language(subscription.language),
        ended=subscription.end_class == "unsubscribed",
        cached=False,
    )
