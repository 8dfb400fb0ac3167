"""Which candidates of a kind come into question for some subjects, so that the others need not be looked at.

By the parts that are dot products the best are found among all in a moment (:mod:`matching.retrieval.block_max_index`); what the other parts
add is known of everybody. Together they say what some score at least, and whoever scores less than enough others is passed
over (Fagin's threshold).
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from matching.rules.masks import Mask
from matching.rules.eligibility import Party
from matching.parts.similarities import NonDotProductScores, Similarities
from matching.sparse.matrices import Floats, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE, FLOAT64_TOLERANCE, MIN_SCORE
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.retrieval.block_max_index import TopKLists

EXPANSION_FACTOR = 8
"""So many times more than are looked at by the dot products are at most by what is none: that is known of everybody."""


@dataclass(frozen=True)
class ScoredCandidates:
    """The candidates of one kind that were looked at for some subjects.

    No other candidate of the kind scores more than ``upper_bounds_elsewhere`` (by subject); 0 where no other counts at all.
    """

    similarities: Similarities
    scores: Floats
    upper_bounds_elsewhere: Floats

    def lower_bounds(self) -> list[Floats]:
        """What the best score at least, for each subject, in no order."""
        return list(self.scores)

    def rescore_candidates(self, _enough: Floats) -> "ScoredCandidates":
        """All of them: they have been looked at, whatever is enough."""
        return self


@dataclass(frozen=True)
class CandidateBounds:
    """What is known of all candidates of one kind before any is looked at closely.

    ``lists`` are the best allowed by the parts that are dot products; what the other parts add is ``non_dot_product_scores``, 0 where somebody
    is not allowed, and what the ruleset prefers in them ``preference_scores`` (by subject), if it prefers anything.
    """

    everybody: Similarities
    settings: RulesetSettings
    eligible: Sequence[Mask]
    lists: "TopKLists"
    non_dot_product_scores: NonDotProductScores
    preference_scores: Sequence[Floats]

    @classmethod
    def of(
        cls, everybody: Similarities, settings: RulesetSettings, on: date | None, depth: int
    ) -> "Self | ScoredCandidates":
        """The outline by the ``depth`` best of each subject, or the whole field where that is as quick."""
        candidates, eligible = everybody.candidates, _eligible(everybody, settings, on)
        if candidates.suits_brute_force or depth >= len(candidates.keys):
            return ScoredCandidates(everybody, everybody.scores(settings) * np.stack(eligible), np.zeros(len(eligible)))
        non_dot_product_scores = everybody.non_dot_product_scores(settings)
        non_dot_product_scores = replace(non_dot_product_scores, scores_=non_dot_product_scores.scores_ * np.stack([mask[non_dot_product_scores.positions] for mask in eligible]))
        # Between authorities the dot products say less, so more by them are needed to know enough.
        many = depth * EXPANSION_FACTOR if everybody.between_authorities else depth
        lists = everybody.shortlists(settings, many, least=MIN_SCORE, eligible=eligible)
        return cls(everybody, settings, eligible, lists, non_dot_product_scores, everybody.preference_scores(settings))

    def lower_bounds(self) -> list[Floats]:
        """What the best score at least, for each subject, in no order: as many as are listed, and more."""
        rows, ranks = np.nonzero(self._told)
        others = self.non_dot_product_scores.scores_.copy()
        others[rows, self._place_beside[rows, ranks]] = 0.0
        listed = np.where(self._listed, self._scores - 2 * FLOAT32_TOLERANCE, 0.0)
        return [
            np.concatenate([row, non_dot_product_scores[non_dot_product_scores > row.min()]])
            for row, non_dot_product_scores in zip(listed, others, strict=True)
        ]

    def rescore_candidates(self, enough: Floats) -> ScoredCandidates:
        """Those who may score ``enough`` (by subject)."""
        lowest = enough[:, None] - FLOAT64_TOLERANCE
        wanted, rest = self._reaching(lowest)
        others = np.maximum(rest, self.non_dot_product_scores.upper_bound_elsewhere)
        upper_bounds_elsewhere = np.where(others > 0, self._unseen + others, self.lists.upper_bounds_elsewhere)
        upper_bounds_elsewhere = np.maximum(upper_bounds_elsewhere, np.where(enough > MIN_SCORE, enough - FLOAT64_TOLERANCE, 0.0))
        for row, mask in enumerate(self.eligible):
            if np.count_nonzero(mask) <= self._depth:
                wanted[row], upper_bounds_elsewhere[row] = mask, 0.0
        together = np.flatnonzero(wanted.any(axis=0))
        if not together.size:
            return ScoredCandidates(self.everybody, np.empty((len(self.eligible), 0)), upper_bounds_elsewhere)
        some = self.everybody.restrict_candidates(together, wanted[:, together])
        return ScoredCandidates(some, some.scores(self.settings), upper_bounds_elsewhere)

    def _reaching(self, lowest: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """Who may score as much; and what nobody else who may is added at most, 0 where there is nobody else."""
        reaching = np.zeros(self.everybody.shape, bool)
        told, scores_ = self.non_dot_product_scores.positions, self.non_dot_product_scores.scores_
        if self.preference_scores:
            scores_ = (scores_ + np.stack([bonus[told] for bonus in self.preference_scores])) * (scores_ > 0)
        may = self._unseen[:, None] + scores_ >= lowest
        reaching[:, told], rest = _top_mask(scores_ * may, self._depth * EXPANSION_FACTOR)
        for row, bonus in enumerate(self.preference_scores):
            rest[row] = max(rest[row], self._preferred(row, bonus, float(lowest[row, 0]), reaching))
        most = (
            self._scores + 2 * FLOAT32_TOLERANCE + np.where(self._told, 0.0, self.non_dot_product_scores.upper_bound_elsewhere[:, None])
        )
        rows, ranks = np.nonzero(self._listed & (most >= lowest))
        reaching[rows, self.lists.positions[rows, ranks]] = True
        return reaching, rest

    def _preferred(self, row: int, bonus: Floats, lowest: float, reaching: NDArray[np.bool_]) -> float:
        """Take in who may score as much by what is preferred; what is added at most to anybody else who may."""
        upper_bound_elsewhere = float(self.non_dot_product_scores.upper_bound_elsewhere[row])
        needed = max(lowest - float(self._unseen[row]) - upper_bound_elsewhere, FLOAT64_TOLERANCE)
        there = np.flatnonzero((bonus >= needed) & self.eligible[row])
        most = self._depth * EXPANSION_FACTOR
        if there.size <= most:
            reaching[row, there] = True
            return 0.0
        order = np.argpartition(-bonus[there], most)
        reaching[row, there[order[:most]]] = True
        return upper_bound_elsewhere + float(bonus[there[order[most]]]) + FLOAT64_TOLERANCE

    @property
    def _depth(self) -> int:
        return int(self.lists.positions.shape[1])

    @cached_property
    def _unseen(self) -> Floats:
        """What the dot products of nobody who is not listed exceed, for each subject."""
        unseen: Floats = np.maximum(self.lists.upper_bounds_elsewhere, MIN_SCORE)
        return unseen

    @cached_property
    def _listed(self) -> NDArray[np.bool_]:
        """Where on the lists somebody stands."""
        return self.lists.positions >= 0

    @cached_property
    def _place_beside(self) -> Positions:
        """Where those on the lists stand among those of whom it is told what else they have; -1 for others."""
        positions = np.full(self.everybody.shape[1], -1)
        positions[self.non_dot_product_scores.positions] = np.arange(self.non_dot_product_scores.positions.size)
        return np.where(self._listed, positions[self.lists.positions], -1)

    @cached_property
    def _told(self) -> NDArray[np.bool_]:
        told: NDArray[np.bool_] = self._place_beside >= 0
        return told

    @cached_property
    def _scores(self) -> Floats:
        """The scores of those on the lists, as far as they are known."""
        scores = self.lists.scores.copy()
        for row, bonus in enumerate(self.preference_scores):
            listed = self._listed[row]
            scores[row, listed] += bonus[self.lists.positions[row, listed]]
        rows, columns = np.nonzero(self._told)
        scores[rows, columns] += self.non_dot_product_scores.scores_[rows, self._place_beside[rows, columns]]
        return scores


def threshold_search(
    everybody: Sequence[Similarities], settings: RulesetSettings, on: date | None, k: int, margin: int
) -> list[ScoredCandidates]:
    """For each kind those who can be among the ``k`` best of all kinds, if ``margin`` more are looked at first."""
    outlines = [CandidateBounds.of(candidates, settings, on, k + margin) for candidates in everybody]
    if not outlines:
        return []
    told = zip(*(outline.lower_bounds() for outline in outlines), strict=True)
    # One more: the subject itself may be among them, and is not shown.
    enough = np.array([_kth_score(np.concatenate(scores), k + 1) for scores in told])
    return [outline.rescore_candidates(enough) for outline in outlines]


def _kth_score(values: Floats, k: int) -> float:
    """The ``k``-th largest value, or the least that counts where there are not so many."""
    if values.size < k:
        return MIN_SCORE
    return max(float(np.partition(values, -k)[-k]), MIN_SCORE)


def _top_mask(values: Floats, most: int) -> tuple[NDArray[np.bool_], Floats]:
    """Where the ``most`` largest values above 0 of each row are; and what no other in the row exceeds."""
    chosen, rest = values > 0, np.zeros(values.shape[0])
    for row in np.flatnonzero(np.count_nonzero(chosen, axis=1) > most):
        there = np.flatnonzero(chosen[row])
        order = np.argpartition(-values[row, there], most)
        rest[row] = values[row, there[order[most]]] + FLOAT64_TOLERANCE
        chosen[row, there[order[most:]]] = False
    return chosen, rest


def _eligible(everybody: Similarities, settings: RulesetSettings, on: date | None) -> list[Mask]:
    """For each subject who may be shown to it; the masks of those to whom the same applies are one."""
    subjects, candidates = everybody.subjects, everybody.candidates
    rules = settings.conditions_between(subjects.kind, candidates.kind)
    evaluator = everybody.evaluator(settings)
    full = everybody.full
    masks: dict[bytes, Mask] = {}
    found = []
    for row, (record, traits) in enumerate(zip(subjects.records, subjects.traits, strict=True)):
        mask = candidates.admission.mask(Party(record, traits), on)
        if rules:
            mask &= evaluator.admitted(rules, row)
        mask[[at for at, waiting in full if traits.key not in waiting]] = False
        found.append(masks.setdefault(mask.tobytes(), mask))
    return found
