"""Incremental top-k: lists that are updated when some candidates change, instead of being computed again.

Changed candidates are indexed apart. The new list is the old one without them, plus those of them that reach its k-th
score; no other candidate can enter. Lists are kept a few places longer than is asked for, because one that loses more than
it gains is computed again.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from matching.retrieval.block_max_index import (
    NO_CANDIDATE,
    BlockMaxIndex,
    QueryVectors,
    ReversePairs,
    TopKLists,
)
from matching.sparse.matrices import Floats, Positions
from matching.sparse.precision import FLOAT32_TOLERANCE

SPARE_PLACES = 4
"""How much longer a list is kept than is asked for."""


class DeltaIndex:
    """An index in which some candidates have new rows.

    Parameters
    ----------
    former
        The index before the change.
    changed
        Positions of the changed candidates.
    parts, sparse_part
        Their new rows, in the order of ``changed``.
    """

    def __init__(
        self, former: BlockMaxIndex, changed: Positions, parts: Sequence[csr_matrix], sparse_part: csr_matrix
    ) -> None:
        self._former, self.changed = former, changed
        self._delta = BlockMaxIndex(parts, sparse_part)
        self._unchanged = np.ones(former.size, bool)
        self._unchanged[changed] = False

    def topk(self, queries: QueryVectors, k: int) -> TopKLists:
        """The ``k`` best candidates of each query."""
        unchanged = self._former.topk(queries, k, eligible=[self._unchanged] * queries.count)
        new = self._delta.topk(queries, k)
        positions = np.where(new.positions == NO_CANDIDATE, NO_CANDIDATE, self.changed[new.positions])
        return _merge(unchanged, TopKLists(positions, new.scores), k)


class IncrementalTopK:
    """The lists of all queries, kept up to date.

    Attributes
    ----------
    positions, scores
        As in :class:`TopKLists`.
    kth_scores
        By query, the score that a candidate needs to enter its list.
    """

    def __init__(self, lists: TopKLists) -> None:
        self.positions, self.scores = lists.positions, lists.scores
        self.kth_scores = _kth_scores(lists)

    def replace(self, rows: Positions, lists: TopKLists) -> None:
        """Replace the lists of some queries."""
        self.positions[rows], self.scores[rows] = lists.positions, lists.scores
        self.kth_scores[rows] = _kth_scores(lists)

    def update(self, index: DeltaIndex, queries: QueryVectors, entering: ReversePairs, k: int) -> None:
        """Apply a change of candidates; at least the first ``k`` places of each list are exact afterwards.

        ``entering`` comes from :meth:`BlockMaxIndex.reverse_topk_pairs` of an index of the *queries*, with the changed
        candidates as its queries and :attr:`kth_scores` as floors.
        """
        self._remove(index.changed)
        self._insert(entering._replace(query=index.changed[entering.query]))
        width = self.positions.shape[1]
        short = np.flatnonzero(
            (self.positions[:, min(k, width) - 1] == NO_CANDIDATE) & (self.kth_scores > FLOAT32_TOLERANCE)
        )
        if short.size:
            self.replace(short, index.topk(queries.take(short), width))

    def _remove(self, changed: Positions) -> None:
        rows = np.flatnonzero(np.isin(self.positions, changed).any(axis=1))
        positions, scores = self.positions[rows], self.scores[rows]
        gone = np.isin(positions, changed)
        positions[gone], scores[gone] = NO_CANDIDATE, 0.0
        order = np.argsort(positions == NO_CANDIDATE, axis=1, kind="stable")
        self.positions[rows] = np.take_along_axis(positions, order, axis=1)
        self.scores[rows] = np.take_along_axis(scores, order, axis=1)

    def _insert(self, entering: ReversePairs) -> None:
        enough = entering.scores >= self.kth_scores[entering.candidates]
        list_numbers, candidates, scores = (column[enough] for column in entering)
        order = np.lexsort((candidates, -scores, list_numbers))
        rows, begins, counts = np.unique(list_numbers[order], return_index=True, return_counts=True)
        if not rows.size:
            return
        row, rank = np.repeat(np.arange(rows.size), counts), np.arange(order.size) - np.repeat(begins, counts)
        added = TopKLists.empty(rows.size, int(counts.max()))
        added.positions[row, rank], added.scores[row, rank] = candidates[order], scores[order]
        merged = _merge(TopKLists(self.positions[rows], self.scores[rows]), added, self.positions.shape[1])
        self.positions[rows], self.scores[rows] = merged.positions, merged.scores
        full = merged.positions[:, -1] != NO_CANDIDATE
        self.kth_scores[rows[full]] = merged.scores[full, -1]


def _kth_scores(lists: TopKLists) -> Floats:
    """The last score of each list; next to nothing where there is room."""
    room = lists.positions[:, -1] == NO_CANDIDATE
    scores: Floats = np.where(room, FLOAT32_TOLERANCE, lists.scores[:, -1])
    return scores


def _merge(one: TopKLists, other: TopKLists, k: int) -> TopKLists:
    """The ``k`` best of two lists, for each query; of equal scores the lower position is first."""
    positions = np.concatenate([one.positions, other.positions], axis=1)
    scores = np.where(positions == NO_CANDIDATE, -1.0, np.concatenate([one.scores, other.scores], axis=1))
    order = np.lexsort((positions, -scores))[:, :k]
    positions, scores = (np.take_along_axis(values, order, axis=1) for values in (positions, scores))
    return TopKLists(positions, np.maximum(scores, 0.0))
