"""A block-max index over the candidates of one kind: similar candidates share a block, so that bounds are tight."""

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

from matching.retrieval.block_max_layout import (
    BLOCK_SIZE,
    BlockPostings,
    PartWeights,
    QueryBatch,
    ReverseMatches,
    TopKBuffer,
)
from matching.retrieval.block_max_search import reverse_topk, search_topk
from matching.sparse.matrices import Floats, Mask, Positions, document_frequency, row_indices
from matching.sparse.parallel import parallel_for
from matching.sparse.precision import FLOAT32_TOLERANCE
from matching.sparse.products import dense_dot_products, masked_dot_products

SORT_COLUMNS = 4
"""Candidates are ordered by this many of their columns."""
PAIRS_PER_QUERY = 64
"""Room that a reverse search starts with; it is repeated with more where that is too little."""
NO_CANDIDATE = -1
"""Fills a list after its end."""
DENSE_SHARE = 0.2
"""A column that more than this share of a block has is stored for the whole block: that is quicker to add."""
RowWeighting = Callable[[csr_matrix], csr_matrix]
SparseRows = tuple[Positions, NDArray[np.uint32], NDArray[np.float32]]
"""Row pointer, columns and values of consecutive rows."""


@dataclass(frozen=True)
class QueryVectors:
    """The rows of queries (queries × columns of each part), and the weights of the parts.

    ``parts`` are the indexed parts; the last of the ``weights`` is that of the ``sparse_part``.
    """

    parts: Sequence[csr_matrix]
    sparse_part: csr_matrix
    weights: Sequence[float]

    @property
    def count(self) -> int:
        """The number of queries."""
        return int(self.sparse_part.shape[0])

    def take(self, rows: Positions) -> "QueryVectors":
        """Some of the queries."""
        return QueryVectors([part[rows] for part in self.parts], self.sparse_part[rows], self.weights)


@dataclass(frozen=True)
class TopKLists:
    """The best candidates of each query: ``positions`` (queries × k, -1 after the end) and their ``scores``."""

    positions: Positions
    scores: Floats

    @classmethod
    def empty(cls, queries: int, k: int) -> "TopKLists":
        """Lists without any candidate."""
        return cls(np.full((queries, k), NO_CANDIDATE), np.zeros((queries, k)))

    @cached_property
    def upper_bounds_elsewhere(self) -> Floats:
        """An upper bound of the scores of all unlisted candidates, by query; 0 where all that count are listed."""
        if not self.positions.shape[1]:
            return np.zeros(self.positions.shape[0])
        full = self.positions[:, -1] != NO_CANDIDATE
        return np.where(full, self.scores[:, -1] + 2 * FLOAT32_TOLERANCE, 0.0)


class ReversePairs(NamedTuple):
    """Pairs of a candidate and a query, in no order, with their score."""

    candidates: Positions
    query: Positions
    scores: Floats


class BlockMaxIndex:
    """An index that finds the exact best candidates by a weighted sum of dot products.

    Parameters
    ----------
    parts
        The indexed parts: matrices of candidates × columns with few entries a row, of rows of about length 1.
    sparse_part
        The part with many entries a row (candidates × columns), stored as rows.
    weighting
        What makes rows of about length 1 of some rows of ``sparse_part``, which saves storing them twice.
    """

    def __init__(
        self,
        parts: Sequence[csr_matrix],
        sparse_part: csr_matrix,
        weighting: RowWeighting = lambda rows: rows,
    ) -> None:
        self._first_column = np.cumsum([0, *(part.shape[1] for part in parts)])
        indexed = csr_matrix(hstack(parts))
        order = _cluster(indexed, self._first_column)
        self._sparse_ranks, self._sparse_width = _rank_by_frequency(sparse_part)
        sparse_rows = _sparse_rows(sparse_part, weighting, self._sparse_ranks, order)
        self._blocks = _block_postings(indexed, sparse_rows, order)

    def with_parts(self, parts: Sequence[csr_matrix]) -> "BlockMaxIndex":
        """An index of the same candidates with other values in the indexed parts, in the same order."""
        other = copy(self)
        other._first_column = np.cumsum([0, *(part.shape[1] for part in parts)])
        blocks = self._blocks
        sparse_rows = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
        other._blocks = _block_postings(csr_matrix(hstack(parts)), sparse_rows, blocks.order)
        return other

    @property
    def size(self) -> int:
        """The number of candidates."""
        return int(self._blocks.order.size)

    def topk(
        self,
        queries: QueryVectors,
        k: int,
        *,
        min_score: float = 0.0,
        eligible: Sequence[Mask] | None = None,
    ) -> TopKLists:
        """The ``k`` best candidates of each query, of those with at least ``min_score``.

        ``eligible`` has a mask of the candidates for each query, by default all true; queries may share one.
        """
        [lists] = self.topk_among(queries, k, [eligible or [self._all] * queries.count], min_score=min_score)
        return lists

    def topk_among(
        self, queries: QueryVectors, k: int, masks: Sequence[Sequence[Mask]], *, min_score: float = 0.0
    ) -> list[TopKLists]:
        """As :meth:`topk`, once among the candidates of each of the ``masks`` (by query)."""
        k, count = min(k, self.size), queries.count
        found = [TopKLists.empty(count, k) for _ in masks]
        if k and count:
            batch, weights = self._batch(queries), self._part_weights(queries)
            threshold = max(min_score - FLOAT32_TOLERANCE, FLOAT32_TOLERANCE)
            for eligible, lists in zip(masks, found, strict=True):
                among = _among(batch, eligible)

                def search(rows: slice, among: QueryBatch = among, lists: TopKLists = lists) -> None:
                    best = TopKBuffer(lists.positions[rows], lists.scores[rows])
                    some = _batch_slice(among, rows)
                    search_topk(some, weights, self._blocks, threshold, self._sparse_width, best)

                parallel_for(search, count)
        return found

    def reverse_topk_mask(self, queries: QueryVectors, floors: Floats) -> Mask:
        """The candidates whose score with any query is at least their own floor (``floors`` by candidate).

        Some with slightly less may be among them; none that has as much is missing.
        """
        matched = np.zeros(self.size, bool)
        self._reverse(queries, floors, matched, room_per_query=0)
        return matched

    def reverse_topk_pairs(self, queries: QueryVectors, floors: Floats) -> ReversePairs:
        """The pairs of a candidate and a query whose score is at least the candidate's floor, as in
        :meth:`reverse_topk_mask`."""
        found = self._reverse(queries, floors, np.zeros(self.size, bool), room_per_query=PAIRS_PER_QUERY)
        none = ReversePairs(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        return ReversePairs(*(np.concatenate(column) for column in zip(none, *found, strict=True)))

    def _reverse(
        self, queries: QueryVectors, floors: Floats, matched: Mask, room_per_query: int
    ) -> list[ReversePairs]:
        """Mark the matched candidates, and give the pairs if there is room for them."""
        if not queries.count:
            return []
        batch = self._batch(queries)
        weights, results = self._part_weights(queries), list[ReversePairs]()

        def search(rows: slice) -> None:
            room = room_per_query * (rows.stop - rows.start)
            while True:
                pairs = ReversePairs(np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room))
                matches = ReverseMatches(matched, *pairs, pair_count=np.zeros(1, np.int64))
                reverse_topk(
                    _batch_slice(batch, rows), weights, self._blocks, floors, self._sparse_width, matches
                )
                count = int(matches.pair_count[0])
                if not room or count <= room:
                    break
                room = count
            if room:
                some = slice(count)
                results.append(
                    ReversePairs(pairs.candidates[some], rows.start + pairs.query[some], pairs.scores[some])
                )

        parallel_for(search, queries.count)
        return results

    def _part_weights(self, queries: QueryVectors) -> PartWeights:
        weights = queries.weights
        return PartWeights(self._first_column, np.array(weights[:-1], float), float(weights[-1]))

    @cached_property
    def _all(self) -> Mask:
        return np.ones(self.size, bool)

    def _batch(self, queries: QueryVectors) -> QueryBatch:
        """The queries' rows in the columns of this index, among all candidates; columns that none has are dropped."""
        widths = np.diff(self._first_column)
        parts = [
            part[:, : min(width, part.shape[1])] for part, width in zip(queries.parts, widths, strict=True)
        ]
        for part, width in zip(parts, widths, strict=True):
            part.resize(part.shape[0], width)
        indexed, sparse_part = csr_matrix(hstack(parts)), queries.sparse_part
        indexed.sort_indices()
        present = self._sparse_ranks[sparse_part.indices] >= 0
        sparse_ptr = np.concatenate([[0], np.cumsum(present)])[sparse_part.indptr]
        return QueryBatch(
            indexed.indptr.astype(np.int64),
            indexed.indices.astype(np.int64),
            indexed.data,
            sparse_ptr.astype(np.int64),
            self._sparse_ranks[sparse_part.indices[present]],
            sparse_part.data[present],
            np.zeros(queries.count, np.int64),
            self._all[None],
        )


def _among(batch: QueryBatch, eligible: Sequence[Mask]) -> QueryBatch:
    """The same queries among the candidates of a mask for each."""
    masks = {id(mask): mask for mask in eligible}
    groups = {name: number for number, name in enumerate(masks)}
    return batch._replace(
        group=np.array([groups[id(mask)] for mask in eligible]), eligible=np.stack(list(masks.values()))
    )


def _batch_slice(batch: QueryBatch, rows: slice) -> QueryBatch:
    ptr = slice(rows.start, rows.stop + 1)
    return batch._replace(ptr=batch.ptr[ptr], sparse_ptr=batch.sparse_ptr[ptr], group=batch.group[rows])


def _cluster(indexed: csr_matrix, first_column: Positions) -> Positions:
    """An order in which rows that share their most frequent columns, part by part, are neighbours."""
    frequency = np.bincount(indexed.indices, minlength=indexed.shape[1])
    part = np.searchsorted(first_column, np.arange(indexed.shape[1]), side="right")
    rank = np.empty(indexed.shape[1], np.int64)
    rank[np.lexsort((-frequency, part))] = np.arange(indexed.shape[1])
    ranked = csr_matrix((rank[indexed.indices], rank[indexed.indices], indexed.indptr), shape=indexed.shape)
    ranked.sort_indices()
    keys = np.full((indexed.shape[0], SORT_COLUMNS), indexed.shape[1])
    rows = row_indices(ranked)
    number_in_row = np.arange(ranked.nnz) - ranked.indptr[rows]
    used = number_in_row < SORT_COLUMNS
    keys[rows[used], number_in_row[used]] = ranked.data[used]
    order: Positions = np.lexsort(keys.T[::-1])
    return order


def _rank_by_frequency(sparse_part: csr_matrix) -> tuple[Positions, int]:
    """The rank of each column, the most frequent first, so that these are close together in memory; -1 for empty ones.

    The second value is the number of columns that are not empty.
    """
    frequency = document_frequency(sparse_part, sparse_part.shape[1])
    present = int(np.count_nonzero(frequency))
    ranks = np.full(sparse_part.shape[1], -1)
    ranks[np.argsort(-frequency, kind="stable")[:present]] = np.arange(present)
    return ranks, present


def _block_postings(indexed: csr_matrix, sparse_rows: SparseRows, order: Positions) -> BlockPostings:
    by_column = indexed[order].T.tocsr()
    by_column.sort_indices()
    column = row_indices(by_column)
    block = by_column.indices // BLOCK_SIZE
    begins = np.ones(by_column.nnz, bool)
    begins[1:] = (np.diff(column) != 0) | (np.diff(block) != 0)
    starts = np.flatnonzero(begins)
    entry = np.cumsum(begins) - 1
    counts = np.bincount(entry, minlength=starts.size)
    lengths = np.where(counts > DENSE_SHARE * BLOCK_SIZE, BLOCK_SIZE, counts)
    posting_ptr = np.concatenate([[0], np.cumsum(lengths)])
    row = (by_column.indices % BLOCK_SIZE).astype(np.int64)
    number_in_entry = np.where(lengths[entry] == BLOCK_SIZE, row, np.arange(by_column.nnz) - starts[entry])
    rows, values = np.zeros(posting_ptr[-1], np.uint16), np.zeros(posting_ptr[-1], np.float32)
    rows[posting_ptr[entry] + number_in_entry] = row
    values[posting_ptr[entry] + number_in_entry] = by_column.data
    block_max = np.maximum.reduceat(by_column.data, starts) if starts.size else np.empty(0)
    return BlockPostings(
        np.searchsorted(starts, by_column.indptr).astype(np.int64),
        block[starts].astype(np.int32),
        block_max.astype(np.float32),
        posting_ptr,
        rows,
        values,
        *sparse_rows,
        order,
    )


def _sparse_rows(
    sparse_part: csr_matrix, weighting: RowWeighting, ranks: Positions, order: Positions
) -> SparseRows:
    """The weighted rows of the sparse part in another order, their columns by rank."""
    ptr = np.concatenate([[0], np.cumsum(np.diff(sparse_part.indptr)[order])])
    columns, values = np.empty(sparse_part.nnz, np.uint32), np.empty(sparse_part.nnz, np.float32)

    def fill(rows: slice) -> None:
        weighted, some = weighting(sparse_part[order[rows]]), slice(ptr[rows.start], ptr[rows.stop])
        columns[some] = ranks.take(weighted.indices)
        values[some] = weighted.data

    parallel_for(fill, order.size)
    return ptr, columns, values


def compile_loops() -> None:
    """Compile all loops, which takes some seconds once on each machine, so that no query waits for it."""
    empty = csr_matrix((1, 1))
    index, queries = BlockMaxIndex([empty], empty), QueryVectors([empty], empty, [1.0, 1.0])
    index.topk(queries, 1)
    index.reverse_topk_mask(queries, np.ones(1))
    masked_dot_products(empty, empty, np.ones((1, 1), bool))
    dense_dot_products(empty, empty)
