"""What a draft of the rules would change, as the API tells it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from schemas.inputs import Input
from schemas.partnerships import ProfileReference
from schemas.suggestions import PartPublic

MOST_SUBJECTS = 5_000
GroupName = Literal["kind", "territory", "sector", "size", "newcomer"]


class PreviewRequest(Input):
    """Of how many organisations to look at the lists: a sample with its share of each kind, the same one every time."""

    subjects: Annotated[int, Field(ge=1, le=MOST_SUBJECTS)] = 1_000
    everybody: bool = Field(
        default=False,
        description="Look at the lists of all organisations instead; a job does it, and tells how far it is.",
    )
    back_test: bool = Field(
        default=True, description="Also say how well the draft would have found what has come to be."
    )


class EffectPublic(BaseModel):
    """How many lists there are and would change, and how many suggestions come, go or change places on them.

    ``emptied`` lists had suggestions and would have none; ``filled`` the other way round.
    """

    lists: int
    changed: int
    appeared: int
    vanished: int
    moved: int
    emptied: int
    filled: int


class GroupEffect(EffectPublic):
    """The effect on those of one kind, territory, sector or size, on newcomers or on those who are none."""

    group: GroupName
    value: str
    name: str


class LeftOutPublic(BaseModel):
    """Somebody who would be proposed nobody, and the conditions (by key) that do it: each alone, or only together."""

    subject: ProfileReference
    conditions: list[str]
    alone: bool
    detail: str


class SeenPublic(BaseModel):
    """How candidates are seen on these lists: how many, how unevenly (Gini), and what share the most seen one has."""

    candidates: int
    gini: float = Field(ge=0, le=1)
    most: float = Field(ge=0, le=1)


class ExposurePublic(BaseModel):
    """How candidates are seen under the rules in force, and would be under the draft."""

    before: SeenPublic
    after: SeenPublic


class SidePublic(BaseModel):
    """A suggestion under one version of the rules: what speaks for it, or which conditions exclude it. ``rank`` is empty
    where it is not among the first ten."""

    rank: int | None
    score: float = Field(ge=0, le=1)
    parts: list[PartPublic]
    detail: str


class TurnPublic(BaseModel):
    """A suggestion that would come, go or change its place, with old and new reasons."""

    subject: ProfileReference
    candidate: ProfileReference
    before: SidePublic
    after: SidePublic


class EstimatePublic(BaseModel):
    """A mean, and the bounds between which it lies with 95 % confidence."""

    mean: float
    least: float
    most: float


class FigurePublic(BaseModel):
    """One measure under the rules in force and under the draft, and what the draft gains."""

    before: EstimatePublic
    after: EstimatePublic
    gain: EstimatePublic


class BackTestPublic(BaseModel):
    """How well the rules find, among the first ten, what came to be after that."""

    queries: int
    recall: FigurePublic
    ndcg: FigurePublic
    detail: str


class BackTests(BaseModel):
    """The back-test on the latest partnerships, and on what organisations said of proposals."""

    track_record: BackTestPublic
    decisions: BackTestPublic


class PreviewPublic(BaseModel):
    """What a draft would change for ``subjects`` organisations out of ``of``."""

    ruleset: UUID
    against: UUID
    subjects: int
    of: int
    detail: str
    effect: EffectPublic
    groups: list[GroupEffect]
    left_out: list[LeftOutPublic]
    exposure: ExposurePublic
    biggest: list[TurnPublic]
    back_test: BackTests | None
