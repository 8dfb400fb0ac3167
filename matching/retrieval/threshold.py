"""A threshold algorithm: which candidates can be among the best, so that only these are scored exactly.

The parts that are dot products are known for the best by them (:mod:`matching.retrieval.block_max_index`), all other parts
for all candidates. From both follow lower bounds of the best scores; a candidate whose upper bound is below the k-th of
these is not scored (Fagin, Lotem and Naor 2003).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from matching.features.records import OTHER_SIDE, SIDES, Side
from matching.features.text import CharacterVectorizer
from matching.parts.non_dot_product import non_dot_product_scores
from matching.parts.pairwise import PairwiseScores
from matching.parts.preferences import evaluator_of
from matching.parts.registry import dot_product_weights, query_matrices
from matching.retrieval.candidate_bounds import EXPANSION_FACTOR, CandidateBounds
from matching.retrieval.candidate_generation import topk_by_dot_products
from matching.retrieval.index_cache import IndexCache
from matching.rules.built_in.registry import eligible_candidates
from matching.rules.results import Party
from matching.rules.ruleset import RulesetSettings
from matching.sparse.matrices import Floats, Mask
from schemas.kinds import Kind

if TYPE_CHECKING:
    from matching.features.profiles import KindProfiles

BRUTE_FORCE_ELIGIBLE = 300
"""Up to so many eligible authorities a subject, scoring all of them is as quick as an index."""
ONE_LINE_SHARE = 0.25
"""So many of the best may govern the same as another before more have to be scored."""


@dataclass(frozen=True)
class ScoredCandidates:
    """Candidates of one kind with their exact ``scores`` (subjects × candidates).

    All other candidates of the kind score at most ``bounds`` (by subject; 0 where no other counts). Where authorities of
    either side were searched apart, there is one bound for each side; those that stand on both are with the residence's.
    """

    pairs: PairwiseScores
    scores: Floats
    bounds: Mapping[Side | None, Floats]

    @classmethod
    def of(
        cls,
        pairs: PairwiseScores,
        settings: RulesetSettings,
        mask: Mask,
        bounds: Mapping[Side | None, Floats],
    ) -> "ScoredCandidates":
        """The exact scores of the pairs that a mask wants."""
        positions = np.flatnonzero(mask.any(axis=0))
        if not positions.size:
            return cls(pairs, np.empty((mask.shape[0], 0)), bounds)
        some = pairs.restrict_candidates(positions, mask[:, positions])
        return cls(some, some.scores(settings), bounds)

    def bound(self, side: Side | None, row: int) -> float:
        """What any other candidate of a subject scores at most, or any other that stands on a side alone."""
        asked = [self.bounds[side]] if side in self.bounds else self.bounds.values()
        return max(float(bounds[row]) for bounds in asked)

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

    def rescore_candidates(self, _thresholds: Floats, _half: int) -> "ScoredCandidates":
        """These: all of them are scored."""
        return self


@dataclass(frozen=True)
class SearchedCandidates:
    """Candidates of one kind of which little is known yet, by the side that was searched, if sides were searched apart."""

    searches: Mapping[Side | None, CandidateBounds]

    def lower_bounds(self) -> list[Floats]:
        """Lower bounds of the best scores of each subject, in no order."""
        each = [search.lower_bounds for search in self.searches.values()]
        return each[0] if len(each) == 1 else [np.concatenate(of_row) for of_row in zip(*each, strict=True)]

    def rescore_candidates(self, thresholds: Floats, half: int) -> ScoredCandidates:
        """The exact scores of all candidates that may reach the thresholds (by subject), and of those that may be among the
        ``half`` best on their side: half of the places may be theirs, however good the other side is."""
        [first, *_] = self.searches.values()
        pairs, settings = first.pairs, first.settings
        mask, bounds = np.zeros(pairs.shape, bool), {}
        for side, search in self.searches.items():
            lowest = thresholds
            if side is not None:
                of_side = [_kth_score(scores, half, settings.cutoff) for scores in search.lower_bounds]
                lowest = np.minimum(thresholds, of_side)
            above, bounds[side] = search.above(lowest)
            mask |= above
        return ScoredCandidates.of(pairs, settings, mask, bounds)


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
    kinds = [_bounds(pairs, indexes, settings, on, k + overfetch, side) for pairs in every_kind]
    if not kinds:
        return []
    # More than k: the subject itself may be among them, and those who govern the same are one.
    more = 1 + round(k * ONE_LINE_SHARE)
    lower_bounds = [kind.lower_bounds() for kind in kinds]
    thresholds = np.array(
        [
            _kth_score(np.concatenate(scores), k + more, settings.cutoff)
            for scores in zip(*lower_bounds, strict=True)
        ]
    )
    return [kind.rescore_candidates(thresholds, k // 2 + more) for kind in kinds]


def _bounds(
    pairs: PairwiseScores,
    indexes: IndexCache,
    settings: RulesetSettings,
    on: date | None,
    depth: int,
    side: Side | None,
) -> ScoredCandidates | SearchedCandidates:
    """Bounds by the ``depth`` best of each subject, or the exact scores of all where these are as quick.

    Authorities of either side are searched apart, since both are to be on a list.
    """
    candidates, eligible = pairs.candidates, eligible_masks(pairs, settings, on)
    if side is not None:
        eligible = _among(eligible, candidates.lacks_side[OTHER_SIDE[side]])
    if candidates.suits_brute_force or depth >= len(candidates.keys):
        scores = pairs.scores(settings) * np.stack(eligible)
        return ScoredCandidates(pairs, scores, {None: np.zeros(len(eligible))})
    if candidates.kind is Kind.AUTHORITY and _mean_count(eligible) <= BRUTE_FORCE_ELIGIBLE:
        # The vectors of all of them are read once, not those of a few for each batch.
        candidates.tfidf(CharacterVectorizer, pairs.idf)
        weights = dot_product_weights(settings, *pairs.kinds)
        query_matrices(candidates, pairs.idf, pairs.subjects.kind, weights)
        return ScoredCandidates.of(pairs, settings, np.stack(eligible), {None: np.zeros(len(eligible))})
    # Between authorities dot products say less, so more candidates by them are needed to know enough.
    deep = depth * EXPANSION_FACTOR if pairs.between_authorities else depth
    searched = _searched_apart(candidates, side)
    masks = [_among(eligible, there) for there in searched.values()]
    found = topk_by_dot_products(pairs, indexes, settings, deep, masks)
    others, preferences = non_dot_product_scores(pairs, settings), pairs.preference_scores(settings)
    bounds = [
        CandidateBounds(pairs, settings, wanted, lists, others.among(there, wanted), preferences)
        for there, wanted, lists in zip(searched.values(), masks, found, strict=True)
    ]
    return SearchedCandidates(dict(zip(searched, bounds, strict=True)))


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
