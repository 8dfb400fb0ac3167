"""Candidates put into blocks of those alike, so that the few best of very many are found in a moment."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from matching.sparse.matrices import Floats, document_frequency, row_indices
from matching.sparse.parallel import parallel_for
from matching.sparse.precision import FLOAT32_TOLERANCE
from matching.sparse.products import dense_dot_products, masked_dot_products
from matching.retrieval.block_max_search import BLOCK_SIZE, TopKBuffer, BlockPostings, QueryBatch, ReverseMatches, PartWeights, reverse_topk, search_topk

SORT_COLUMNS = 4
"""By how many of their columns candidates are put in order."""
PAIRS_PER_QUERY = 64
"""For so many pairs of each query there is place at first."""
NO_CANDIDATE = -1
"""Where a list ends before its last place."""
DENSE_SHARE = 0.2
"""From which share of a block's candidates on a column is kept for all of them: adding in a row is quicker."""
RowWeighting = Callable[[csr_matrix], csr_matrix]
SparseRows = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]
"""Rows one after the other: where each ends, and all columns and values."""


@dataclass(frozen=True)
class TopKLists:
    """For each query the best candidates: ``positions`` (queries × k, -1 where there is none) and their ``scores``."""

    positions: NDArray[np.int64]
    scores: Floats

    @classmethod
    def closed(cls, queries: int, k: int) -> "TopKLists":
        """Lists on which there is nobody."""
        return cls(np.full((queries, k), NO_CANDIDATE), np.zeros((queries, k)))

    @cached_property
    def chosen(self) -> NDArray[np.int64]:
        """All who are on any of the lists, in order."""
        return np.unique(self.positions[self.positions != NO_CANDIDATE])

    @cached_property
    def floors(self) -> Floats:
        """What no candidate that is not on the list exceeds, for each query; 0 when all that count are on it."""
        if not self.positions.shape[1]:
            return np.zeros(self.positions.shape[0])
        full = self.positions[:, -1] != NO_CANDIDATE
        return np.where(full, self.scores[:, -1] + 2 * FLOAT32_TOLERANCE, 0.0)


class ReversePairs(NamedTuple):
    """Pairs, in no order: ``candidates``, the ``query``, and the score of both."""

    candidates: NDArray[np.int64]
    query: NDArray[np.int64]
    scores: Floats


class BlockMaxIndex:
    """The candidates of one kind: the first parts, few columns a row, and the last, many.

    ``parts`` and ``sparse_part`` are blocks of ``candidates × columns``; the rows of each part, and those that ``weigh`` makes of
    some of the last, have about length 1.
    """

    def __init__(
        self, parts: Sequence[csr_matrix], sparse_part: csr_matrix, weigh: RowWeighting = lambda rows: rows
    ) -> None:
        self._first = np.cumsum([0, *(part.shape[1] for part in parts)])
        head = csr_matrix(hstack(parts))
        order = _alike_together(head, self._first)
        self._sparse_ranks, sparse_columns = _by_frequency(sparse_part)
        self._blocks = _in_blocks(head, _in_order(sparse_part, weigh, self._sparse_ranks, order), order)
        self._sparse_width = sparse_columns

    def with_parts(self, parts: Sequence[csr_matrix]) -> "BlockMaxIndex":
        """The same candidates with other values in the first parts; in which order they stand is a matter of speed alone."""
        other = copy(self)
        other._first = np.cumsum([0, *(part.shape[1] for part in parts)])
        blocks = self._blocks
        sparse_part = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
        other._blocks = _in_blocks(csr_matrix(hstack(parts)), sparse_part, blocks.order)
        return other

    def topk(
        self,
        parts: Sequence[csr_matrix],
        sparse_part: csr_matrix,
        weights: Sequence[float],
        k: int,
        *,
        min_score: float = 0.0,
        eligible: Sequence[NDArray[np.bool_]] | None = None,
    ) -> TopKLists:
        """The ``k`` candidates with the highest sums of weight × dot product, for each query.

        ``parts`` and ``sparse_part`` are the queries' rows, ``weights`` those of the parts and, last, of the tail. Left out
        are candidates of less than ``min_score`` and those that are not ``eligible`` (for each query one mask of the
        candidates; queries may share one).
        """
        k, count = min(k, self._blocks.order.size), sparse_part.shape[0]
        lists = TopKLists.closed(count, k)
        if k and count:
            queries = self._read(parts, sparse_part, eligible or [self._everybody] * count)
            weighed = self._weighed(weights)
            lowest = max(min_score - FLOAT32_TOLERANCE, FLOAT32_TOLERANCE)

            def search_some(few: slice) -> None:
                found = TopKBuffer(lists.positions[few], lists.scores[few])
                search_topk(_cut(queries, few), weighed, self._blocks, lowest, self._sparse_width, found)

            parallel_for(search_some, count)
        return lists

    def reverse_topk_mask(
        self, parts: Sequence[csr_matrix], sparse_part: csr_matrix, weights: Sequence[float], floors: Floats
    ) -> NDArray[np.bool_]:
        """Which candidates have with any of the queries a score of at least their own floor (``floors`` by candidate).

        One that has a little less may be among them, none that has as much is missing.
        """
        reverse_topk_mask = np.zeros(self.size, bool)
        self._reach(parts, sparse_part, weights, floors, reverse_topk_mask, positions=0)
        return reverse_topk_mask

    def reverse_topk_pairs(
        self, parts: Sequence[csr_matrix], sparse_part: csr_matrix, weights: Sequence[float], floors: Floats
    ) -> ReversePairs:
        """The pairs of a candidate and a query whose score is at least the candidate's own floor, as in :meth:`reverse_topk_mask`."""
        found = self._reach(parts, sparse_part, weights, floors, np.zeros(self.size, bool), positions=PAIRS_PER_QUERY)
        nobody = ReversePairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        return ReversePairs(*(np.concatenate(part) for part in zip(nobody, *found, strict=True)))

    def _reach(
        self,
        parts: Sequence[csr_matrix],
        sparse_part: csr_matrix,
        weights: Sequence[float],
        floors: Floats,
        reverse_topk_mask: NDArray[np.bool_],
        positions: int,
    ) -> list[ReversePairs]:
        """Mark who is reached, and write down the pairs if there are ``positions`` for some with each query."""
        if not sparse_part.shape[0]:
            return []
        queries = self._read(parts, sparse_part, [self._everybody] * sparse_part.shape[0])
        weighed, pieces = self._weighed(weights), list[ReversePairs]()

        def mark_some(few: slice) -> None:
            room = positions * (few.stop - few.start)
            while True:
                count = ReversePairs(np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room))
                found = ReverseMatches(reverse_topk_mask, *count, count=np.zeros(1, np.int64))
                reverse_topk(_cut(queries, few), weighed, self._blocks, floors, self._sparse_width, found)
                count = int(found.count[0])
                if not room or count <= room:
                    break
                room = count
            if room:
                written = slice(count)
                pieces.append(
                    ReversePairs(count.candidates[written], few.start + count.query[written], count.scores[written])
                )

        parallel_for(mark_some, sparse_part.shape[0])
        return pieces

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return int(self._blocks.order.size)

    def _weighed(self, weights: Sequence[float]) -> PartWeights:
        return PartWeights(self._first, np.array(weights[:-1], float), float(weights[-1]))

    @cached_property
    def _everybody(self) -> NDArray[np.bool_]:
        return np.ones(self._blocks.order.size, bool)

    def _read(
        self, parts: Sequence[csr_matrix], sparse_part: csr_matrix, eligible: Sequence[NDArray[np.bool_]]
    ) -> QueryBatch:
        widths = np.diff(self._first)
        known = [part[:, : min(width, part.shape[1])] for part, width in zip(parts, widths, strict=True)]
        for part, width in zip(known, widths, strict=True):
            part.resize(part.shape[0], width)
        head = csr_matrix(hstack(known))
        head.sort_indices()
        there = self._sparse_ranks[sparse_part.indices] >= 0
        ends = np.concatenate([[0], np.cumsum(there)])[sparse_part.indptr]
        masks = {id(mask): mask for mask in eligible}
        groups = {name: number for number, name in enumerate(masks)}
        return QueryBatch(
            head.indptr.astype(np.int64),
            head.indices.astype(np.int64),
            head.data,
            ends.astype(np.int64),
            self._sparse_ranks[sparse_part.indices[there]],
            sparse_part.data[there],
            np.array([groups[id(mask)] for mask in eligible]),
            np.stack(list(masks.values())),
        )


def _cut(queries: QueryBatch, few: slice) -> QueryBatch:
    ends = slice(few.start, few.stop + 1)
    return queries._replace(
        ends=queries.ends[ends], sparse_ptr=queries.sparse_ptr[ends], group=queries.group[few]
    )


def _alike_together(head: csr_matrix, first: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order in which rows that share their most frequent columns, part by part, stand together."""
    having = np.bincount(head.indices, minlength=head.shape[1])
    part = np.searchsorted(first, np.arange(head.shape[1]), side="right")
    rank = np.empty(head.shape[1], np.int64)
    rank[np.lexsort((-having, part))] = np.arange(head.shape[1])
    ranked = csr_matrix((rank[head.indices], rank[head.indices], head.indptr), shape=head.shape)
    ranked.sort_indices()
    keys = np.full((head.shape[0], SORT_COLUMNS), head.shape[1])
    rows = row_indices(ranked)
    at = np.arange(ranked.nnz) - ranked.indptr[rows]
    few = at < SORT_COLUMNS
    keys[rows[few], at[few]] = ranked.data[few]
    order: NDArray[np.int64] = np.lexsort(keys.T[::-1])
    return order


def _by_frequency(sparse_part: csr_matrix) -> tuple[NDArray[np.int64], int]:
    """New numbers for the columns, the most frequent first and close together in memory; -1 for those nobody has."""
    having = document_frequency(sparse_part, sparse_part.shape[1])
    present = int(np.count_nonzero(having))
    ranks = np.full(sparse_part.shape[1], -1)
    ranks[np.argsort(-having, kind="stable")[:present]] = np.arange(present)
    return ranks, present


def _in_blocks(head: csr_matrix, sparse_part: SparseRows, order: NDArray[np.int64]) -> BlockPostings:
    by_column = head[order].T.tocsr()
    by_column.sort_indices()
    column = row_indices(by_column)
    block = by_column.indices // BLOCK_SIZE
    begins = np.ones(by_column.nnz, bool)
    begins[1:] = (np.diff(column) != 0) | (np.diff(block) != 0)
    starts = np.flatnonzero(begins)
    entry_of = np.cumsum(begins) - 1
    counts = np.bincount(entry_of, minlength=starts.size)
    room = np.where(counts > DENSE_SHARE * BLOCK_SIZE, BLOCK_SIZE, counts)
    posting_ptr = np.concatenate([[0], np.cumsum(room)])
    row = (by_column.indices % BLOCK_SIZE).astype(np.int64)
    within = np.where(room[entry_of] == BLOCK_SIZE, row, np.arange(by_column.nnz) - starts[entry_of])
    rows, values = np.zeros(posting_ptr[-1], np.uint16), np.zeros(posting_ptr[-1], np.float32)
    rows[posting_ptr[entry_of] + within] = row
    values[posting_ptr[entry_of] + within] = by_column.data
    block_max = np.maximum.reduceat(by_column.data, starts) if starts.size else np.empty(0)
    return BlockPostings(
        np.searchsorted(starts, by_column.indptr).astype(np.int64),
        block[starts].astype(np.int32),
        block_max.astype(np.float32),
        posting_ptr,
        rows,
        values,
        *sparse_part,
        order,
    )


def _in_order(sparse_part: csr_matrix, weigh: RowWeighting, ranks: NDArray[np.int64], order: NDArray[np.int64]) -> SparseRows:
    """Where the rows of the last part end, their columns by rank and their values, the rows in another order."""
    ends = np.concatenate([[0], np.cumsum(np.diff(sparse_part.indptr)[order])])
    columns, values = np.empty(sparse_part.nnz, np.uint32), np.empty(sparse_part.nnz, np.float32)

    def put_some(few: slice) -> None:
        rows, there = weigh(sparse_part[order[few]]), slice(ends[few.start], ends[few.stop])
        columns[there] = ranks.take(rows.indices)
        values[there] = rows.data

    parallel_for(put_some, order.size)
    return ends, columns, values


def prepare() -> None:
    """Have the loops compiled, if they are not yet, so that nobody waits for that: seconds, once on each machine."""
    nobody = csr_matrix((1, 1))
    index = BlockMaxIndex([nobody], nobody)
    index.topk([nobody], nobody, [1.0, 1.0], 1)
    index.reverse_topk_mask([nobody], nobody, [1.0, 1.0], np.ones(1))
    masked_dot_products(nobody, nobody, np.ones((1, 1), bool))
    dense_dot_products(nobody, nobody)
