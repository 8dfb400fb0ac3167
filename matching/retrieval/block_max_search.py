"""Exact top-k search over a block-max index: the compiled loops.

A candidate's score is Σ weight × dot product over the parts, each dot product at most 1. All parts but one have few
entries a row and are kept as posting lists; the sparse part, of many columns, is kept as rows. Similar candidates share a
block (:mod:`matching.retrieval.block_max_index`). For each query:

1. every block gets an upper bound from the maximum of each column in it (block-max);
2. blocks are opened in descending order of their bounds until none can hold a candidate better than those found;
3. in an open block the indexed parts are accumulated for all candidates, and the sparse part is computed only for those
   that it could bring onto the list.

The loops run without the interpreter's lock.
"""

import numpy as np
from numpy.typing import NDArray

from matching.retrieval.block_max_layout import (
    BLOCK_SIZE,
    BlockPostings,
    PartWeights,
    QueryBatch,
    ReverseMatches,
    ScoreLimits,
    Singles,
    TopKBuffer,
    Workspace,
)
from matching.sparse.compiled import compiled
from matching.sparse.matrices import Floats, Mask
from matching.sparse.precision import FLOAT32_TOLERANCE

STRIDE = 64
"""Candidates of a block that are compared with a threshold at once."""
ALREADY_SCORED = np.float32(-1.0)


@compiled
def search_topk(
    queries: QueryBatch,
    weights: PartWeights,
    blocks: BlockPostings,
    min_score: float,
    width: int,
    lists: TopKBuffer,
) -> None:
    """Fill ``lists`` (queries × k; candidate -1 after the end) with the best candidates of at least ``min_score``.

    ``width`` is the number of columns of the sparse part.
    """
    count, k = lists.candidates.shape
    workspace = _workspace(queries, blocks, width)
    leaders = TopKBuffer(np.empty(k, np.int64), np.empty(k))
    for query in range(count):
        sparse_upper_bound = weights.sparse if _scatter_query(query, queries, workspace) else 0.0
        limits = ScoreLimits(min_score, sparse_upper_bound)
        eligible = queries.eligible[queries.group[query]]
        _bound_blocks(query, queries, weights, blocks, workspace)
        queue = np.argsort(-workspace.bounds)
        opened, collected, threshold = 0, 0, min_score - sparse_upper_bound
        # First without the sparse part: the k-th score then is a lower bound of the k-th score in the end.
        while opened < queue.size and workspace.bounds[
            queue[opened]
        ] + sparse_upper_bound + FLOAT32_TOLERANCE >= max(threshold, min_score):
            _accumulate_block(queue[opened], queries, weights, blocks, workspace)
            collected = _collect(queue[opened], blocks, eligible, workspace, threshold, leaders, collected)
            threshold = max(threshold, leaders.scores[k - 1]) if collected == k else threshold
            opened += 1
        best = TopKBuffer(lists.candidates[query], lists.scores[query])
        found = _complete_leaders(leaders, collected, blocks, workspace, limits, best)
        for block in queue[:opened]:
            found = _complete_block(block, blocks, eligible, workspace, limits, best, found)
        _clear_query(query, queries, workspace)
        best.candidates[found:] = -1
        best.scores[found:] = 0.0


@compiled
def reverse_topk(
    queries: QueryBatch,
    weights: PartWeights,
    blocks: BlockPostings,
    floors: Floats,
    width: int,
    matches: ReverseMatches,
) -> None:
    """Find all candidates whose score with any query may be at least their own floor (``floors`` by candidate)."""
    workspace = _workspace(queries, blocks, width)
    block_floors = np.full(workspace.bounds.size, np.inf)
    place_floors = np.full(workspace.bounds.size * BLOCK_SIZE, np.float32(np.inf))
    for place in range(blocks.order.size):
        floor = floors[blocks.order[place]] - FLOAT32_TOLERANCE
        place_floors[place] = np.float32(floor - FLOAT32_TOLERANCE)
        block_floors[place // BLOCK_SIZE] = min(block_floors[place // BLOCK_SIZE], floor)
    for query in range(queries.ptr.size - 1):
        sparse_upper_bound = weights.sparse if _scatter_query(query, queries, workspace) else 0.0
        _bound_blocks(query, queries, weights, blocks, workspace)
        for block in range(block_floors.size):
            if workspace.bounds[block] + sparse_upper_bound >= block_floors[block]:
                _accumulate_block(block, queries, weights, blocks, workspace)
                some = place_floors[block * BLOCK_SIZE : (block + 1) * BLOCK_SIZE]
                _match_block(block, blocks, workspace, sparse_upper_bound, some, query, matches)
        _clear_query(query, queries, workspace)


@compiled
def _match_block(
    block: int,
    blocks: BlockPostings,
    workspace: Workspace,
    sparse_upper_bound: float,
    floors: Singles,
    query: int,
    matches: ReverseMatches,
) -> None:
    total, sparse_query = workspace.totals[block], workspace.sparse_query
    ptr, columns, values = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
    upper_bound = np.float32(sparse_upper_bound)
    for first in range(0, BLOCK_SIZE, STRIDE):
        above = 0
        for row in range(first, first + STRIDE):
            above |= total[row] + upper_bound >= floors[row]
        if above == 0:
            continue
        for row in range(first, first + STRIDE):
            if total[row] + upper_bound < floors[row]:
                continue
            place = block * BLOCK_SIZE + row
            some = slice(ptr[place], ptr[place + 1])
            score = total[row] + sparse_upper_bound * _sparse_dot(sparse_query, columns[some], values[some])
            if score >= floors[row]:
                candidate, pair = blocks.order[place], matches.pair_count[0]
                matches.matched[candidate] = True
                if pair < matches.candidates.size:
                    matches.candidates[pair], matches.query[pair] = candidate, query
                    matches.scores[pair] = score
                matches.pair_count[0] += 1


@compiled
def _workspace(queries: QueryBatch, blocks: BlockPostings, width: int) -> Workspace:
    block_count, longest = (blocks.order.size + BLOCK_SIZE - 1) // BLOCK_SIZE, 0
    for query in range(queries.ptr.size - 1):
        longest = max(longest, queries.ptr[query + 1] - queries.ptr[query])
    return Workspace(
        np.empty(block_count),
        np.zeros(block_count),
        np.empty((block_count, longest, 2), np.int64),
        np.zeros(block_count, np.int64),
        np.empty((block_count, BLOCK_SIZE), np.float32),
        np.zeros(width, np.float32),
    )


@compiled
def _scatter_query(query: int, queries: QueryBatch, workspace: Workspace) -> bool:
    """Scatter the query's sparse part by column; whether it has one."""
    start, end = queries.sparse_ptr[query], queries.sparse_ptr[query + 1]
    for at in range(start, end):
        workspace.sparse_query[queries.sparse_columns[at]] = queries.sparse_values[at]
    return bool(end > start)


@compiled
def _clear_query(query: int, queries: QueryBatch, workspace: Workspace) -> None:
    for at in range(queries.sparse_ptr[query], queries.sparse_ptr[query + 1]):
        workspace.sparse_query[queries.sparse_columns[at]] = 0.0


@compiled
def _bound_blocks(
    query: int, queries: QueryBatch, weights: PartWeights, blocks: BlockPostings, workspace: Workspace
) -> None:
    """Upper bounds of the indexed parts in each block, and the columns that each block shares with the query."""
    bounds, part, shared_count = workspace.bounds, workspace.part, workspace.shared_count
    bounds[:] = 0.0
    shared_count[:] = 0
    at, end = queries.ptr[query], queries.ptr[query + 1]
    for number in range(weights.indexed.size):
        first = at
        while at < end and queries.columns[at] < weights.first_column[number + 1]:
            column, value = queries.columns[at], queries.values[at]
            for entry in range(blocks.entry_ptr[column], blocks.entry_ptr[column + 1]):
                block = blocks.block[entry]
                part[block] += value * blocks.block_max[entry]
                workspace.shared[block, shared_count[block], 0] = at
                workspace.shared[block, shared_count[block], 1] = entry
                shared_count[block] += 1
            at += 1
        if at > first:
            for block in range(bounds.size):
                bounds[block] += weights.indexed[number] * min(part[block], 1.0)
                part[block] = 0.0


@compiled
def _accumulate_block(
    block: int, queries: QueryBatch, weights: PartWeights, blocks: BlockPostings, workspace: Workspace
) -> None:
    """Add up the indexed parts of the scores of all candidates of a block.

    Only dot products of the first part can exceed 1: a profile may have several places.
    """
    total, shared = workspace.totals[block], workspace.shared[block]
    shared_count = workspace.shared_count[block]
    total[:] = 0.0
    at = 0
    for number in range(weights.indexed.size):
        weight, first = np.float32(weights.indexed[number]), at
        while at < shared_count and queries.columns[shared[at, 0]] < weights.first_column[number + 1]:
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
        if number == 0 and at > first:
            for row in range(BLOCK_SIZE):
                total[row] = weight if total[row] > weight else total[row]


@compiled
def _collect(
    block: int,
    blocks: BlockPostings,
    eligible: Mask,
    workspace: Workspace,
    threshold: float,
    leaders: TopKBuffer,
    collected: int,
) -> int:
    """Put the places of a block that are among the best by the indexed parts on the list of leaders; its new length."""
    total = workspace.totals[block]
    for first in range(0, BLOCK_SIZE, STRIDE):
        if not _any_at_least(total[first : first + STRIDE], threshold):
            continue
        for row in range(first, first + STRIDE):
            place = block * BLOCK_SIZE + row
            if total[row] >= threshold and place < blocks.order.size and eligible[blocks.order[place]]:
                collected = _insert_sorted(leaders, collected, place, np.float64(total[row]))
                if collected == leaders.candidates.size:
                    threshold = max(threshold, leaders.scores[collected - 1])
    return collected


@compiled
def _any_at_least(scores: Singles, threshold: float) -> bool:
    """Whether any score reaches a threshold; without branches, so that many are compared at once."""
    single = np.float32(threshold)
    above = 0
    for row in range(STRIDE):
        above |= scores[row] >= single
    return above != 0


@compiled
def _complete_leaders(
    leaders: TopKBuffer,
    collected: int,
    blocks: BlockPostings,
    workspace: Workspace,
    limits: ScoreLimits,
    best: TopKBuffer,
) -> int:
    """Add the sparse part to the leaders' scores and put them on the list; its length."""
    found = 0
    for leader in range(collected):
        place = leaders.candidates[leader]
        some = slice(blocks.sparse_ptr[place], blocks.sparse_ptr[place + 1])
        dot = _sparse_dot(workspace.sparse_query, blocks.sparse_columns[some], blocks.sparse_values[some])
        score = leaders.scores[leader] + limits.sparse_upper_bound * dot
        workspace.totals[place // BLOCK_SIZE, place % BLOCK_SIZE] = ALREADY_SCORED
        if score >= limits.min_score:
            found = _insert_sorted(best, found, blocks.order[place], score)
    return found


@compiled
def _complete_block(
    block: int,
    blocks: BlockPostings,
    eligible: Mask,
    workspace: Workspace,
    limits: ScoreLimits,
    best: TopKBuffer,
    found: int,
) -> int:
    """Put the candidates of a block that the sparse part can bring onto the list there; its new length."""
    total, sparse_query, order = workspace.totals[block], workspace.sparse_query, blocks.order
    ptr, columns, values = blocks.sparse_ptr, blocks.sparse_columns, blocks.sparse_values
    sparse_upper_bound, min_score = limits.sparse_upper_bound, limits.min_score
    threshold = max(min_score, best.scores[found - 1]) if found == best.candidates.size else min_score
    for first in range(0, BLOCK_SIZE, STRIDE):
        if not _any_at_least(
            total[first : first + STRIDE], threshold - sparse_upper_bound - FLOAT32_TOLERANCE
        ):
            continue
        for row in range(first, first + STRIDE):
            place = block * BLOCK_SIZE + row
            if (
                total[row] + sparse_upper_bound + FLOAT32_TOLERANCE < threshold
                or total[row] == ALREADY_SCORED
            ):
                continue
            if place >= order.size or not eligible[order[place]]:
                continue
            some = slice(ptr[place], ptr[place + 1])
            score = total[row] + sparse_upper_bound * _sparse_dot(sparse_query, columns[some], values[some])
            if score >= threshold:
                found = _insert_sorted(best, found, order[place], score)
                if found == best.candidates.size:
                    threshold = max(threshold, best.scores[found - 1])
    return found


@compiled
def _sparse_dot(sparse_query: Singles, columns: NDArray[np.uint32], values: Singles) -> float:
    """The dot product of the scattered query with a sparse row, at most 1."""
    dot = 0.0
    for at in range(values.size):
        dot += sparse_query[columns[at]] * values[at]
    return min(dot, 1.0)


@compiled
def _insert_sorted(buffer: TopKBuffer, found: int, candidate: int, score: float) -> int:
    """Insert a candidate into a list, dropping the last one if it is full; its new length."""
    at = found
    while at > 0 and (
        buffer.scores[at - 1] < score
        or (buffer.scores[at - 1] == score and buffer.candidates[at - 1] > candidate)
    ):
        at -= 1
    last = min(found, buffer.candidates.size - 1)
    for behind in range(last, at, -1):
        buffer.candidates[behind] = buffer.candidates[behind - 1]
        buffer.scores[behind] = buffer.scores[behind - 1]
    if at < buffer.candidates.size:
        buffer.candidates[at], buffer.scores[at] = candidate, score
    return last + 1
