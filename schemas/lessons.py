"""What the rules could learn from what came of proposals, as stewards see it."""

from collections.abc import Sequence

from pydantic import BaseModel, Field

from schemas.inputs import JsonObject
from schemas.weights import Calibration, PartName, Weights


class BandPublic(BaseModel):
    """Pairs of about the same likelihood, between two shares: what was expected of them, and what came of them."""

    least: float
    most: float
    pairs: int
    expected: float
    observed: float


class LessonPublic(BaseModel):
    """What was learnt for one pairing; nothing changes before a steward takes it up."""

    pairing: str
    pairs: int = Field(description="Proposals that were looked at.")
    decided: int = Field(description="Those of which an organisation said whether it was interested.")
    together: int = Field(description="Those that led to a partnership or to interest.")
    present: Weights
    proposed: Weights
    surprise_present: float = Field(description="Mean log loss in nats under the present weights.")
    surprise_proposed: float = Field(
        description="The same under the proposed ones, for subjects left out meanwhile."
    )
    better: bool = Field(description="Whether the proposed weights are worth a change.")
    detail: str
    calibration: Calibration = Field(description="What a score means, under the weights of the patch.")
    calibration_error: float = Field(description="How far expected and observed shares lie apart, 0 to 1.")
    bands: list[BandPublic]
    patch: JsonObject = Field(description="What to send to a draft to take the lesson up.")


class StoredConflict(BaseModel):
    """A weight that was learnt and lies outside the bounds of the rules: what was learnt, and what is kept."""

    part: PartName
    learnt: float
    least: float
    most: float
    kept: float


class ConflictPublic(StoredConflict):
    """A weight that was learnt and lies outside the bounds of the rules: what was learnt, and what is kept."""

    detail: str


class StoredEvidence(BaseModel):
    """From what the weights of one pairing were learnt, as it is kept with a ruleset."""

    pairing: str
    pairs: int = Field(description="Proposals that were looked at.")
    decided: int = Field(description="Those of which an organisation said whether it was interested.")
    together: int = Field(description="Those that led to a partnership or to interest.")
    present: Weights
    learnt: Weights
    surprise_present: float
    surprise_learnt: float
    calibration_error: float
    bands: list[BandPublic]
    conflicts: Sequence[StoredConflict]


class EvidencePublic(StoredEvidence):
    """From what the weights of one pairing were learnt, and where the bounds of the rules stood against it."""

    conflicts: list[ConflictPublic]
    detail: str


class Lessons(BaseModel):
    """Lessons by pairing; pairings of which too little is known are left out."""

    items: list[LessonPublic]
