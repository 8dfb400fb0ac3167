"""What is known of the scores of candidates before any is computed exactly."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.parts.non_dot_product import NonDotProductScores
from matching.parts.pairwise import PairwiseScores
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE, FLOAT64_TOLERANCE, MIN_SCORE

if TYPE_CHECKING:
    from matching.retrieval.block_max_index import TopKLists

EXPANSION_FACTOR = 8
"""This many times more candidates are considered by the parts that are no dot products, which are known of all."""


@dataclass(frozen=True)
class CandidateBounds:
    """What is known of the candidates of one kind before any is scored exactly.

    ``lists`` are the best by the parts that are dot products; ``others`` is what the other parts add, 0 for candidates
    that are not eligible, and ``preferences`` what the ruleset's preferences add (by subject, if there are any).
    """

    pairs: PairwiseScores
    settings: RulesetSettings
    eligible: Sequence[Mask]
    lists: "TopKLists"
    others: NonDotProductScores
    preferences: Sequence[Floats]

    @cached_property
    def lower_bounds(self) -> list[Floats]:
        """Lower bounds of the best scores of each subject, in no order: those of the lists, and any that are higher."""
        rows, ranks = np.nonzero(self._other_known)
        unlisted = self.others.scores.copy()
        unlisted[rows, self._position_in_others[rows, ranks]] = 0.0
        listed = np.where(self._listed, self._scores - 2 * FLOAT32_TOLERANCE, 0.0)
        return [
            np.concatenate([row, scores[scores > row.min()]])
            for row, scores in zip(listed, unlisted, strict=True)
        ]

    def above(self, thresholds: Floats) -> tuple[Mask, Floats]:
        """The pairs that may reach the thresholds (by subject); and upper bounds of all other scores (by subject), 0 where no
        other counts."""
        lowest = thresholds[:, None] - FLOAT64_TOLERANCE
        mask, unlisted = self._may_reach(lowest)
        others = np.maximum(unlisted, self.others.upper_bounds_elsewhere)
        bounds = np.where(others > 0, self._unlisted_bounds + others, self.lists.upper_bounds_elsewhere)
        bounds = np.maximum(
            bounds, np.where(thresholds > self.settings.cutoff, thresholds - FLOAT64_TOLERANCE, 0.0)
        )
        for row, eligible in enumerate(self.eligible):
            if np.count_nonzero(eligible) <= self._depth:
                mask[row], bounds[row] = eligible, 0.0
        return mask, bounds

    def _may_reach(self, lowest: Floats) -> tuple[Mask, Floats]:
        """The pairs that may reach the thresholds; and an upper bound of what is added to all left-out candidates that may,
        0 where there are none."""
        mask = np.zeros(self.pairs.shape, bool)
        positions, scores = self.others.positions, self.others.scores
        if self.preferences:
            preferred = np.stack([added[positions] for added in self.preferences])
            scores = (scores + preferred) * (scores > 0)
        may_reach = self._unlisted_bounds[:, None] + scores >= lowest
        mask[:, positions], left_out = _largest(scores * may_reach, self._depth * EXPANSION_FACTOR)
        for row, added in enumerate(self.preferences):
            left_out[row] = max(left_out[row], self._add_preferred(row, added, float(lowest[row, 0]), mask))
        elsewhere = np.where(self._other_known, 0.0, self.others.upper_bounds_elsewhere[:, None])
        bounds = self._scores + 2 * FLOAT32_TOLERANCE + elsewhere
        rows, ranks = np.nonzero(self._listed & (bounds >= lowest))
        mask[rows, self.lists.positions[rows, ranks]] = True
        return mask, left_out

    def _add_preferred(self, row: int, added: Floats, lowest: float, mask: Mask) -> float:
        """Mark the candidates that may reach the threshold by preferences; what is added at most to others that may."""
        elsewhere = float(self.others.upper_bounds_elsewhere[row])
        needed = max(lowest - float(self._unlisted_bounds[row]) - elsewhere, FLOAT64_TOLERANCE)
        positions = np.flatnonzero((added >= needed) & self.eligible[row])
        most = self._depth * EXPANSION_FACTOR
        if positions.size <= most:
            mask[row, positions] = True
            return 0.0
        order = np.argpartition(-added[positions], most)
        mask[row, positions[order[:most]]] = True
        return elsewhere + float(added[positions[order[most]]]) + FLOAT64_TOLERANCE

    @property
    def _depth(self) -> int:
        return int(self.lists.positions.shape[1])

    @cached_property
    def _unlisted_bounds(self) -> Floats:
        """Upper bounds of the dot products of unlisted candidates, by subject."""
        bounds: Floats = np.maximum(self.lists.upper_bounds_elsewhere, MIN_SCORE)
        return bounds

    @cached_property
    def _listed(self) -> Mask:
        """Where the lists have a candidate."""
        return self.lists.positions >= 0

    @cached_property
    def _position_in_others(self) -> Positions:
        """The place of each listed candidate in :attr:`others`; -1 where it is not there."""
        places = np.full(self.pairs.shape[1], -1)
        places[self.others.positions] = np.arange(self.others.positions.size)
        return np.where(self._listed, places[self.lists.positions], -1)

    @cached_property
    def _other_known(self) -> Mask:
        """Where a listed candidate has an exact score in :attr:`others`."""
        known: Mask = self._position_in_others >= 0
        return known

    @cached_property
    def _scores(self) -> Floats:
        """The scores of listed candidates, as far as they are known."""
        scores = self.lists.scores.copy()
        for row, added in enumerate(self.preferences):
            listed = self._listed[row]
            scores[row, listed] += added[self.lists.positions[row, listed]]
        rows, columns = np.nonzero(self._other_known)
        scores[rows, columns] += self.others.scores[rows, self._position_in_others[rows, columns]]
        return scores


def _largest(values: Floats, most: int) -> tuple[Mask, Floats]:
    """A mask of the ``most`` largest positive values of each row, and an upper bound of its other values."""
    mask, left_out = values > 0, np.zeros(values.shape[0])
    for row in np.flatnonzero(np.count_nonzero(mask, axis=1) > most):
        positive = np.flatnonzero(mask[row])
        order = np.argpartition(-values[row, positive], most)
        left_out[row] = values[row, positive[order[most]]] + FLOAT64_TOLERANCE
        mask[row, positive[order[most:]]] = False
    return mask, left_out
