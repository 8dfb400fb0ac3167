"""``/subscribe/{token}``: the page behind the link of an opt-in mail. It asks; only the button acts."""

from typing import Annotated

from fastapi import Path, Request, Response
from sqlmodel import Session

from schemas.language import Language
from schemas.wording import render
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Subscription
from service.digests.frequencies import FREQUENCIES
from service.digests.opt_in import agree, find_asked
from service.http.guarded_routes import GuardedRouter
from service.profiles import repository as profiles
from service.profiles.views import name_of
from service.security.signing import LONGEST
from service.web.pages import page

router = GuardedRouter(include_in_schema=False)
Token = Annotated[str, Path(min_length=1, max_length=LONGEST)]


@router.get("/subscribe/{token}")
def ask(token: Token, request: Request, session: ReadingSession) -> Response:
    """Ask whether the reader of the address wants suggestions."""
    return _answer(request, session, find_asked(session, request.app.state.settings, token))


@router.post("/subscribe/{token}")
def act(token: Token, request: Request, session: WritingSession) -> Response:
    """Take down that the reader does, and say so."""
    asked = find_asked(session, request.app.state.settings, token, to_change=True)
    agree(session, asked, now())
    return _answer(request, session, asked)


def _answer(request: Request, session: Session, subscription: Subscription) -> Response:
    language = Language(subscription.language)
    number = subscription.organisation_number
    organisation = profiles.by_numbers(session, [number])[number]
    return page(
        request,
        "subscribe.html",
        language,
        agreed=subscription.state == "active",
        organisation=name_of(organisation, language),
        frequency=render(language, FREQUENCIES[subscription.frequency]),
        cached=False,
    )
