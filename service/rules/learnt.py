"""Drafts of what was learnt: the weights that would have predicted better, within the bounds of the rules, with evidence."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from matching import RulesetSettings, clip_to_bounds, out_of_bounds
from schemas.lessons import ConflictPublic, EvidencePublic, StoredConflict, StoredEvidence
from schemas.records import Record
from schemas.translation import Message, Share, message
from schemas.weights import Weights
from schemas.wording import Words
from service.db.tables import Ruleset
from service.errors import Conflict
from service.rules.lessons import band_views, is_better
from service.rules.service import begin
from service.rules.views import RulesetAbout
from service.rulesets.service import active_ruleset
from service.vocabularies.wording import PART_NAMES, kinds_between

if TYPE_CHECKING:
    from matching import Lesson

NAME = message("Learnt from the outcome of suggestions")
REASON = message("These weights would have predicted the outcome of suggestions better.")
NOTHING_BETTER = message(
    "No other weights would have predicted the outcome of suggestions better. See GET /rulesets/lessons."
)
OTHERS_BY_NOW = message("Other rules have come into force in the meantime. Ask again to learn from these.")
EVIDENCE_FOR_WEIGHTS = message(
    "Of {pairs} suggestions between {kinds}, {together} led to a partnership or to interest. With these "
    "weights, the prediction error would have been smaller by {share}."
)
CONFLICT = message(
    "Learnt weight of “{part}”: {learnt}. The bounds of the rules allow {least} to {most}, so it becomes {kept}."
)


def draft_learnt(
    session: Session,
    version: int | None,
    lessons: "Sequence[Lesson]",
    said: RulesetAbout,
    words: Words,
    *,
    author: str,
    now: datetime,
) -> Ruleset:
    """A draft with the weights that were learnt under the active ruleset, which is of this ``version``.

    Raises ``Conflict`` where no weights are better, and where other rules are active by now.
    """
    active = active_ruleset(session)
    if active.version != version:
        raise Conflict(OTHERS_BY_NOW)
    better = [lesson for lesson in lessons if is_better(lesson)]
    if not better:
        raise Conflict(NOTHING_BETTER)
    settings = RulesetSettings.model_validate(active.settings)
    draft = Ruleset(
        name=said.name or words.say(NAME),
        reason=said.reason or words.say(REASON),
        state="draft",
        based_on=active.version,
        settings=_taken_up(settings, lessons).model_dump(mode="json"),
        evidence=[_evidence(lesson, settings).model_dump(mode="json") for lesson in better],
        created_by=author,
        created_at=now,
    )
    return begin(session, draft, evidence=draft.evidence)


def _taken_up(settings: RulesetSettings, lessons: "Sequence[Lesson]") -> RulesetSettings:
    """Settings with the better weights, and with what scores mean where that is known of the weights they get."""
    pairings, calibration = dict(settings.pairings), dict(settings.calibration)
    for lesson in lessons:
        if not is_better(lesson):
            calibration[lesson.pairing] = lesson.calibration_present
            continue
        pairings[lesson.pairing] = clip_to_bounds(lesson.proposed, settings.bounds)
        calibration.pop(lesson.pairing, None)
        if not out_of_bounds(lesson.proposed, settings.bounds):
            calibration[lesson.pairing] = lesson.calibration_proposed
    changed = {"pairings": pairings, "calibration": calibration, "valid_from": None, "valid_until": None}
    return settings.model_copy(update=changed)


def _evidence(lesson: "Lesson", settings: RulesetSettings) -> StoredEvidence:
    kept = clip_to_bounds(lesson.proposed, settings.bounds)
    return StoredEvidence(
        pairing=lesson.pairing,
        pairs=lesson.pairs,
        decided=lesson.decided,
        together=lesson.together,
        present=lesson.present,
        learnt=lesson.proposed,
        surprise_present=lesson.surprise_present,
        surprise_learnt=lesson.surprise_proposed,
        calibration_error=lesson.error,
        bands=band_views(lesson),
        conflicts=_conflicts(lesson.proposed, kept, settings),
    )


def _conflicts(learnt: Weights, kept: Weights, settings: RulesetSettings) -> list[StoredConflict]:
    return [
        StoredConflict(
            part=part,
            learnt=learnt.share(part),
            least=settings.bounds[part].least,
            most=settings.bounds[part].most,
            kept=kept.share(part),
        )
        for part in out_of_bounds(learnt, settings.bounds)
    ]


def evidence_views(stored: Sequence[Record] | None, words: Words) -> list[EvidencePublic] | None:
    """Stored evidence with sentences for its reader."""
    if stored is None:
        return None
    return [_evidence_view(StoredEvidence.model_validate(each), words) for each in stored]


def _evidence_view(evidence: StoredEvidence, words: Words) -> EvidencePublic:
    conflicts = [
        ConflictPublic(**dict(conflict), detail=words.say(_of_conflict(conflict)))
        for conflict in evidence.conflicts
    ]
    return EvidencePublic(
        **dict(evidence) | {"conflicts": conflicts}, detail=words.say(_of_evidence(evidence))
    )


def _of_evidence(evidence: StoredEvidence) -> Message:
    values = {
        "pairs": evidence.pairs,
        "together": evidence.together,
        "kinds": kinds_between([evidence.pairing]),
        "share": Share(1 - evidence.surprise_learnt / evidence.surprise_present),
    }
    return Message(EVIDENCE_FOR_WEIGHTS.text, values)


def _of_conflict(conflict: StoredConflict) -> Message:
    shares = {name: Share(getattr(conflict, name)) for name in ("learnt", "least", "most", "kept")}
    return Message(CONFLICT.text, {"part": PART_NAMES[conflict.part], **shares})
