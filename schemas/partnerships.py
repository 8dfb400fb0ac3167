"""Partnerships as the API takes and shows them: the track record."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.dates import PartialDate
from schemas.inputs import Input
from schemas.kinds import Kind
from schemas.records import PartnershipRecord, PartnershipStatus


class PartnershipState(StrEnum):
    """Who stands behind a partnership: one side, both or a steward, or not both."""

    NAMED = "named"
    CONFIRMED = "confirmed"
    DENIED = "denied"


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
    state: PartnershipState = Field(
        description="`named` by one side, `confirmed` by both or a steward, or `denied`. Only what is confirmed is the track record and public."
    )
    named_by: ProfileReference | None = Field(
        description="The side that stands behind what is not confirmed; the other one confirms, corrects or denies it."
    )
    created_at: datetime
    updated_at: datetime
