"""Suggestions as the API shows them."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, StringConstraints

from schemas.empty_lists import EmptyListCause
from schemas.inputs import Input
from schemas.partnerships import ProfileReference
from schemas.profiles import Page
from schemas.programme_states import ProgrammeState
from schemas.texts import LINES, SEEN
from schemas.weights import ScorePartName


class PartPublic(BaseModel):
    """One part of a score: ``points`` = ``weight`` × ``similarity``; the points of all parts add up to the score."""

    name: ScorePartName
    weight: float = Field(ge=0, le=1)
    similarity: float = Field(ge=0, le=1)
    points: float = Field(ge=0, le=1)
    because: list[str] = Field(
        description="What is shared, by code: territories, sectors, priorities, partners, keys of preferences."
    )


class EligibilityPublic(BaseModel):
    """One hard condition; ``met`` is ``null`` when a profile does not say enough."""

    rule: str
    met: bool | None
    detail: str


class LikelihoodPublic(BaseModel):
    """What such a score has meant so far: which share of proposals with it led to a partnership, between two bounds."""

    least: float = Field(ge=0, le=1)
    most: float = Field(ge=0, le=1)
    detail: str


class ConfidencePublic(BaseModel):
    """How much is known of the two sides: how complete and how recent their profiles are, and how many partnerships
    of the candidate are known. It is no part of the score."""

    level: Literal["high", "medium", "low"]
    detail: str
    because: list[str]


class PrecedentPublic(BaseModel):
    """What there was before: a documented practice that resembles the pair, with what helped and what hindered there; or a
    ``programme`` that has ended, with a sentence about it."""

    key: str
    name: str
    programme: ProfileReference | None = Field(
        default=None, description="`null` for a practice, which `/precedents/{key}` describes."
    )
    detail: str | None = None
    similarity: float
    helped: str | None
    hindered: str | None


class ChangePublic(BaseModel):
    """What one missed condition asks for: the profile's ``field``, the ``value`` it would need, and a sentence."""

    rule: str
    field: str
    value: Any
    detail: str


class NearMissPublic(BaseModel):
    """A programme that fits but for its conditions; ``changes`` are the least that would meet them, all together.

    ``score`` is that of the profile as it is. ``eligible_from`` is the day from which it would be eligible, when that is to
    come: ``waits`` says for what, unless it is for the programme to open.
    """

    subject: ProfileReference
    candidate: ProfileReference
    score: float = Field(ge=0, le=1)
    changes: list[ChangePublic]
    waits: list[str]
    eligible_from: date | None


class SpeaksForASector(BaseModel):
    """Why a sector is proposed: words of the text that stand for it, and profiles with similar texts that have it."""

    words: list[str]
    profiles: list[ProfileReference]


class ProposedSector(BaseModel):
    """A sector read in a text. It counts nowhere until somebody confirms it by giving it as one of the ``sectors``."""

    code: str
    key: str
    name: str
    status: Literal["proposed"]
    weight: float = Field(ge=0, le=1, description="Its share of all that speaks for any sector.")
    because: SpeaksForASector


class TextToRead(Input):
    """What an organisation says of itself or of its project, in any of the languages that are read."""

    text: Annotated[
        str, StringConstraints(strip_whitespace=True, min_length=1, max_length=20_000), SEEN, LINES
    ]


DecisionWord = Literal["interested", "declined", "later"]


class DecisionInput(Input):
    """What a subject's organisation says to a suggestion; a declined candidate leaves its lists."""

    decision: DecisionWord
    reason: Annotated[str, StringConstraints(max_length=2000), LINES] | None = None


class DecisionPublic(DecisionInput):
    """A decision, with who took it and when."""

    decided_by: str
    decided_at: datetime


class SuggestionPublic(BaseModel):
    """A partner proposed to a subject, with the reasons."""

    id: UUID
    subject: ProfileReference
    candidate: ProfileReference
    together_with: list[ProfileReference] = Field(
        description="Other authorities that govern the same territory on the same level: not listed on lines of their own."
    )
    state: ProgrammeState | None = Field(
        description="Of a programme: planned, open, between two calls, or not confirmed by its operator for a year."
    )
    score: float = Field(ge=0, le=1, description="How well the two fit. Not a promise of funding.")
    rank: int | None = Field(description="The place in the list asked for; `null` beyond the first hundred.")
    parts: list[PartPublic]
    eligibility: list[EligibilityPublic]
    likelihood: LikelihoodPublic | None = Field(
        description="`null` as long as the active ruleset does not know what scores have meant."
    )
    confidence: ConfidencePublic
    precedents: list[PrecedentPublic]
    explanation: str = Field(
        description="Why, in two sentences: first what sets this candidate apart from the others in the list asked for."
    )
    details: list[str] = Field(description="What else speaks for it, and what to know of it.")
    decision: DecisionPublic | None = Field(
        description="What the subject's organisation said; only for those who may change the subject."
    )
    ruleset_version: int
    computed_at: datetime


NextSteps = Annotated[
    list[str],
    Field(
        description="What to do next, each step once for all suggestions; and that no score guarantees funding."
    ),
]


class SuggestionWithNextSteps(SuggestionPublic):
    """One suggestion by itself."""

    next_steps: NextSteps


class EmptyListPublic(BaseModel):
    """Why a list of suggestions is empty, and what would fill it."""

    cause: EmptyListCause
    detail: str
    what_helps: list[str]


class SuggestionList(Page[SuggestionPublic]):
    """The best candidates of a subject; or why there are none."""

    next_steps: NextSteps
    empty: EmptyListPublic | None = Field(description="`null` where there are suggestions.")
