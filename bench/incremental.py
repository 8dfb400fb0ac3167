"""What it takes to keep all lists up when some profiles change, against making them."""

from collections.abc import Sequence

import numpy as np

from bench.generated_rows import FeatureRows, spread
from matching.retrieval.block_max_index import BlockMaxIndex, QueryVectors
from matching.retrieval.incremental_topk import SPARE_PLACES, DeltaIndex, IncrementalTopK
from matching.sparse.matrices import Positions
from matching.sparse.precision import FLOAT32_TOLERANCE

CHANGED_SHARE = 0.01
"""The share of the profiles that change."""
SAMPLE = 2_000


class BothDirections:
    """The lists of two sides, each of the best of the other."""

    def __init__(self, one: FeatureRows, other: FeatureRows, weights: Sequence[float], depth: int) -> None:
        self._sides, self._weights, self._depth = [one, other], weights, depth
        self._indexes: list[BlockMaxIndex] = []
        self._lists: list[IncrementalTopK] = []
        self._changed: list[Positions] = []

    def make(self) -> None:
        """Make all lists."""
        self._indexes = [BlockMaxIndex(rows.parts, rows.sparse_part) for rows in self._sides]
        self._lists = [
            IncrementalTopK(index.topk(self._queries(rows), self._depth + SPARE_PLACES))
            for rows, index in zip(self._sides, reversed(self._indexes), strict=True)
        ]

    def exchange(self) -> None:
        """Let a hundredth of the profiles of each side change places, and keep all lists up."""
        changed = [spread(rows.size, round(CHANGED_SHARE * rows.size)) for rows in self._sides]
        new = [rows.some(np.roll(which, 1)) for rows, which in zip(self._sides, changed, strict=True)]
        indexes = [
            DeltaIndex(index, which, rows.parts, rows.sparse_part)
            for index, which, rows in zip(self._indexes, changed, new, strict=True)
        ]
        for side, other in ((0, 1), (1, 0)):
            lists, rows, theirs = self._lists[side], self._sides[side], new[other]
            entering = self._indexes[side].reverse_topk_pairs(self._queries(theirs), lists.kth_scores)
            lists.update(indexes[other], self._queries(rows), entering, self._depth)
            own = indexes[other].topk(self._queries(new[side]), self._depth + SPARE_PLACES)
            lists.replace(changed[side], own)
        self._changed = changed

    def overlap(self) -> float:
        """Share of the places on a sample of the lists that are as on lists of a new index, ties aside."""
        same, sides = [], [_exchanged(*side) for side in zip(self._sides, self._changed, strict=True)]
        for lists, rows, others in zip(self._lists, sides, reversed(sides), strict=True):
            which = spread(rows.size, SAMPLE)
            some, index = rows.some(which), BlockMaxIndex(others.parts, others.sparse_part)
            new = index.topk(self._queries(some), self._depth).scores
            kept = lists.scores[which, : self._depth]
            same.append(np.abs(kept - new) <= 4 * FLOAT32_TOLERANCE)
        return float(np.mean(np.concatenate(same)))

    def _queries(self, rows: FeatureRows) -> QueryVectors:
        return QueryVectors(rows.parts, rows.sparse_part, self._weights)


def _exchanged(rows: FeatureRows, changed: Positions) -> FeatureRows:
    after = np.arange(rows.size)
    after[changed] = np.roll(changed, 1)
    return rows.some(after)
