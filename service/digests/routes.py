"""``/me/subscription``, ``/digests`` and ``/unsubscribe``."""

from typing import Annotated
from uuid import UUID

from fastapi import Path, Request, Response
from fastapi.responses import RedirectResponse
from sqlmodel import Session

from schemas.language import Language
from schemas.profiles import Page
from schemas.subscriptions import (
    DigestPublic,
    DigestWithSuggestions,
    MailedSuggestion,
    SubscriptionInput,
    SubscriptionPublic,
    Unsubscribed,
)
from schemas.translation import message
from schemas.wording import render
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.digests import repository, subscriptions
from service.digests.views import digest_view, subscription_view
from service.errors import NotFound, language_of
from service.http.etag import IfMatch, check_precondition, content_tag, entity_tag
from service.http.guarded_routes import GuardedRouter
from service.http.pages import Cursor, Limit, identifier, page
from service.profiles import repository as profiles
from service.profiles.views import reference
from service.security.authentication import AccountRole, Actor, Member
from service.suggestions.identifiers import suggestion_id

router = GuardedRouter(tags=["digests"])
GONE = message("You will get no more e-mail from Passerelle.")
Token = Annotated[str, Path(min_length=1, max_length=64, description="As it stands in the e-mail.")]


@router.get("/me/subscription")
def read_subscription(
    request: Request, response: Response, session: ReadingSession, actor: Member
) -> SubscriptionPublic:
    """How the organisation of this token hears of new suggestions."""
    organisation = subscriptions.organisation_of(session, actor)
    found = subscriptions.find_subscription(session, organisation)
    response.headers["ETag"] = entity_tag(found.version)
    return subscription_view(found, organisation, language_of(request))


@router.put("/me/subscription", responses={201: {"model": SubscriptionPublic}})
def write_subscription(
    said: SubscriptionInput,
    request: Request,
    response: Response,
    session: WritingSession,
    actor: Member,
    if_match: IfMatch = None,
) -> SubscriptionPublic:
    """Say how the organisation of this token wants to hear of new suggestions; `never` ends it.

    A new address is asked first: nothing else is sent before its reader has agreed.
    """
    organisation = subscriptions.organisation_of(session, actor)
    former = repository.subscription_of(session, organisation.number or 0, to_change=True)
    if former is not None:
        check_precondition(if_match, entity_tag(former.version))
    language = Language(said.language) if said.language else language_of(request)
    found = subscriptions.subscribe(session, organisation, former, said, language, actor.id, now())
    response.status_code = 201 if former is None else 200
    response.headers["ETag"] = entity_tag(found.version)
    return subscription_view(found, organisation, language_of(request))


@router.get("/digests")
def list_digests(
    request: Request, session: ReadingSession, actor: Member, cursor: Cursor = None, limit: Limit = 20
) -> Page[DigestPublic]:
    """The e-mails made for the organisation of this token, newest first; for stewards those of all."""
    rows = repository.listed(session, _narrowed_to(session, actor), identifier(cursor), limit + 1)
    language = language_of(request)
    return page(
        Page[DigestPublic],
        rows,
        limit,
        lambda row: str(row[0].id),
        lambda row: digest_view(row[0], row[1], language),
    )


@router.get("/digests/{digest_id}")
def read_digest(
    digest_id: UUID, request: Request, response: Response, session: ReadingSession, actor: Member
) -> DigestWithSuggestions:
    """One e-mail, with the suggestions that it tells of."""
    found = repository.with_organisation(session, digest_id)
    narrowed = _narrowed_to(session, actor)
    if found is None or narrowed not in (None, found[1].number):
        raise NotFound(message("There is no digest with this identifier."))
    digest, organisation = found
    language = language_of(request)
    items = repository.items_of(session, digest.id)
    known = profiles.by_numbers(
        session, (n for item in items for n in (item.subject_number, item.candidate_number))
    )
    suggestions = [
        MailedSuggestion(
            id=suggestion_id(item.subject_number, item.candidate_number),
            subject=reference(known[item.subject_number], language),
            candidate=reference(known[item.candidate_number], language),
        )
        for item in items
    ]
    view = DigestWithSuggestions(**dict(digest_view(digest, organisation, language)), suggestions=suggestions)
    response.headers["ETag"] = content_tag(view)
    return view


@router.post("/unsubscribe/{token}")
def unsubscribe(token: Token, response: Response, session: WritingSession) -> Unsubscribed:
    """Write no more to the address that got this token (RFC 8058): no sign-in, nothing to send along."""
    link = subscriptions.unsubscribe(session, token, now())
    language = Language(link.subscription.language)
    response.headers["Content-Language"] = language.value
    return Unsubscribed(detail=render(language, GONE))


@router.get(
    "/unsubscribe/{token}",
    status_code=303,
    response_class=RedirectResponse,
    responses={303: {"description": "The page that asks."}},
)
def ask_before_unsubscribing(token: Token) -> RedirectResponse:
    """Whoever opens the address in a browser is asked first: programs that look into mails open every link."""
    return RedirectResponse(f"/unsubscribe/{token}", 303)


def _narrowed_to(session: Session, actor: Actor) -> int | None:
    """The organisation whose digests the caller may see; ``None`` for all."""
    if actor.role.reaches(AccountRole.STEWARD):
        return None
    return subscriptions.organisation_of(session, actor).number
