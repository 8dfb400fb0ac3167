"""Suggestions made from the scores of pairs."""

from collections.abc import Sequence
from datetime import date

import numpy as np

from matching.fitted_state import FittedState
from matching.parts.base import ScorePart
from matching.parts.pairwise import PairwiseScores
from matching.parts.preferences import evaluator_of
from matching.rules.built_in.programme_state import programme_state
from matching.rules.ruleset import RulesetSettings
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS
from matching.suggestion import Part, Suggestion
from schemas.kinds import Kind
from schemas.records import Record

MAX_REASONS = 5
"""So many codes a part names at most."""


def suggestion_of(pairs: PairwiseScores, row: int, position: int, settings: RulesetSettings) -> Suggestion:
    """The suggestion of one candidate (position) to one subject (row) under a ruleset."""
    profile = pairs.candidates.encoded[position]
    weights = pairs.weights(settings)
    parts = [_part(part, weights[name], row, position) for name, part in pairs.parts.items()]
    if settings.preferences and weights["preferences"]:
        counts = round(sum(part.points for part in parts), SCORE_DECIMALS) >= MIN_SCORE
        parts.append(_preferences(pairs, row, position, settings, counts=counts))
    score = sum(part.points for part in parts)
    kind = profile.traits.kind
    return Suggestion(
        profile.traits.key,
        kind,
        score,
        tuple(parts),
        profile.only_side,
        state=programme_state(profile.record, pairs.on) if kind is Kind.PROGRAMME else None,
    )


def _part(part: ScorePart, weight: float, row: int, position: int) -> Part:
    """One part with its reasons; none where the similarity is 0."""
    similarity = part.similarity_of(row, position)
    reasons = part.reasons(row, position)[:MAX_REASONS] if similarity > 0 else ()
    return Part(part.name, weight, similarity, reasons)


def _preferences(
    pairs: PairwiseScores, row: int, position: int, settings: RulesetSettings, *, counts: bool
) -> Part:
    """The ruleset's preferences; they count only where the pair has something else in common."""
    weight = pairs.weight(settings, "preferences")
    if not counts:
        return Part("preferences", weight, 0.0)
    rules, evaluator = settings.preferences_between(*pairs.kinds), evaluator_of(pairs, settings)
    met = (rule.key for rule in rules if evaluator.verdict(rule.condition, row).yes[position])
    added = float(pairs.preference_scores(settings)[row][position])
    return Part("preferences", weight, added / weight, tuple(met))


def score_candidates(
    state: FittedState,
    settings: RulesetSettings,
    subject: Record,
    keys: Sequence[str],
    on: date | None,
) -> list[Suggestion]:
    """The suggestions of the candidates with these keys to one subject, in the order given; without unknown keys."""
    subjects, profiles = state.encode([subject]), state.profiles
    positions: dict[Kind, list[int]] = {}
    for key in dict.fromkeys(keys):
        if kind := profiles.kind_of(key):
            positions.setdefault(kind, []).append(profiles.of(kind).position(key))
    found: dict[str, Suggestion] = {}
    for kind, of_kind in positions.items():
        everybody = PairwiseScores(state, subjects, profiles.of(kind), on=on)
        pairs = everybody.restrict_candidates(np.array(of_kind))
        suggestions = (suggestion_of(pairs, 0, position, settings) for position in range(len(of_kind)))
        found |= {suggestion.candidate: suggestion for suggestion in suggestions}
    return [found[key] for key in keys if key in found]
