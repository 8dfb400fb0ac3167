"""The arrays that the compiled loops of :mod:`matching.retrieval.block_max_search` work on."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.sparse.matrices import Floats, Mask

BLOCK_SIZE = 2048
"""Candidates in a block: their scores fit into the nearest cache of a processor."""
Integers = NDArray[np.int64]
Singles = NDArray[np.float32]


class BlockPostings(NamedTuple):
    """Candidates in blocks, as arrays.

    Column ``c`` of the indexed parts has the entries ``entry_ptr[c]:entry_ptr[c + 1]``, one for each block in which it
    occurs. Entry ``e`` has a ``block``, a ``block_max`` and the postings ``posting_ptr[e]:posting_ptr[e + 1]``, each a
    ``row`` (within the block) and a ``value``; an entry as long as a block has a value for every row. ``sparse_*`` are the
    rows of the sparse part. ``order[p]`` is the candidate at place ``p`` (block × :data:`BLOCK_SIZE` + row).
    """

    entry_ptr: Integers
    block: NDArray[np.int32]
    block_max: Singles
    posting_ptr: Integers
    row: NDArray[np.uint16]
    value: Singles
    sparse_ptr: Integers
    sparse_columns: NDArray[np.uint32]
    sparse_values: Singles
    order: Integers


class QueryBatch(NamedTuple):
    """The rows of queries: the indexed parts side by side (``ptr``, ``columns``, ``values``), and the sparse part.

    ``eligible`` (groups × candidates) says which candidates the queries of a ``group`` (by query) may have.
    """

    ptr: Integers
    columns: Integers
    values: Floats
    sparse_ptr: Integers
    sparse_columns: Integers
    sparse_values: Floats
    group: Integers
    eligible: Mask


class PartWeights(NamedTuple):
    """``first_column`` of each indexed part and the end of the last, the ``indexed`` weights, and the ``sparse`` one."""

    first_column: Integers
    indexed: Floats
    sparse: float


class TopKBuffer(NamedTuple):
    """A list as it grows, by descending score; of equal scores the lower number is first."""

    candidates: Integers
    scores: Floats


class ReverseMatches(NamedTuple):
    """What a reverse search finds: ``matched`` by candidate, and pairs as far as there is room.

    ``pair_count`` (one element) is the number of pairs, also of those without room.
    """

    matched: Mask
    candidates: Integers
    query: Integers
    scores: Floats
    pair_count: Integers


class ScoreLimits(NamedTuple):
    """The least score of a list, and the most that the sparse part adds to one."""

    min_score: float
    sparse_upper_bound: float


class Workspace(NamedTuple):
    """What is known of the blocks for the query at hand.

    ``bounds`` are upper bounds of the indexed parts, ``part`` of the part at hand; ``shared[block]`` lists the columns that
    block and query share (position in the query, entry), ``shared_count`` their number; ``totals`` (blocks × block size)
    are accumulated scores; ``sparse_query`` is the query's sparse part, by column.
    """

    bounds: Floats
    part: Floats
    shared: Integers
    shared_count: Integers
    totals: Singles
    sparse_query: Singles
