"""Lists by dot products that are kept up when some candidates change, instead of being made anew.

The changed ones stand in a small index beside the large one. A list is the old one without them and with those of them
that reach its end; as no other candidate comes before that end, nobody else need be looked at. A list is kept a few
places longer than is asked for: it may lose those before it has to be made anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_matrix

from matching.retrieval.block_max_index import NO_CANDIDATE, ReversePairs, BlockMaxIndex, TopKLists
from matching.sparse.matrices import Floats, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE

SPARE_PLACES = 4
"""How many places more a list is kept than is asked for."""


@dataclass(frozen=True)
class QueryVectors:
    """Those who ask: the rows of their first parts and of the last, and what the parts weigh."""

    parts: Sequence[csr_matrix]
    sparse_part: csr_matrix
    weights: Sequence[float]

    def some(self, rows: Positions) -> "QueryVectors":
        """Some of them."""
        return QueryVectors([part[rows] for part in self.parts], self.sparse_part[rows], self.weights)


class DeltaIndex:
    """An index of whose candidates some, at the places ``changed``, have other rows now (``parts`` and ``sparse_part``)."""

    def __init__(
        self, before: BlockMaxIndex, changed: Positions, parts: Sequence[csr_matrix], sparse_part: csr_matrix
    ) -> None:
        self._before, self.changed = before, changed
        self._changed_index = BlockMaxIndex(parts, sparse_part)
        self._unchanged = np.ones(before.size, bool)
        self._unchanged[changed] = False

    def topk(self, queries: QueryVectors, k: int) -> TopKLists:
        """The ``k`` best candidates for each who asks."""
        allowed = [self._unchanged] * queries.sparse_part.shape[0]
        others = self._before.topk(queries.parts, queries.sparse_part, queries.weights, k, allowed=allowed)
        new = self._changed_index.topk(queries.parts, queries.sparse_part, queries.weights, k)
        positions = np.where(new.positions == NO_CANDIDATE, NO_CANDIDATE, self.changed[new.positions])
        return _merge(others, TopKLists(positions, new.scores), k)


class IncrementalTopK:
    """Lists, and what a candidate needs to come onto each: as much as its end says, or it is there already."""

    def __init__(self, lists: TopKLists) -> None:
        self.positions, self.scores = lists.positions, lists.scores
        self.kth_scores = _kth_scores(lists)

    def replace(self, rows: Positions, lists: TopKLists) -> None:
        """Put the lists of some who ask in place of theirs."""
        self.positions[rows], self.scores[rows], self.kth_scores[rows] = lists.positions, lists.scores, _kth_scores(lists)

    def update_lists(self, index: DeltaIndex, queries: QueryVectors, reverse_topk_pairs: ReversePairs, k: int) -> None:
        """Take in a change of candidates, so that at least the first ``k`` places of each list are right.

        ``reverse_topk_pairs`` says with whom a changed candidate (``query``, by its place among the changed) has as much as the
        list's end, as :meth:`BlockMaxIndex.reverse_topk_pairs` tells of an index of those who ask.
        """
        self._remove(index.changed)
        self._insert(reverse_topk_pairs._replace(query=index.changed[reverse_topk_pairs.query]))
        width = self.positions.shape[1]
        short = np.flatnonzero(
            (self.positions[:, min(k, width) - 1] == NO_CANDIDATE) & (self.kth_scores > FLOAT32_TOLERANCE)
        )
        if short.size:
            self.replace(short, index.topk(queries.some(short), width))

    def _remove(self, changed: Positions) -> None:
        """Take some candidates off all lists; whoever comes behind them moves up."""
        rows = np.flatnonzero(np.isin(self.positions, changed).any(axis=1))
        positions, scores = self.positions[rows], self.scores[rows]
        gone = np.isin(positions, changed)
        positions[gone], scores[gone] = NO_CANDIDATE, 0.0
        order = np.argsort(positions == NO_CANDIDATE, axis=1, kind="stable")
        self.positions[rows] = np.take_along_axis(positions, order, axis=1)
        self.scores[rows] = np.take_along_axis(scores, order, axis=1)

    def _insert(self, reverse_topk_pairs: ReversePairs) -> None:
        """Put candidates onto the lists whose ends they reach."""
        enough = reverse_topk_pairs.scores >= self.kth_scores[reverse_topk_pairs.lists]
        lists, candidates, scores = (part[enough] for part in reverse_topk_pairs)
        order = np.lexsort((candidates, -scores, lists))
        rows, begins, counts = np.unique(lists[order], return_index=True, return_counts=True)
        if not rows.size:
            return
        row, rank = np.repeat(np.arange(rows.size), counts), np.arange(order.size) - np.repeat(begins, counts)
        added = TopKLists.closed(rows.size, int(counts.max()))
        added.positions[row, rank], added.scores[row, rank] = candidates[order], scores[order]
        found = _merge(TopKLists(self.positions[rows], self.scores[rows]), added, self.positions.shape[1])
        self.positions[rows], self.scores[rows] = found.positions, found.scores
        full = found.positions[:, -1] != NO_CANDIDATE
        self.kth_scores[rows[full]] = found.scores[full, -1]


def _kth_scores(lists: TopKLists) -> Floats:
    """What the last on each list has; next to nothing where there is room."""
    kth_scores: Floats = np.where(lists.positions[:, -1] == NO_CANDIDATE, FLOAT32_TOLERANCE, lists.scores[:, -1])
    return kth_scores


def _merge(one: TopKLists, other: TopKLists, k: int) -> TopKLists:
    """The best of two lists, for each who asks; a tie is decided by the lower number."""
    positions = np.concatenate([one.positions, other.positions], axis=1)
    scores = np.where(positions == NO_CANDIDATE, -1.0, np.concatenate([one.scores, other.scores], axis=1))
    order = np.lexsort((positions, -scores))[:, :k]
    positions, scores = (np.take_along_axis(values, order, axis=1) for values in (positions, scores))
    return TopKLists(positions, np.maximum(scores, 0.0))
