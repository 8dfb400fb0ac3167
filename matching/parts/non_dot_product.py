"""What the parts that are no dot products add to scores: no index finds it, so it is computed for all who have any."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from matching.parts.pairwise import PairwiseScores
from matching.parts.registry import SCORE_PARTS
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions


@dataclass(frozen=True)
class NonDotProductScores:
    """What the parts that are no dot products add to the scores of some candidates.

    ``scores`` (subjects × ``positions``) are exact there; ``upper_bounds_elsewhere`` (by subject) bound them for all other
    candidates.
    """

    positions: Positions
    scores: Floats
    upper_bounds_elsewhere: Floats

    def among(self, candidates: Mask, eligible: Sequence[Mask]) -> "NonDotProductScores":
        """Those of some candidates, 0 where they are not ``eligible`` (by subject)."""
        some = candidates[self.positions]
        positions = self.positions[some]
        allowed = np.stack([mask[positions] for mask in eligible])
        return NonDotProductScores(positions, self.scores[:, some] * allowed, self.upper_bounds_elsewhere)


def non_dot_product_scores(pairs: PairwiseScores, settings: RulesetSettings) -> NonDotProductScores:
    """The scores of candidates with a history by their track record; between authorities, those of all.

    Preferences are not included.
    """
    if pairs.between_authorities:
        names = [part.name for part in SCORE_PARTS if not part.is_dot_product(*pairs.kinds)]
        scores = pairs.weighted_sum(settings, lambda part: part.similarity, names)
        return NonDotProductScores(np.arange(pairs.shape[1]), scores, np.zeros(pairs.shape[0]))
    weight = pairs.track_record_weight(settings)
    if not weight:
        none = np.empty((pairs.shape[0], 0))
        return NonDotProductScores(np.empty(0, np.int64), none, np.zeros(pairs.shape[0]))
    part = pairs.track_record
    positions, columns = part.with_history
    scores = weight * np.sqrt(part.likelihoods[:, columns])
    newcomers = part.newcomer_likelihoods.max(axis=1)
    return NonDotProductScores(positions, scores, weight * np.sqrt(newcomers))
