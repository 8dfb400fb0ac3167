"""The best candidates of many: the hot loop of matching.

A candidate's score is the sum over the parts of weight × dot product (at most 1). The candidates stand in blocks of
those alike (:mod:`matching.retrieval.block_max_index`). For each query every block gets a bound from the largest value that each
column has in it; blocks are opened from the highest bound on, until none can hold a better candidate than those found.
In an open block the first parts, few columns a row, are added up for all; the last, of many columns, is computed only
for candidates that it could bring onto the list. Runs without the interpreter's lock.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matching.sparse.compiled import compiled
from matching.sparse.matrices import Floats
from matching.sparse.precision import FLOAT32_TOLERANCE

BLOCK_SIZE = 2048
"""How many candidates stand in one block: as many as their scores fit into the nearest cache."""
STRIDE = 64
"""How many candidates of a block are looked at together."""
ALREADY_SCORED = np.float32(-1.0)
Integers = NDArray[np.int64]
Singles = NDArray[np.float32]


class BlockPostings(NamedTuple):
    """Candidates in blocks, as arrays.

    Column ``c`` of the first parts has the entries ``columns[c]:columns[c + 1]``, one for each block in which it
    occurs: ``block``, ``block_max`` value, and from ``posting_ptr[e]`` to ``posting_ptr[e + 1]`` the ``row`` (within the
    block) and ``value`` of those who have it; an entry as long as a block has a value for every row. ``tail_*`` are
    the sparse rows of the last part. ``order`` tells which candidate stands at each place.
    """

    columns: Integers
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
    """Sparse rows of those who ask: the first parts side by side (``ends``, ``columns``, ``values``), and the last.

    ``eligible`` (groups × candidates) says who may be on the lists of a ``group`` (by query) of those who ask.
    """

    ends: Integers
    columns: Integers
    values: Floats
    sparse_ptr: Integers
    sparse_columns: Integers
    sparse_values: Floats
    group: Integers
    eligible: NDArray[np.bool_]


class PartWeights(NamedTuple):
    """``first`` column of each of the first parts (and where the last of them ends), the ``weight`` of each, and of the last part."""

    first: Integers
    weight: Floats
    sparse_part: float


class TopKBuffer(NamedTuple):
    """A list as it grows: who, with which score, highest first; a tie is decided by the lower number."""

    candidates: Integers
    scores: Floats


class ReverseMatches(NamedTuple):
    """Whom queries reach: ``marked`` by candidate; and, as far as there is place, ``candidates``, by which ``query``, with which score.

    ``count`` holds how many such pairs there are, also those for which there is no place.
    """

    marked: NDArray[np.bool_]
    candidates: Integers
    query: Integers
    scores: Floats
    count: Integers


class ScoreLimits(NamedTuple):
    """What a candidate needs at ``min_score``, and what the last part brings at most, the ``sparse_upper_bound``."""

    min_score: float
    sparse_upper_bound: float


class Workspace(NamedTuple):
    """What is known of each block for the query at hand.

    ``bounds`` is what the first parts come to at most, ``part`` the same for the part at hand; ``shared[block]`` lists
    the columns that the block shares with the query (where in the query, and the entry), ``used`` how many these are;
    ``totals`` are the first parts of the scores, and ``sparse_part`` is the query's last part.
    """

    bounds: Floats
    part: Floats
    shared: Integers
    used: Integers
    totals: Singles
    sparse_part: Singles


@compiled
def search_topk(queries: QueryBatch, weights: PartWeights, blocks: BlockPostings, min_score: float, width: int, best: TopKBuffer) -> None:
    """Fill the rows of ``best`` (queries × k, ``candidates`` is -1 behind the end) with the candidates of at least ``min_score``.

    ``width`` is the number of columns of the last part.
    """
    count, k = best.candidates.shape
    scratch = _workspace(queries, blocks, width)
    leaders = TopKBuffer(np.empty(k, np.int64), np.empty(k))
    for query in range(count):
        sparse_upper_bound = weights.sparse_part if _scatter_query(query, queries, scratch) else 0.0
        eligible = queries.eligible[queries.group[query]]
        _bound_blocks(query, queries, weights, blocks, scratch)
        queue = np.argsort(-scratch.bounds)
        opened, collected, floor = 0, 0, min_score - sparse_upper_bound
        # First without the last part: what comes k-th then is a floor for what comes k-th in the end.
        while opened < queue.size and scratch.bounds[queue[opened]] + sparse_upper_bound + FLOAT32_TOLERANCE >= max(
            floor, min_score
        ):
            _accumulate_block(queue[opened], queries, weights, blocks, scratch)
            collected = _collect(queue[opened], blocks, eligible, scratch, floor, leaders, collected)
            floor = max(floor, leaders.scores[k - 1]) if collected == k else floor
            opened += 1
        found, own = 0, TopKBuffer(best.candidates[query], best.scores[query])
        for at in range(collected):
            place = leaders.candidates[at]
            some = slice(blocks.sparse_ptr[place], blocks.sparse_ptr[place + 1])
            dot = _sparse_dot(scratch.sparse_part, blocks.sparse_columns[some], blocks.sparse_values[some])
            score = leaders.scores[at] + sparse_upper_bound * dot
            scratch.totals[place // BLOCK_SIZE, place % BLOCK_SIZE] = ALREADY_SCORED
            if score >= min_score:
                found = _insert_sorted(own, found, blocks.order[place], score)
        for block in queue[:opened]:
            found = _complete_block(block, blocks, eligible, scratch, ScoreLimits(min_score, sparse_upper_bound), own, found)
        _clear_query(query, queries, scratch)
        own.candidates[found:] = -1
        own.scores[found:] = 0.0


@compiled
def reverse_topk(
    queries: QueryBatch,
    weights: PartWeights,
    blocks: BlockPostings,
    floors: Floats,
    width: int,
    reached: ReverseMatches,
) -> None:
    """Find all candidates for whom the score with any query may be at least their own of the ``floors``."""
    scratch = _workspace(queries, blocks, width)
    lowest = np.full(scratch.bounds.size, np.inf)
    at_place = np.full(scratch.bounds.size * BLOCK_SIZE, np.float32(np.inf))
    for place in range(blocks.order.size):
        floor = floors[blocks.order[place]] - FLOAT32_TOLERANCE
        at_place[place] = np.float32(floor - FLOAT32_TOLERANCE)
        lowest[place // BLOCK_SIZE] = min(lowest[place // BLOCK_SIZE], floor)
    for query in range(queries.ends.size - 1):
        sparse_upper_bound = weights.sparse_part if _scatter_query(query, queries, scratch) else 0.0
        _bound_blocks(query, queries, weights, blocks, scratch)
        for block in range(lowest.size):
            if scratch.bounds[block] + sparse_upper_bound >= lowest[block]:
                _accumulate_block(block, queries, weights, blocks, scratch)
                few = at_place[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE]
                _match_block(block, blocks, scratch, sparse_upper_bound, few, query, reached)
        _clear_query(query, queries, scratch)


@compiled
def _match_block(
    block: int,
    blocks: BlockPostings,
    scratch: Workspace,
    sparse_upper_bound: float,
    floors: Singles,
    query: int,
    reached: ReverseMatches,
) -> None:
    """Mark the candidates of a block whom the query at hand reaches."""
    total, sparse_part, most = scratch.totals[block], scratch.sparse_part, np.float32(sparse_upper_bound)
    ends, columns, values = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
    for first in range(0, BLOCK_SIZE, STRIDE):
        above = 0
        for row in range(first, first + STRIDE):
            above |= total[row] + most >= floors[row]
        if above == 0:
            continue
        for row in range(first, first + STRIDE):
            if total[row] + most < floors[row]:
                continue
            place = block * BLOCK_SIZE + row
            some = slice(ends[place], ends[place + 1])
            score = total[row] + sparse_upper_bound * _sparse_dot(sparse_part, columns[some], values[some])
            if score >= floors[row]:
                candidates, at = blocks.order[place], reached.count[0]
                reached.marked[candidates] = True
                if at < reached.candidates.size:
                    reached.candidates[at], reached.query[at], reached.scores[at] = candidates, query, score
                reached.count[0] += 1


@compiled
def _workspace(queries: QueryBatch, blocks: BlockPostings, width: int) -> Workspace:
    many, widest = (blocks.order.size + BLOCK_SIZE - 1) // BLOCK_SIZE, 0
    for query in range(queries.ends.size - 1):
        widest = max(widest, queries.ends[query + 1] - queries.ends[query])
    return Workspace(
        np.empty(many),
        np.zeros(many),
        np.empty((many, widest, 2), np.int64),
        np.zeros(many, np.int64),
        np.empty((many, BLOCK_SIZE), np.float32),
        np.zeros(width, np.float32),
    )


@compiled
def _scatter_query(query: int, queries: QueryBatch, scratch: Workspace) -> bool:
    """Lay out the query's last part by column; whether it has one."""
    start, end = queries.sparse_ptr[query], queries.sparse_ptr[query + 1]
    for at in range(start, end):
        scratch.sparse_part[queries.sparse_columns[at]] = queries.sparse_values[at]
    return bool(end > start)


@compiled
def _clear_query(query: int, queries: QueryBatch, scratch: Workspace) -> None:
    """Leave nothing of the query's last part behind."""
    for at in range(queries.sparse_ptr[query], queries.sparse_ptr[query + 1]):
        scratch.sparse_part[queries.sparse_columns[at]] = 0.0


@compiled
def _bound_blocks(query: int, queries: QueryBatch, weights: PartWeights, blocks: BlockPostings, scratch: Workspace) -> None:
    """What the first parts of a candidate of each block add up to at most, and which columns it shares with the query."""
    bounds, part, used = scratch.bounds, scratch.part, scratch.used
    bounds[:] = 0.0
    used[:] = 0
    at, end = queries.ends[query], queries.ends[query + 1]
    for number in range(weights.weight.size):
        begun = at
        while at < end and queries.columns[at] < weights.first[number + 1]:
            column, value = queries.columns[at], queries.values[at]
            for entry in range(blocks.columns[column], blocks.columns[column + 1]):
                block = blocks.block[entry]
                part[block] += value * blocks.block_max[entry]
                scratch.shared[block, used[block], 0] = at
                scratch.shared[block, used[block], 1] = entry
                used[block] += 1
            at += 1
        if at > begun:
            for block in range(bounds.size):
                bounds[block] += weights.weight[number] * min(part[block], 1.0)
                part[block] = 0.0


@compiled
def _accumulate_block(block: int, queries: QueryBatch, weights: PartWeights, blocks: BlockPostings, scratch: Workspace) -> None:
    """The first parts of the scores of all candidates of a block, by the columns it shares with the query.

    Only dot products of the first part can exceed 1: a profile may have several places.
    """
    total, shared, used = scratch.totals[block], scratch.shared[block], scratch.used[block]
    total[:] = 0.0
    at = 0
    for number in range(weights.weight.size):
        weight, begun = np.float32(weights.weight[number]), at
        while at < used and queries.columns[shared[at, 0]] < weights.first[number + 1]:
            scale = weight * np.float32(queries.values[shared[at, 0]])
            start, end = blocks.posting_ptr[shared[at, 1]], blocks.posting_ptr[shared[at, 1] + 1]
            rows, values = blocks.row[start:end], blocks.value[start:end]
            if values.size == BLOCK_SIZE:
                for row in range(BLOCK_SIZE):
                    total[row] += scale * values[row]
            else:
                for posting in range(values.size):
                    total[rows[posting]] += scale * values[posting]
            at += 1
        if number == 0 and at > begun:
            for row in range(BLOCK_SIZE):
                total[row] = weight if total[row] > weight else total[row]


@compiled
def _collect(
    block: int,
    blocks: BlockPostings,
    eligible: NDArray[np.bool_],
    scratch: Workspace,
    floor: float,
    leaders: TopKBuffer,
    collected: int,
) -> int:
    """Put the places of a block that are among the best by the first parts on that list; how many are on it."""
    total = scratch.totals[block]
    for first in range(0, BLOCK_SIZE, STRIDE):
        if not _any_at_least(total[first : first + STRIDE], floor):
            continue
        for row in range(first, first + STRIDE):
            place = block * BLOCK_SIZE + row
            if total[row] >= floor and place < blocks.order.size and eligible[blocks.order[place]]:
                collected = _insert_sorted(leaders, collected, place, np.float64(total[row]))
                if collected == leaders.candidates.size:
                    floor = max(floor, leaders.scores[collected - 1])
    return collected


@compiled
def _any_at_least(few: Singles, floor: float) -> bool:
    """Whether any reaches the floor; without branches, many at a time."""
    min_score = np.float32(floor)
    above = 0
    for row in range(STRIDE):
        above |= few[row] >= min_score
    return above != 0


@compiled
def _complete_block(
    block: int,
    blocks: BlockPostings,
    eligible: NDArray[np.bool_],
    scratch: Workspace,
    limits: ScoreLimits,
    own: TopKBuffer,
    found: int,
) -> int:
    """Put those of a block whom the last part can bring onto the list there; how many are on it."""
    total, sparse_part = scratch.totals[block], scratch.sparse_part
    ends, columns, values = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
    order = blocks.order
    sparse_upper_bound, min_score = limits.sparse_upper_bound, limits.min_score
    floor = max(min_score, own.scores[found - 1]) if found == own.candidates.size else min_score
    for first in range(0, BLOCK_SIZE, STRIDE):
        if not _any_at_least(total[first : first + STRIDE], floor - sparse_upper_bound - FLOAT32_TOLERANCE):
            continue
        for row in range(first, first + STRIDE):
            place = block * BLOCK_SIZE + row
            if total[row] + sparse_upper_bound + FLOAT32_TOLERANCE < floor or total[row] == ALREADY_SCORED or place >= order.size:
                continue
            if not eligible[order[place]]:
                continue
            some = slice(ends[place], ends[place + 1])
            score = total[row] + sparse_upper_bound * _sparse_dot(sparse_part, columns[some], values[some])
            if score >= floor:
                found = _insert_sorted(own, found, order[place], score)
                if found == own.candidates.size:
                    floor = max(floor, own.scores[found - 1])
    return found


@compiled
def _sparse_dot(sparse_part: Singles, columns: NDArray[np.uint32], values: Singles) -> float:
    """The last part of two rows, of which one is spread out."""
    dot = 0.0
    for at in range(values.size):
        dot += sparse_part[columns[at]] * values[at]
    return min(dot, 1.0)


@compiled
def _insert_sorted(best: TopKBuffer, found: int, candidates: int, score: float) -> int:
    """Put somebody in place on a list, the last one off it when it is full; how many are on it."""
    at = found
    while at > 0 and (
        best.scores[at - 1] < score or (best.scores[at - 1] == score and best.candidates[at - 1] > candidates)
    ):
        at -= 1
    last = min(found, best.candidates.size - 1)
    for behind in range(last, at, -1):
        best.candidates[behind], best.scores[behind] = best.candidates[behind - 1], best.scores[behind - 1]
    if at < best.candidates.size:
        best.candidates[at], best.scores[at] = candidates, score
    return last + 1
