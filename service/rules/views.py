"""Rulesets as the API takes and shows them."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from matching import GapKind, RulesetSettings
from schemas.inputs import Input, JsonObject
from schemas.kinds import Kind
from schemas.lessons import EvidencePublic
from schemas.texts import LINES, NAMING, ONE_LINE, SEEN

RulesetName = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120), NAMING, ONE_LINE
]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2000), SEEN, LINES]
RulesetState = Literal["draft", "scheduled", "active", "retired"]


class RulesetDraft(Input):
    """A new draft: what it is called, why it is made, and the ruleset it starts from (the active one)."""

    name: RulesetName
    reason: Reason
    based_on: Annotated[UUID | None, Field(strict=False)] = None


class RulesetAbout(Input):
    """What may change of a draft besides its settings, and what may be said of one that is made of what was learnt."""

    name: RulesetName | None = None
    reason: Reason | None = None


class RulesetFileAbout(Input):
    """What a file of rules says besides its settings: what it is called, why it is so, and where that is known from."""

    name: RulesetName
    reason: Reason
    source: Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), LINES] | None = None


class RulesetPreset(BaseModel):
    """Rules to begin with: what they are called, why they are so, and where that is known from."""

    key: str
    name: str
    reason: str
    source: str


class RulesetActivation(Input):
    """Why a draft becomes the active ruleset, why the one before does so again, or why a scheduled one is withdrawn."""

    reason: Reason


class RulesetRollback(RulesetActivation):
    """Why the last activation is taken back, and which version that is: pressed twice, nothing more is taken back."""

    from_version: Annotated[
        int | None,
        Field(
            alias="from",
            ge=1,
            description="The version in force that is taken back; needed to go back further than to what the last rollback put back in force.",
        ),
    ] = None


class RulesetStep(BaseModel):
    """One step in the life of a ruleset: who did what and when; ``changes`` is the merge patch of a change, ``key`` and
    ``source`` are of the file that it came from."""

    did: Literal[
        "drafted",
        "changed",
        "scheduled",
        "withdrawn",
        "activated",
        "retired",
        "rolled_back",
        "restored",
        "expired",
    ]
    by: str
    at: datetime
    reason: str | None = None
    changes: JsonObject | None = None
    key: str | None = None
    source: str | None = None


class RemarkOnRules(BaseModel):
    """Something in a draft that changes nothing or contradicts something else; ``pointer`` says where it stands."""

    pointer: str
    detail: str


class DifferencePublic(BaseModel):
    """One thing in which a ruleset differs from another; ``null`` where it is not there."""

    pointer: str
    before: Any
    after: Any
    detail: str


class RulesetDiff(BaseModel):
    """What differs in a ruleset from the one it is held ``against``."""

    ruleset: UUID
    against: UUID
    items: list[DifferencePublic]


class GapOfCondition(BaseModel):
    """A gap to fill in: the field it fills, what to ask for, and of which kind the answer is."""

    field: str
    label: str
    kind: GapKind
    required: bool
    choices: dict[str, str] | None = Field(description="What there is to choose from, by what is sent.")


class ConditionForm(BaseModel):
    """One condition as a form offers it; ``of`` is empty where it is asked of the pair."""

    type: str
    label: str
    of: list[Kind]
    gaps: list[GapOfCondition]


class ConditionForms(BaseModel):
    """All conditions there are."""

    items: list[ConditionForm]


class RulesetPublic(RulesetSettings):
    """A ruleset: its settings, and who made and activated it, why and when."""

    id: UUID
    version: int
    key: str | None = Field(description="That of the file it was put in as.")
    name: str
    reason: str
    source: str | None = Field(description="Where it is known from, as the file says that it was put in as.")
    state: RulesetState
    based_on: UUID | None
    created_by: str
    created_at: datetime
    activated_by: str | None
    activated_at: datetime | None
    activation_reason: str | None
    retired_at: datetime | None
    history: list[RulesetStep]
    evidence: list[EvidencePublic] | None = Field(
        description="From what its weights were learnt, by pairing; empty where a person has set them."
    )
    remarks: list[RemarkOnRules] = Field(
        description="What is odd about a draft's conditions, though it may be activated."
    )
