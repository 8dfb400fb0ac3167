"""``/unsubscribe/{token}``: the page behind the link in a mail. It asks; only its buttons act."""

from fastapi import Request, Response
from sqlmodel import Session

from schemas.language import Language
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.digests import opt_in_repository, subscriptions
from service.digests.subscriptions import UnsubscribeLink
from service.http.guarded_routes import GuardedRouter
from service.web.pages import page

router = GuardedRouter(include_in_schema=False)


@router.get("/unsubscribe/{token}")
def ask(token: str, request: Request, session: ReadingSession) -> Response:
    """Ask whether nothing more shall be sent."""
    return _answer(request, session, token, subscriptions.find_link(session, token))


@router.post("/unsubscribe/{token}")
def act(token: str, request: Request, session: WritingSession) -> Response:
    """Send nothing more, and say so."""
    return _answer(request, session, token, subscriptions.unsubscribe(session, token, now()))


@router.post("/unsubscribe/{token}/undo")
def undo(token: str, request: Request, session: WritingSession) -> Response:
    """Write again, and say so."""
    return _answer(request, session, token, subscriptions.resubscribe(session, token, now()), resumed=True)


def _answer(
    request: Request, session: Session, token: str, link: UnsubscribeLink, *, resumed: bool = False
) -> Response:
    return page(
        request,
        "unsubscribe.html",
        Language(link.subscription.language),
        token=token,
        suppressed=opt_in_repository.is_suppressed(session, link.address_hash),
        resumed=resumed,
        active=link.is_current and link.subscription.state == "active",
        cached=False,
    )
