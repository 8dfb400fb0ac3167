"""Tokens as administrators see them."""

from datetime import datetime

from schemas.language import Language
from schemas.tokens import RoleName, TokenPublic
from service.db.tables import ApiToken, Profile
from service.profiles.views import reference
from service.security.authentication import expired


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
