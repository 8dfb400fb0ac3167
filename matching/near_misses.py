"""Programmes that fit a profile but for a condition, with what would have to change."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import islice

from matching.features.profiles import KindProfiles
from matching.fitted_state import FittedState
from matching.parts.pairwise import PairwiseScores
from matching.retrieval.tie_breaking import ranked_positions, tie_break_hash
from matching.rules.built_in.freshness import freshness
from matching.rules.built_in.registry import TERRITORY_CONDITIONS, eligible_candidates
from matching.rules.counterfactual import Counterfactual
from matching.rules.evaluator import PairEvaluator
from matching.rules.remedies import remedy
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from schemas.kinds import PAIRINGS, Kind


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A programme that a subject misses and could meet.

    Attributes
    ----------
    candidate : str
        The key of the programme.
    score : float
        The score it would have if its conditions were met, between 0 and 1.
    remedy : Counterfactual
        The fewest changes that would meet them.
    """

    candidate: str
    score: float
    remedy: Counterfactual


def near_misses(
    state: FittedState, settings: RulesetSettings, subject: KindProfiles, most: int, on: date | None
) -> list[NearMiss]:
    """The best programmes that one subject misses and could meet, best first; dates count on day ``on``."""
    programmes = state.profiles.of(Kind.PROGRAMME)
    if not programmes.keys or Kind.PROGRAMME not in PAIRINGS[subject.kind]:
        return []
    pair_evaluator = PairEvaluator(settings, state.ties)
    applicant = Party(subject.records[0], subject.traits[0])
    sharing = eligible_candidates(applicant, programmes, state.circumstances(on), TERRITORY_CONDITIONS)
    scores = PairwiseScores(state, subject, programmes, on=on).scores(settings)[0] * sharing

    def missed() -> Iterator[NearMiss]:
        for position in ranked_positions(
            scores, settings.cutoff, lambda at: tie_break_hash(subject.keys[0], programmes.keys[at])
        ):
            programme = Party(programmes.records[position], programmes.traits[position])
            if not _is_withdrawn(programme, on) and (
                found := remedy(programme, applicant, on, pair_evaluator)
            ):
                yield NearMiss(programmes.keys[position], float(scores[position]), found)

    return list(islice(missed(), most))


def _is_withdrawn(programme: Party, on: date | None) -> bool:
    result = freshness(programme.record, on)
    return result is not None and result.met is False
