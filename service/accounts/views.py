"""Tokens as administrators see them."""

from collections.abc import Sequence
from datetime import datetime

from fastapi import Response

from schemas.language import Language
from schemas.profiles import Page
from schemas.tokens import RoleName, TokenCreated, TokenPublic
from service.accounts.repository import FoundToken
from service.db.tables import ApiToken, Profile
from service.http.answers import model_response
from service.http.pages import page
from service.profiles.views import reference
from service.security.authentication import expired


def tokens_page(
    found: Sequence[FoundToken], limit: int, language: Language, now: datetime
) -> Page[TokenPublic]:
    """A page of tokens, of which one more was looked for than it may hold."""
    return page(
        Page[TokenPublic],
        found,
        limit,
        lambda item: str(item[0].id),
        lambda item: token_view(*item, language, now),
    )


def created_answer(
    made: ApiToken, organisation: Profile | None, token: str, language: Language, now: datetime
) -> Response:
    """The answer that shows a new token, this once."""
    return model_response(
        TokenCreated(**dict(token_view(made, organisation, language, now)), token=token), 201
    )


def token_view(
    token: ApiToken, organisation: Profile | None, language: Language, now: datetime
) -> TokenPublic:
    """A token without its secret."""
    role: RoleName = token.role  # type: ignore[assignment]  # stored by AccountRole
    return TokenPublic(
        id=token.id,
        name=token.name,
        role=role,
        organisation=reference(organisation, language) if organisation else None,
        state="revoked" if token.revoked_at else "expired" if expired(token, now) else "active",
        created_by=token.created_by,
        made_with=token.made_with,
        created_at=token.created_at,
        expires_at=token.expires_at,
        last_used_at=token.last_used_at,
        revoked_at=token.revoked_at,
    )
