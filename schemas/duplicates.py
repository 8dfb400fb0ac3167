"""Profiles that may be one and the same, as the API shows them and as a steward decides about them."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from schemas.inputs import Input
from schemas.kinds import Kind
from schemas.places import Place
from schemas.profiles import PUBLIC, JustSent
from schemas.texts import LINES, SEEN

DuplicateState = Literal["open", "dismissed"]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2000), SEEN, LINES]


class PossibleDuplicate(BaseModel):
    """A profile that may be the same as the one at hand."""

    kind: Kind
    id: UUID
    key: str
    name: str
    places: list[Place] = Field(description="Where it is: an association where it is registered.")
    degree: float = Field(description="How alike the two are, from 0 to 1.")
    because: list[str] = Field(description="The fields that they have in common.")
    detail: str = Field(description="The same in a sentence.")


class PossibleDuplicates(BaseModel):
    """What a profile may be the same as."""

    possible_duplicates: list[PossibleDuplicate]


class JustRegistered(JustSent):
    """What is said of a profile as it is registered, and never again."""

    possible_duplicates: list[PossibleDuplicate] = Field(
        default=[], description="Profiles that it may be the same as; left out where there are none."
    )


class Side(BaseModel):
    """One profile of a pair."""

    kind: Kind
    id: UUID
    key: str
    name: str
    places: list[Place]
    published: bool
    created_at: datetime
    updated_at: datetime


class DuplicatePublic(BaseModel):
    """Two profiles that may be the same, the older one first."""

    id: UUID
    first: Side
    second: Side
    degree: float = Field(description="How alike the two are, from 0 to 1.")
    because: list[str] = Field(description="The fields that they have in common.")
    detail: str = Field(description="The same in a sentence.")
    state: DuplicateState
    found_at: datetime
    decided_by: str | None
    decided_at: datetime | None
    reason: str | None


class Dismissal(Input):
    """Two profiles are not the same."""

    reason: Reason


class Merge(Input):
    """Two profiles are the same: ``keep`` says which of them remains."""

    keep: Annotated[UUID, Field(strict=False)]
    reason: Reason


class MergedPublic(BaseModel):
    """A profile that was merged into another, as it was."""

    id: UUID
    kind: Kind
    key: str
    into: UUID
    document: dict[str, object]
    moved: dict[str, object] = Field(
        description="What hung on it and could not move along, because the other has its equal."
    )
    created_at: datetime
    merged_at: datetime
    merged_by: str
    reason: str


REGISTERED: dict[Kind, type[BaseModel]] = {
    kind: type(
        shown.__name__.replace("Public", "Registered"),
        (shown, JustRegistered),
        {"__doc__": shown.__doc__},
    )
    for kind, shown in PUBLIC.items()
}
"""What the registration of a profile of each kind is answered with."""
