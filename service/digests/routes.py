"""``/me/subscription``, ``/digests`` and ``/unsubscribe``."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Path, Request, Response
from fastapi.responses import JSONResponse, RedirectResponse
from sqlmodel import Session

from schemas.language import Language
from schemas.profiles import Page
from schemas.subscriptions import (
    DigestPublic,
    DigestWithSuggestions,
    SubscriptionInput,
    SubscriptionPublic,
    Unsubscribed,
)
from schemas.translation import message
from schemas.wording import render
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.db.tables import Digest, Profile
from service.digests import repository, subscriptions
from service.errors import NotFound, language_of
from service.http.etag import IfMatch, check_precondition, content_tag, entity_tag
from service.http.pages import Cursor, Limit, identifier, page
from service.http.times import utc
from service.profiles import repository as profiles
from service.profiles.public import reference
from service.security.authentication import AccountRole, Actor, Member
from service.suggestions.identifiers import suggestion_id

router = APIRouter(tags=["digests"])
GONE = message("You will get no more e-mail from Passerelle.")
Token = Annotated[str, Path(min_length=1, max_length=64, description="As it stands in the e-mail.")]


@router.get("/me/subscription", response_model=SubscriptionPublic)
def read_subscription(request: Request, session: ReadingSession, actor: Member) -> Response:
    """How the organisation of this token hears of new suggestions."""
    organisation = subscriptions.organisation_of(session, actor)
    found = subscriptions.find_subscription(session, organisation)
    shown = subscriptions.shown(found, organisation, language_of(request))
    return JSONResponse(shown, headers={"ETag": entity_tag(found.version)})


@router.put("/me/subscription", response_model=SubscriptionPublic)
def write_subscription(
    said: SubscriptionInput,
    request: Request,
    session: WritingSession,
    actor: Member,
    if_match: IfMatch = None,
) -> Response:
    """Say how the organisation of this token wants to hear of new suggestions; `never` ends it."""
    organisation = subscriptions.organisation_of(session, actor)
    former = repository.subscription_of(session, organisation.number or 0, to_change=True)
    if former is not None:
        check_precondition(if_match, entity_tag(former.version))
    language = Language(said.language) if said.language else language_of(request)
    found = subscriptions.subscribe(session, organisation, former, said, language, now())
    shown = subscriptions.shown(found, organisation, language_of(request))
    return JSONResponse(shown, 201 if former is None else 200, {"ETag": entity_tag(found.version)})


@router.get("/digests", response_model=Page[DigestPublic])
def list_digests(
    request: Request, session: ReadingSession, actor: Member, cursor: Cursor = None, limit: Limit = 20
) -> Response:
    """The e-mails made for the organisation of this token, newest first; for stewards those of all."""
    rows = repository.listed(session, _narrowed_to(session, actor), identifier(cursor), limit + 1)
    language = language_of(request)
    return JSONResponse(
        page(rows, limit, lambda row: str(row[0].id), lambda row: _shown(row[0], row[1], language))
    )


@router.get("/digests/{digest_id}", response_model=DigestWithSuggestions)
def read_digest(digest_id: UUID, request: Request, session: ReadingSession, actor: Member) -> Response:
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
    told = [
        {
            "id": str(suggestion_id(item.subject_number, item.candidate_number)),
            "subject": reference(known[item.subject_number], language),
            "candidate": reference(known[item.candidate_number], language),
        }
        for item in items
    ]
    shown = _shown(digest, organisation, language) | {"suggestions": told}
    return JSONResponse(shown, headers={"ETag": content_tag(shown)})


@router.post("/unsubscribe/{token}", response_model=Unsubscribed)
def unsubscribe(token: Token, session: WritingSession) -> Response:
    """End the subscription whose e-mails carry this token (RFC 8058): no sign-in, nothing to send along."""
    found = subscriptions.unsubscribe(session, token, now())
    language = Language(found.language)
    return JSONResponse({"detail": render(language, GONE)}, headers={"Content-Language": language.value})


@router.get("/unsubscribe/{token}", include_in_schema=False)
def ask_before_unsubscribing(token: Token) -> Response:
    """Whoever opens the address in a browser is asked first: programs that look into mails open every link."""
    return RedirectResponse(f"/unsubscribe/{token}", 303)


def _narrowed_to(session: Session, actor: Actor) -> int | None:
    """The organisation whose digests the caller may see; ``None`` for all."""
    if actor.role.reaches(AccountRole.STEWARD):
        return None
    return subscriptions.organisation_of(session, actor).number


def _shown(digest: Digest, organisation: Profile, language: Language) -> dict[str, Any]:
    failure = {"cause": digest.failure_class, "detail": digest.failure} if digest.failure_class else None
    return {
        "id": str(digest.id),
        "organisation": reference(organisation, language),
        "period": digest.period,
        "state": digest.state,
        "attempts": digest.attempts,
        "perhaps_twice": digest.perhaps_twice,
        "failure": failure,
        "created_at": utc(digest.created_at),
        "due_at": utc(digest.due_at),
        "sent_at": utc(digest.sent_at) if digest.sent_at else None,
    }
