"""What the track record and decisions teach about the active rules, for stewards to take up or leave."""

from typing import Any

from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from matching.learning import Decided, Lesson
from schemas.language import Language
from schemas.rules import PARTS, RulesetSettings
from schemas.translation import Message, message, render
from service.db.tables import Decision, Profile

TELLING = {"interested": True, "declined": False}
"""What a decision says of a proposal; one that is put off says nothing yet."""
WORTH_A_CHANGE = 0.002
"""By which share of it surprise must fall before other weights are worth a steward's time."""
BETTER = message(
    "Other weights would have foretold better what came of {pairs} proposals. Draft a ruleset with them, and compare."
)
AS_GOOD = message(
    "The weights fit what came of {pairs} proposals: others would hardly have foretold it better."
)


def decisions_told(session: Session) -> list[Decided]:
    """What organisations have said of proposals: the keys of subject and candidate, and whether they were interested."""
    subject, candidate = aliased(Profile), aliased(Profile)
    query = (
        select(subject.key, candidate.key, Decision.decision)
        .join(subject, col(subject.number) == Decision.subject_number)
        .join(candidate, col(candidate.number) == Decision.candidate_number)
        .where(col(Decision.decision).in_(TELLING))
        .order_by(col(subject.key), col(candidate.key))
    )
    return [(one, other, TELLING[said]) for one, other, said in session.execute(query)]


def public_lesson(lesson: Lesson, settings: RulesetSettings, language: Language) -> dict[str, Any]:
    """A lesson for its steward; ``patch`` is what to send to a draft to take it up."""
    better = lesson.surprise_proposed < lesson.surprise_present * (1 - WORTH_A_CHANGE)
    weights = lesson.proposed if better else lesson.present
    means = lesson.calibration_proposed if better else lesson.calibration_present
    known = {name: item.model_dump() for name, item in settings.calibration.items()}
    return {
        "pairing": lesson.pairing,
        "pairs": lesson.pairs,
        "together": lesson.together,
        "present": lesson.present.model_dump(),
        "proposed": {part: round(lesson.proposed.share(part), 4) for part in PARTS},
        "surprise_present": lesson.surprise_present,
        "surprise_proposed": lesson.surprise_proposed,
        "better": better,
        "detail": _said(BETTER if better else AS_GOOD, lesson.pairs, language),
        "calibration": means.model_dump(),
        "calibration_error": lesson.error,
        "bands": [
            {
                "least": band.least,
                "most": band.most,
                "pairs": band.pairs,
                "expected": band.expected,
                "observed": band.observed,
            }
            for band in lesson.bands
        ],
        "patch": {
            "pairings": {lesson.pairing: weights.model_dump()},
            "calibration": known | {lesson.pairing: means.model_dump()},
        },
    }


def _said(sentence: Message, pairs: int, language: Language) -> str:
    return render(language, Message(sentence.text, {"pairs": pairs}))
