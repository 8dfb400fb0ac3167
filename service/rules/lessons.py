"""What the track record and decisions teach about the active rules, for stewards to take up or leave."""

from dataclasses import asdict
from typing import TYPE_CHECKING

from schemas.inputs import JsonObject
from schemas.language import Language
from schemas.lessons import BandPublic, LessonPublic
from schemas.translation import Message, message
from schemas.weights import PARTS, Weights
from schemas.wording import render

if TYPE_CHECKING:
    # With learning comes scipy's optimiser, and no start should wait for it.
    from matching import Lesson

WORTH_A_CHANGE = 0.002
"""By which share of it surprise must fall before other weights are worth a steward's time."""
LEARNT_IS_BETTER = message(
    "Other weights would have predicted the outcome of {pairs} suggestions better. Draft a ruleset with them, and compare."
)
AS_GOOD = message(
    "The weights predict the outcome of {pairs} suggestions well: others would hardly have done better."
)


def is_better(lesson: "Lesson") -> bool:
    """Whether the weights that were learnt are worth a change."""
    return lesson.surprise_proposed < lesson.surprise_present * (1 - WORTH_A_CHANGE)


def band_views(lesson: "Lesson") -> list[BandPublic]:
    """What was expected of pairs of about the same likelihood, and what came of them."""
    return [BandPublic(**asdict(band)) for band in lesson.bands]


def lesson_view(lesson: "Lesson", language: Language) -> LessonPublic:
    """A lesson for its steward; ``patch`` is what to send to a draft to take it up."""
    better = is_better(lesson)
    weights = lesson.proposed if better else lesson.present
    means = lesson.calibration_proposed if better else lesson.calibration_present
    said = Message((LEARNT_IS_BETTER if better else AS_GOOD).text, {"pairs": lesson.pairs})
    return LessonPublic(
        pairing=lesson.pairing,
        pairs=lesson.pairs,
        decided=lesson.decided,
        together=lesson.together,
        present=lesson.present,
        proposed=_rounded(lesson.proposed),
        surprise_present=lesson.surprise_present,
        surprise_proposed=lesson.surprise_proposed,
        better=better,
        detail=render(language, said),
        calibration=means,
        calibration_error=lesson.error,
        bands=band_views(lesson),
        patch={
            "pairings": {lesson.pairing: weights.model_dump()},
            "calibration": {lesson.pairing: means.model_dump()},
        },
    )


def _rounded(weights: Weights) -> Weights:
    """Shares to be read; they are not scaled to add up to 1 again, which would undo the rounding."""
    shares: JsonObject = {part: round(weights.share(part), 4) for part in PARTS}
    return Weights.model_construct(**shares)
