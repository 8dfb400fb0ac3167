"""Partnerships as the API takes and shows them: the track record."""

from datetime import datetime
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.dates import PartialDate
from schemas.inputs import Input
from schemas.kinds import Kind
from schemas.records import PartnershipRecord, PartnershipStatus


class PartnershipInput(PartnershipRecord):
    """A partnership to record; each side is named by its key or its identifier."""


class PartnershipChange(Input):
    """What may change in a partnership once it is recorded; ``null`` removes a value."""

    since: PartialDate | None = None
    status: PartnershipStatus | None = None


class ProfileReference(BaseModel):
    """One side of a partnership or suggestion."""

    kind: Kind
    id: UUID
    name: str


class PartnershipPublic(BaseModel):
    """A partnership that happened or is happening."""

    id: UUID
    query: str = Field(description="The key of the side that looked for a partner.")
    candidate: str = Field(description="The key of the side that was found.")
    query_profile: ProfileReference
    candidate_profile: ProfileReference
    since: str | None
    status: PartnershipStatus | None
    source: str | None = Field(description="Where the fact comes from, for documented partnerships.")
    created_at: datetime
    updated_at: datetime
