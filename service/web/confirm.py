"""``/confirm/{token}``: the page behind the question in a mail. It asks; only the button acts."""

from fastapi import Request, Response
from sqlmodel import Session

from schemas.language import Language
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Subscription
from service.digests.confirmations import confirm_all, in_doubt
from service.digests.contents import confirmation_requests
from service.digests.subscriptions import find_by_token
from service.http.guarded_routes import GuardedRouter
from service.web.pages import page

router = GuardedRouter(include_in_schema=False)


@router.get("/confirm/{token}")
def ask(token: str, request: Request, session: ReadingSession) -> Response:
    """Ask whether the profiles still hold."""
    return _answer(request, session, find_by_token(session, token))


@router.post("/confirm/{token}")
def act(token: str, request: Request, session: WritingSession) -> Response:
    """Take down that they do, and say so."""
    return _answer(request, session, confirm_all(session, token, now()))


def _answer(request: Request, session: Session, subscription: Subscription) -> Response:
    language = Language(subscription.language)
    left = in_doubt(session, subscription.organisation_number, now())
    return page(request, "confirm.html", language, asked=confirmation_requests(left, language), cached=False)
