"""A threshold algorithm: which candidates can be among the best, so that only these are scored exactly.

The parts that are dot products are known for the best by them (:mod:`matching.retrieval.block_max_index`), all other parts
for all candidates. From both follow lower bounds of the best scores; a candidate whose upper bound is below the k-th of
these is not scored (Fagin, Lotem and Naor 2003).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.features.records import OTHER_SIDE, SIDES, Side
from matching.features.text import CharacterVectorizer
from matching.parts.non_dot_product import NonDotProductScores, non_dot_product_scores
from matching.parts.pairwise import PairwiseScores
from matching.parts.preferences import evaluator_of
from matching.parts.registry import indexed_matrices
from matching.retrieval.candidate_generation import topk_by_dot_products
from matching.retrieval.index_cache import IndexCache
from matching.rules.built_in.registry import eligible_candidates
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE, FLOAT64_TOLERANCE, MIN_SCORE
from schemas.kinds import Kind

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles
    from matching.retrieval.block_max_index import TopKLists

BRUTE_FORCE_ELIGIBLE = 300
"""Up to so many eligible authorities a subject, scoring all of them is as quick as an index."""
EXPANSION_FACTOR = 8
"""This many times more candidates are considered by the parts that are no dot products, which are known of all."""
ONE_LINE_SHARE = 0.25
"""So many of the best may govern the same as another before more have to be scored."""


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of one kind with their exact ``scores`` (subjects × candidates).

    All other candidates of the kind score at most ``upper_bounds_elsewhere`` (by subject); 0 where no other counts. With
    ``apart``, these are authorities of which all that stand on that side alone are here, and none of the other's.
    """

    pairs: PairwiseScores
    scores: Floats
    upper_bounds_elsewhere: Floats
    apart: Side | None = None

    @classmethod
    def of(
        cls,
        pairs: PairwiseScores,
        settings: RulesetSettings,
        mask: Mask,
        upper_bounds_elsewhere: Floats,
        apart: Side | None = None,
    ) -> "ScoredCandidates":
        """The exact scores of the pairs that a mask wants."""
        positions = np.flatnonzero(mask.any(axis=0))
        if not positions.size:
            return cls(pairs, np.empty((mask.shape[0], 0)), upper_bounds_elsewhere, apart)
        some = pairs.restrict_candidates(positions, mask[:, positions])
        return cls(some, some.scores(settings), upper_bounds_elsewhere, apart)

    def on_side(self, side: Side | None, row: int) -> Floats:
        """The scores of a subject's candidates, 0 for those that do not stand on a side alone, if one is given."""
        scores: Floats = self.scores[row]
        return scores * self._stand_on[side] if side and scores.size else scores

    @cached_property
    def _stand_on(self) -> dict[Side, Mask]:
        """By side, which candidates stand on it alone."""
        sides = np.array([profile.only_side for profile in self.pairs.candidates.encoded], object)
        return {side: sides == side for side in SIDES}

    @property
    def are_authorities(self) -> bool:
        """Whether the candidates are authorities."""
        return self.pairs.kinds[1] is Kind.AUTHORITY

    def lower_bounds(self) -> list[Floats]:
        """Lower bounds of the best scores of each subject, in no order."""
        return [row[row > 0] for row in self.scores]

    def rescore_candidates(self, _thresholds: Floats) -> "ScoredCandidates":
        """These: all of them are scored."""
        return self


@dataclass(frozen=True)
class CandidateBounds:
    """What is known of the candidates of one kind before any is scored exactly.

    ``lists`` are the best by the parts that are dot products; ``others`` is what the other parts add, 0 for candidates
    that are not eligible, and ``preferences`` what the ruleset's preferences add (by subject, if there are any). With
    ``apart``, these are authorities of which all that stand on that side alone are here, and none of the other's.
    """

    pairs: PairwiseScores
    settings: RulesetSettings
    eligible: Sequence[Mask]
    lists: "TopKLists"
    others: NonDotProductScores
    preferences: Sequence[Floats]
    apart: Side | None = None

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

    def rescore_candidates(self, thresholds: Floats) -> ScoredCandidates:
        """The exact scores of all candidates that may reach the thresholds (by subject)."""
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
        return ScoredCandidates.of(self.pairs, self.settings, mask, bounds, self.apart)

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


def threshold_search(
    every_kind: Sequence[PairwiseScores],
    indexes: IndexCache,
    settings: RulesetSettings,
    on: date | None,
    k: int,
    overfetch: int,
    side: Side | None = None,
) -> list[ScoredCandidates]:
    """For each kind, the candidates that can be among the ``k`` best of all kinds.

    ``overfetch`` more are considered at first, because conditions may exclude some. With a ``side``, only those count that
    stand on it alone.
    """
    bounds = [
        of_kind
        for pairs in every_kind
        for of_kind in _bounds(pairs, indexes, settings, on, k + overfetch, side)
    ]
    if not bounds:
        return []
    lowest = [each.lower_bounds() for each in bounds]
    # More than k: the subject itself may be among them, and those who govern the same are one.
    more = 1 + round(k * ONE_LINE_SHARE)
    thresholds = np.array(
        [
            _kth_score(np.concatenate(scores), k + more, settings.cutoff)
            for scores in zip(*lowest, strict=True)
        ]
    )
    found = []
    for each, of_each in zip(bounds, lowest, strict=True):
        # Half of the places may be for one side, however good the other is.
        of_half = (
            [_kth_score(scores, k // 2 + more, settings.cutoff) for scores in of_each]
            if each.apart
            else thresholds
        )
        found.append(each.rescore_candidates(np.minimum(thresholds, of_half)))
    return found


def _bounds(
    pairs: PairwiseScores,
    indexes: IndexCache,
    settings: RulesetSettings,
    on: date | None,
    depth: int,
    side: Side | None,
) -> list[CandidateBounds | ScoredCandidates]:
    """Bounds by the ``depth`` best of each subject, or the exact scores of all where these are as quick.

    Authorities of either side are searched apart, since both are to be on a list.
    """
    candidates, eligible = pairs.candidates, eligible_masks(pairs, settings, on)
    if side is not None:
        eligible = _among(eligible, candidates.lacks_side[OTHER_SIDE[side]])
    if candidates.suits_brute_force or depth >= len(candidates.keys):
        scores = pairs.scores(settings) * np.stack(eligible)
        return [ScoredCandidates(pairs, scores, np.zeros(len(eligible)))]
    if candidates.kind is Kind.AUTHORITY and _mean_count(eligible) <= BRUTE_FORCE_ELIGIBLE:
        # The vectors of all of them are read once, not those of a few for each batch.
        candidates.tfidf(CharacterVectorizer, pairs.idf)
        indexed_matrices(candidates, pairs.idf, pairs.subjects.kind)
        return [ScoredCandidates.of(pairs, settings, np.stack(eligible), np.zeros(len(eligible)))]
    # Between authorities dot products say less, so more candidates by them are needed to know enough.
    deep = depth * EXPANSION_FACTOR if pairs.between_authorities else depth
    searched = _searched_apart(candidates, side)
    masks = [_among(eligible, there) for there in searched.values()]
    found = topk_by_dot_products(pairs, indexes, settings, deep, masks)
    others, preferences = non_dot_product_scores(pairs, settings), pairs.preference_scores(settings)
    return [
        CandidateBounds(pairs, settings, wanted, lists, others.among(there, wanted), preferences, apart)
        for (apart, there), wanted, lists in zip(searched.items(), masks, found, strict=True)
    ]


def _searched_apart(candidates: "KindProfiles", side: Side | None) -> dict[Side | None, Mask]:
    """The candidates that are searched in one go: authorities of either side apart, unless one is given; all others
    together."""
    if candidates.kind is not Kind.AUTHORITY or side is not None:
        return {None: np.ones(len(candidates.keys), bool)}
    only_origin = candidates.lacks_side["residence"]
    return {"origin": only_origin, "residence": ~only_origin}


def _among(masks: Sequence[Mask], wanted: Mask) -> list[Mask]:
    """The masks where ``wanted`` is true; those that are one object stay one object."""
    found = {id(mask): mask & wanted for mask in masks}
    return [found[id(mask)] for mask in masks]


def _mean_count(masks: Sequence[Mask]) -> float:
    return float(np.mean([np.count_nonzero(mask) for mask in masks]))


def _kth_score(scores: Floats, k: int, cutoff: float) -> float:
    """The ``k``-th largest score, or the least that counts where there are not so many."""
    if scores.size < k:
        return cutoff
    return max(float(np.partition(scores, -k)[-k]), cutoff)


def _largest(values: Floats, most: int) -> tuple[Mask, Floats]:
    """A mask of the ``most`` largest positive values of each row, and an upper bound of its other values."""
    mask, left_out = values > 0, np.zeros(values.shape[0])
    for row in np.flatnonzero(np.count_nonzero(mask, axis=1) > most):
        positive = np.flatnonzero(mask[row])
        order = np.argpartition(-values[row, positive], most)
        left_out[row] = values[row, positive[order[most]]] + FLOAT64_TOLERANCE
        mask[row, positive[order[most:]]] = False
    return mask, left_out


def eligible_masks(pairs: PairwiseScores, settings: RulesetSettings, on: date | None) -> list[Mask]:
    """The candidates that each subject may be shown; equal masks are one object."""
    rules = settings.conditions_between(*pairs.kinds)
    evaluator, circumstances = evaluator_of(pairs, settings), pairs.state.circumstances(on)
    masks: dict[bytes, Mask] = {}
    found = []
    for row, (record, traits) in enumerate(zip(pairs.subjects.records, pairs.subjects.traits, strict=True)):
        mask = eligible_candidates(Party(record, traits), pairs.candidates, circumstances)
        if rules:
            mask &= evaluator.admitted(rules, row)
        found.append(masks.setdefault(mask.tobytes(), mask))
    return found
