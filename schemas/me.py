"""What the API tells callers of themselves."""

from typing import Any
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.partnerships import ProfileReference
from schemas.tokens import TokenPublic


class Me(BaseModel):
    """Who is calling, and for whom."""

    token: TokenPublic
    organisation: ProfileReference | None


class MyData(BaseModel):
    """All that is stored of the caller, of its organisation and of what belongs to that; secrets are left out."""

    token: UUID
    tables: dict[str, list[dict[str, Any]]] = Field(
        description="By table of the database, its rows; profiles are named by their identifiers."
    )
