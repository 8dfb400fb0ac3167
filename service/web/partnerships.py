"""``/partnerships/{token}``: the page on which an organisation answers what others have named. Only its buttons act."""

from typing import Annotated, Literal
from uuid import UUID

from fastapi import Form, Request, Response
from pydantic import ValidationError
from sqlmodel import Session

from schemas.language import Language
from schemas.partnerships import PartnershipChange
from schemas.translation import Message, message
from schemas.wording import render
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Subscription
from service.digests.contents import named_partnerships
from service.digests.subscriptions import find_by_token
from service.errors import Invalid
from service.http.guarded_routes import GuardedRouter
from service.partnerships import service
from service.partnerships.confirming import confirm, deny
from service.partnerships.repository import FoundPartnership, to_change, unanswered
from service.security.authentication import AccountRole, Actor
from service.web.pages import page

router = GuardedRouter(include_in_schema=False)
NO_DATE = message("This is neither a year nor a date. Write 2015, for example, or 2015-09-30.")
READER = "reader of a digest"
"""Who answered, as the audit log has it, which keeps no addresses."""
Answer = Literal["yes", "no"]


@router.get("/partnerships/{token}")
def ask(token: str, request: Request, session: ReadingSession) -> Response:
    """Ask about all that others have named."""
    return _page(request, session, find_by_token(session, token))


@router.post("/partnerships/{token}")
def act(
    token: str,
    request: Request,
    session: WritingSession,
    partnership: Annotated[UUID, Form()],
    answer: Annotated[Answer, Form()],
    since: Annotated[str, Form(max_length=100)] = "",
) -> Response:
    """Take down one answer, and ask about the rest; where the start cannot be right, ask again and say why."""
    subscription = find_by_token(session, token)
    found = to_change(session, partnership)
    if found is None or found not in unanswered(session, subscription.organisation_number):
        # It was answered already, or taken back.
        return _page(request, session, subscription)
    before = found[0].since
    fault = _take_down(session, found, _speaker_for(subscription), answer, since.strip() or before)
    if fault:
        said = render(Language(subscription.language), fault)
        return _page(request, session, subscription, refused=partnership, typed=since, fault=said)
    return _page(request, session, subscription, corrected=found[0].since != before)


def _speaker_for(subscription: Subscription) -> Actor:
    """Whoever reads a subscriber's mail speaks for it, as a member does."""
    return Actor(str(subscription.id), READER, AccountRole.MEMBER, subscription.organisation_number)


def _take_down(
    session: Session, found: FoundPartnership, actor: Actor, answer: Answer, since: str | None
) -> Message | None:
    """Deny a partnership, confirm it, or correct when it began, which the other side then confirms; what is wrong with the
    start, if anything is."""
    if answer == "no":
        deny(session, found, actor, now())
    elif since == found[0].since:
        confirm(session, found, actor, now())
    else:
        try:
            change = PartnershipChange(since=since)
            service.change_partnership(session, found, actor, {"since": change.since}, now())
        except ValidationError:
            return NO_DATE
        except Invalid as invalid:
            return invalid.errors[0].detail
    return None


def _page(request: Request, session: Session, subscription: Subscription, **context: object) -> Response:
    language = Language(subscription.language)
    named = named_partnerships(unanswered(session, subscription.organisation_number), language)
    return page(request, "partnerships.html", language, named=named, cached=False, **context)
