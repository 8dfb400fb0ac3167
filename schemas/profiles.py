"""Profiles as the API shows them and takes them: the fields of a record, and what the service adds."""

from datetime import datetime
from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.inputs import Input, JsonObject
from schemas.kinds import Kind
from schemas.places import Place, QualifiedTerritory
from schemas.programme_states import ProgrammeState
from schemas.records import (
    AssociationFields,
    AuthorityFields,
    Indicator,
    Key,
    ProfileFields,
    ProgrammeFields,
    ProjectFields,
)


class Registration(Input):
    """What a registration may say besides the fields of its record."""

    key: Annotated[Key | None, Field(description="Your own stable key; by default the new identifier.")] = (
        None
    )
    published: Annotated[bool, Field(description="Whether others see the profile.")] = True


class AssociationInput(AssociationFields, Registration):
    """An association to register."""


class AuthorityInput(AuthorityFields, Registration):
    """An authority to register."""


class ProgrammeInput(ProgrammeFields, Registration):
    """A programme to register."""


class ProjectInput(ProjectFields, Registration):
    """A project to register."""


class StoredProfile(BaseModel):
    """What the service knows of a profile besides its fields."""

    id: UUID
    kind: Kind
    key: str
    published: bool
    sources: JsonObject | None = Field(description="Where each fact comes from, for documented profiles.")
    created_at: datetime
    updated_at: datetime
    confirmed_at: datetime | None = Field(
        description="When its sender last said that it holds; `null` where nobody ever has."
    )


class AssociationPublic(AssociationFields[Place], StoredProfile):
    """An association as others see it; ``contact_email`` only to those who may change it."""


class AuthorityPublic(AuthorityFields[Place], StoredProfile):
    """An authority as others see it; ``contact_email`` only to those who may change it."""


class ProgrammePublic(ProgrammeFields[Place], StoredProfile):
    """A programme as others see it; ``contact_email`` only to those who may change it."""

    state: ProgrammeState = Field(
        description="What follows today from its dates, its operator's word (`status`) and its last confirmation."
    )


class ProjectPublic(ProjectFields[Place], StoredProfile):
    """A project as others see it; ``contact_email`` only to those who may change it."""


class IndicatorPublic(BaseModel):
    """One thing that tells how well an association stands for its members; ``value`` is ``null`` where nothing is said."""

    indicator: Indicator
    value: bool | int | str | None
    detail: str
    source: str | None
    date: str | None = Field(description="When it was so: a year or a day.")
    own_statement: bool = Field(description="Whether it is known from nobody but the association itself.")


Shown = TypeVar("Shown", bound=BaseModel)


class Page(BaseModel, Generic[Shown]):
    """One page of a list; ``next_cursor`` asks for the next, ``null`` ends it."""

    items: list[Shown]
    next_cursor: str | None


ProfileInput = AssociationInput | AuthorityInput | ProgrammeInput | ProjectInput
INPUTS: dict[Kind, type[ProfileFields]] = {
    Kind.ASSOCIATION: AssociationInput,
    Kind.AUTHORITY: AuthorityInput,
    Kind.PROGRAMME: ProgrammeInput,
    Kind.PROJECT: ProjectInput,
}
"""What registers a profile of each kind."""

PUBLIC: dict[Kind, type[BaseModel]] = {
    Kind.ASSOCIATION: AssociationPublic,
    Kind.AUTHORITY: AuthorityPublic,
    Kind.PROGRAMME: ProgrammePublic,
    Kind.PROJECT: ProjectPublic,
}
"""What a profile of each kind is shown as."""


class Note(BaseModel):
    """How a value was understood; ``pointer`` is a JSON Pointer (RFC 6901) into what was sent."""

    pointer: str
    detail: str
    candidates: list[QualifiedTerritory] | None = None


class JustSent(BaseModel):
    """What is said of a profile as it is sent, and never again."""

    notes: list[Note] = Field(
        default=[],
        description="How places were understood whose names mean several territories; left out where there are none.",
    )


CHANGED: dict[Kind, type[BaseModel]] = {
    kind: type(shown.__name__.replace("Public", "Changed"), (shown, JustSent), {"__doc__": shown.__doc__})
    for kind, shown in PUBLIC.items()
}
"""What a change of a profile of each kind is answered with."""
