"""``/me/tokens``: a caller's own tokens, one for each phone or program."""

from uuid import UUID

from fastapi import Request, Response

from schemas.profiles import Page
from schemas.tokens import OwnTokenInput, TokenCreated, TokenPublic
from service.accounts import service
from service.accounts.views import created_answer, tokens_page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, identifier
from service.security.authentication import Member

router = GuardedRouter(prefix="/me/tokens", tags=["me"])


@router.get("")
def list_my_tokens(
    request: Request, session: ReadingSession, actor: Member, limit: Limit = 20, cursor: Cursor = None
) -> Page[TokenPublic]:
    """The token of this call and those that were made with it, the latest first."""
    found = service.list_tokens(session, after=identifier(cursor), limit=limit, own=UUID(actor.id))
    return tokens_page(found, limit, language_of(request), now())


@router.post("", response_model=TokenCreated, status_code=201)
def create_my_token(
    said: OwnTokenInput, request: Request, session: WritingSession, actor: Member, idempotent: Idempotent
) -> Response:
    """Make another token of the caller's own, for a phone or a program. It may do what the token of this call may, does
    not outlive it, and is revoked with it. It is shown in this answer and never again."""

    def create() -> Response:
        made, organisation, token = service.create_own_token(
            session, UUID(actor.id), name=said.name, now=now(), days=said.expires_in_days
        )
        return created_answer(made, organisation, token, language_of(request), now())

    return idempotent.once(session, create, not_kept=("token",))


@router.delete("", status_code=204)
def revoke_my_other_tokens(session: WritingSession, actor: Member) -> Response:
    """Revoke all tokens that were made with the token of this call."""
    service.revoke_made_with(session, UUID(actor.id), by=actor.name, now=now())
    return Response(status_code=204)


@router.delete("/{token_id}", status_code=204)
def revoke_my_token(token_id: UUID, session: WritingSession, actor: Member) -> Response:
    """Revoke one of the caller's own tokens, and those made with it."""
    service.revoke_token(session, token_id, by=actor.name, now=now(), own=UUID(actor.id))
    return Response(status_code=204)
