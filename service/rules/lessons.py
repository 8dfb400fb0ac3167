"""What the track record and decisions teach about the active rules, for stewards to take up or leave."""

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from schemas.language import Language
from schemas.translation import Message, message
from schemas.weights import PARTS
from schemas.wording import render

if TYPE_CHECKING:
    # With learning comes scipy's optimiser, and no start should wait for it.
    from matching import Lesson

WORTH_A_CHANGE = 0.002
"""By which share of it surprise must fall before other weights are worth a steward's time."""
LEARNT_IS_BETTER = message(
    "Other weights would have foretold better what came of {pairs} proposals. Draft a ruleset with them, and compare."
)
AS_GOOD = message(
    "The weights fit what came of {pairs} proposals: others would hardly have foretold it better."
)


def is_better(lesson: "Lesson") -> bool:
    """Whether the weights that were learnt are worth a change."""
    return lesson.surprise_proposed < lesson.surprise_present * (1 - WORTH_A_CHANGE)


def figures(lesson: "Lesson") -> dict[str, Any]:
    """From what a lesson was learnt, and how well the present weights do."""
    return {
        "pairing": lesson.pairing,
        "pairs": lesson.pairs,
        "decided": lesson.decided,
        "together": lesson.together,
        "present": lesson.present.model_dump(),
        "surprise_present": lesson.surprise_present,
        "calibration_error": lesson.error,
        "bands": [asdict(band) for band in lesson.bands],
    }


def public_lesson(lesson: "Lesson", language: Language) -> dict[str, Any]:
    """A lesson for its steward; ``patch`` is what to send to a draft to take it up."""
    better = is_better(lesson)
    weights = lesson.proposed if better else lesson.present
    means = lesson.calibration_proposed if better else lesson.calibration_present
    return {
        **figures(lesson),
        "proposed": {part: round(lesson.proposed.share(part), 4) for part in PARTS},
        "surprise_proposed": lesson.surprise_proposed,
        "better": better,
        "detail": render(
            language, Message((LEARNT_IS_BETTER if better else AS_GOOD).text, {"pairs": lesson.pairs})
        ),
        "calibration": means.model_dump(),
        "patch": {
            "pairings": {lesson.pairing: weights.model_dump()},
            "calibration": {lesson.pairing: means.model_dump()},
        },
    }
