"""``/tokens``: who may use the API, for administrators."""

from uuid import UUID

from fastapi import Request, Response

from schemas.profiles import Page
from schemas.tokens import TokenCreated, TokenInput, TokenPublic
from service.accounts import service
from service.accounts.views import created_answer, tokens_page
from service.clock import now
from service.db.session import ReadingSession, WritingSession
from service.errors import language_of
from service.http.guarded_routes import GuardedRouter
from service.http.idempotency import Idempotent
from service.http.pages import Cursor, Limit, identifier
from service.profiles.service import find_organisation
from service.security.authentication import AccountRole, Admin

router = GuardedRouter(prefix="/tokens", tags=["tokens"])


@router.get("")
def list_tokens(
    request: Request, session: ReadingSession, _actor: Admin, limit: Limit = 20, cursor: Cursor = None
) -> Page[TokenPublic]:
    """Every token, the latest first, with when it was last used; the tokens themselves are kept nowhere."""
    found = service.list_tokens(session, after=identifier(cursor), limit=limit)
    return tokens_page(found, limit, language_of(request), now())


@router.post("", response_model=TokenCreated, status_code=201)
def create_token(
    said: TokenInput, request: Request, session: WritingSession, actor: Admin, idempotent: Idempotent
) -> Response:
    """Make a token. It is shown in this answer and never again, not even to the same call sent twice."""

    def create() -> Response:
        organisation = find_organisation(session, said.organisation) if said.organisation else None
        made, token = service.create_token(
            session,
            role=AccountRole(said.role),
            name=said.name,
            organisation=organisation,
            by=actor.name,
            now=now(),
            days=said.expires_in_days,
        )
        return created_answer(made, organisation, token, language_of(request), now())

    return idempotent.once(session, create, not_kept=("token",))


@router.delete("/{token_id}", status_code=204)
def revoke_token(token_id: UUID, session: WritingSession, actor: Admin) -> Response:
    """Have a token be valid no more. It stays in the list, and what was done with it stays done."""
    service.revoke_token(session, token_id, by=actor.name, now=now())
    return Response(status_code=204)
