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
from matching.topk import BLOCK, Best, Blocks, Queries, Reached, Weights, reach, search

SORTED_BY = 4
"""By how many of their columns candidates are put in order."""
PAIRS_EACH = 64
"""For so many pairs of each query there is place at first."""
CLOSED = -1
"""Where a list ends before its last place."""
DENSE = 0.2
"""From which share of a block's candidates on a column is kept for all of them: adding in a row is quicker."""
Weigh = Callable[[csr_matrix], csr_matrix]
Tail = tuple[NDArray[np.int64], NDArray[np.uint32], NDArray[np.float32]]
"""Rows one after the other: where each ends, and all columns and values."""


@dataclass(frozen=True)
class Shortlists:
    """For each query the best candidates: ``places`` (queries × k, -1 where there is none) and their ``scores``."""

    places: NDArray[np.int64]
    scores: Floats

    @classmethod
    def closed(cls, queries: int, k: int) -> "Shortlists":
        """Lists on which there is nobody."""
        return cls(np.full((queries, k), CLOSED), np.zeros((queries, k)))

    @cached_property
    def chosen(self) -> NDArray[np.int64]:
        """All who are on any of the lists, in order."""
        return np.unique(self.places[self.places != CLOSED])

    @cached_property
    def floors(self) -> Floats:
        """What no candidate that is not on the list exceeds, for each query; 0 when all that count are on it."""
        if not self.places.shape[1]:
            return np.zeros(self.places.shape[0])
        full = self.places[:, -1] != CLOSED
        return np.where(full, self.scores[:, -1] + 2 * FLOAT32_TOLERANCE, 0.0)


class Reaching(NamedTuple):
    """Pairs, in no order: ``who``, the ``query``, and the score of both."""

    who: NDArray[np.int64]
    query: NDArray[np.int64]
    scores: Floats


class ShortlistIndex:
    """The candidates of one kind: the first parts, few columns a row, and the last, many.

    ``parts`` and ``tail`` are blocks of ``candidates × columns``; the rows of each part, and those that ``weigh`` makes of
    some of the last, have about length 1.
    """

    def __init__(
        self, parts: Sequence[csr_matrix], tail: csr_matrix, weigh: Weigh = lambda rows: rows
    ) -> None:
        self._first = np.cumsum([0, *(part.shape[1] for part in parts)])
        head = csr_matrix(hstack(parts))
        order = _alike_together(head, self._first)
        self._tail_ranks, tail_columns = _by_frequency(tail)
        self._blocks = _in_blocks(head, _in_order(tail, weigh, self._tail_ranks, order), order)
        self._tail_width = tail_columns

    def with_parts(self, parts: Sequence[csr_matrix]) -> "ShortlistIndex":
        """The same candidates with other values in the first parts; in which order they stand is a matter of speed alone."""
        other = copy(self)
        other._first = np.cumsum([0, *(part.shape[1] for part in parts)])
        blocks = self._blocks
        tail = blocks.tail_ends, blocks.tail_columns, blocks.tail_values
        other._blocks = _in_blocks(csr_matrix(hstack(parts)), tail, blocks.order)
        return other

    def best(
        self,
        parts: Sequence[csr_matrix],
        tail: csr_matrix,
        weights: Sequence[float],
        k: int,
        *,
        least: float = 0.0,
        allowed: Sequence[NDArray[np.bool_]] | None = None,
    ) -> Shortlists:
        """The ``k`` candidates with the highest sums of weight × dot product, for each query.

        ``parts`` and ``tail`` are the queries' rows, ``weights`` those of the parts and, last, of the tail. Left out
        are candidates of less than ``least`` and those that are not ``allowed`` (for each query one mask of the
        candidates; queries may share one).
        """
        k, count = min(k, self._blocks.order.size), tail.shape[0]
        lists = Shortlists.closed(count, k)
        if k and count:
            queries = self._read(parts, tail, allowed or [self._everybody] * count)
            weighed = self._weighed(weights)
            lowest = max(least - FLOAT32_TOLERANCE, FLOAT32_TOLERANCE)

            def search_some(few: slice) -> None:
                found = Best(lists.places[few], lists.scores[few])
                search(_cut(queries, few), weighed, self._blocks, lowest, self._tail_width, found)

            parallel_for(search_some, count)
        return lists

    def reached(
        self, parts: Sequence[csr_matrix], tail: csr_matrix, weights: Sequence[float], floors: Floats
    ) -> NDArray[np.bool_]:
        """Which candidates have with any of the queries a score of at least their own floor (``floors`` by candidate).

        One that has a little less may be among them, none that has as much is missing.
        """
        reached = np.zeros(self.size, bool)
        self._reach(parts, tail, weights, floors, reached, places=0)
        return reached

    def reaching(
        self, parts: Sequence[csr_matrix], tail: csr_matrix, weights: Sequence[float], floors: Floats
    ) -> Reaching:
        """The pairs of a candidate and a query whose score is at least the candidate's own floor, as in :meth:`reached`."""
        found = self._reach(parts, tail, weights, floors, np.zeros(self.size, bool), places=PAIRS_EACH)
        nobody = Reaching(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0))
        return Reaching(*(np.concatenate(part) for part in zip(nobody, *found, strict=True)))

    def _reach(
        self,
        parts: Sequence[csr_matrix],
        tail: csr_matrix,
        weights: Sequence[float],
        floors: Floats,
        reached: NDArray[np.bool_],
        places: int,
    ) -> list[Reaching]:
        """Mark who is reached, and write down the pairs if there are ``places`` for some with each query."""
        if not tail.shape[0]:
            return []
        queries = self._read(parts, tail, [self._everybody] * tail.shape[0])
        weighed, pieces = self._weighed(weights), list[Reaching]()

        def mark_some(few: slice) -> None:
            room = places * (few.stop - few.start)
            while True:
                pairs = Reaching(np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room))
                found = Reached(reached, *pairs, pairs=np.zeros(1, np.int64))
                reach(_cut(queries, few), weighed, self._blocks, floors, self._tail_width, found)
                count = int(found.pairs[0])
                if not room or count <= room:
                    break
                room = count
            if room:
                written = slice(count)
                pieces.append(
                    Reaching(pairs.who[written], few.start + pairs.query[written], pairs.scores[written])
                )

        parallel_for(mark_some, tail.shape[0])
        return pieces

    @property
    def size(self) -> int:
        """How many candidates there are."""
        return int(self._blocks.order.size)

    def _weighed(self, weights: Sequence[float]) -> Weights:
        return Weights(self._first, np.array(weights[:-1], float), float(weights[-1]))

    @cached_property
    def _everybody(self) -> NDArray[np.bool_]:
        return np.ones(self._blocks.order.size, bool)

    def _read(
        self, parts: Sequence[csr_matrix], tail: csr_matrix, allowed: Sequence[NDArray[np.bool_]]
    ) -> Queries:
        widths = np.diff(self._first)
        known = [part[:, : min(width, part.shape[1])] for part, width in zip(parts, widths, strict=True)]
        for part, width in zip(known, widths, strict=True):
            part.resize(part.shape[0], width)
        head = csr_matrix(hstack(known))
        head.sort_indices()
        there = self._tail_ranks[tail.indices] >= 0
        ends = np.concatenate([[0], np.cumsum(there)])[tail.indptr]
        masks = {id(mask): mask for mask in allowed}
        groups = {name: number for number, name in enumerate(masks)}
        return Queries(
            head.indptr.astype(np.int64),
            head.indices.astype(np.int64),
            head.data,
            ends.astype(np.int64),
            self._tail_ranks[tail.indices[there]],
            tail.data[there],
            np.array([groups[id(mask)] for mask in allowed]),
            np.stack(list(masks.values())),
        )


def _cut(queries: Queries, few: slice) -> Queries:
    ends = slice(few.start, few.stop + 1)
    return queries._replace(
        ends=queries.ends[ends], tail_ends=queries.tail_ends[ends], group=queries.group[few]
    )


def _alike_together(head: csr_matrix, first: NDArray[np.int64]) -> NDArray[np.int64]:
    """An order in which rows that share their most frequent columns, part by part, stand together."""
    having = np.bincount(head.indices, minlength=head.shape[1])
    part = np.searchsorted(first, np.arange(head.shape[1]), side="right")
    rank = np.empty(head.shape[1], np.int64)
    rank[np.lexsort((-having, part))] = np.arange(head.shape[1])
    ranked = csr_matrix((rank[head.indices], rank[head.indices], head.indptr), shape=head.shape)
    ranked.sort_indices()
    keys = np.full((head.shape[0], SORTED_BY), head.shape[1])
    rows = row_indices(ranked)
    at = np.arange(ranked.nnz) - ranked.indptr[rows]
    few = at < SORTED_BY
    keys[rows[few], at[few]] = ranked.data[few]
    order: NDArray[np.int64] = np.lexsort(keys.T[::-1])
    return order


def _by_frequency(tail: csr_matrix) -> tuple[NDArray[np.int64], int]:
    """New numbers for the columns, the most frequent first and close together in memory; -1 for those nobody has."""
    having = document_frequency(tail, tail.shape[1])
    present = int(np.count_nonzero(having))
    ranks = np.full(tail.shape[1], -1)
    ranks[np.argsort(-having, kind="stable")[:present]] = np.arange(present)
    return ranks, present


def _in_blocks(head: csr_matrix, tail: Tail, order: NDArray[np.int64]) -> Blocks:
    by_column = head[order].T.tocsr()
    by_column.sort_indices()
    column = row_indices(by_column)
    block = by_column.indices // BLOCK
    begins = np.ones(by_column.nnz, bool)
    begins[1:] = (np.diff(column) != 0) | (np.diff(block) != 0)
    starts = np.flatnonzero(begins)
    entry_of = np.cumsum(begins) - 1
    counts = np.bincount(entry_of, minlength=starts.size)
    room = np.where(counts > DENSE * BLOCK, BLOCK, counts)
    postings = np.concatenate([[0], np.cumsum(room)])
    row = (by_column.indices % BLOCK).astype(np.int64)
    within = np.where(room[entry_of] == BLOCK, row, np.arange(by_column.nnz) - starts[entry_of])
    rows, values = np.zeros(postings[-1], np.uint16), np.zeros(postings[-1], np.float32)
    rows[postings[entry_of] + within] = row
    values[postings[entry_of] + within] = by_column.data
    largest = np.maximum.reduceat(by_column.data, starts) if starts.size else np.empty(0)
    return Blocks(
        np.searchsorted(starts, by_column.indptr).astype(np.int64),
        block[starts].astype(np.int32),
        largest.astype(np.float32),
        postings,
        rows,
        values,
        *tail,
        order,
    )


def _in_order(tail: csr_matrix, weigh: Weigh, ranks: NDArray[np.int64], order: NDArray[np.int64]) -> Tail:
    """Where the rows of the last part end, their columns by rank and their values, the rows in another order."""
    ends = np.concatenate([[0], np.cumsum(np.diff(tail.indptr)[order])])
    columns, values = np.empty(tail.nnz, np.uint32), np.empty(tail.nnz, np.float32)

    def put_some(few: slice) -> None:
        rows, there = weigh(tail[order[few]]), slice(ends[few.start], ends[few.stop])
        columns[there] = ranks.take(rows.indices)
        values[there] = rows.data

    parallel_for(put_some, order.size)
    return ends, columns, values


def prepare() -> None:
    """Have the loops compiled, if they are not yet, so that nobody waits for that: seconds, once on each machine."""
    nobody = csr_matrix((1, 1))
    index = ShortlistIndex([nobody], nobody)
    index.best([nobody], nobody, [1.0, 1.0], 1)
    index.reached([nobody], nobody, [1.0, 1.0], np.ones(1))
    masked_dot_products(nobody, nobody, np.ones((1, 1), bool))
    dense_dot_products(nobody, nobody)
