"""The best candidates of many: the hot loop of matching.

A candidate's score is the sum over the parts of weight × dot product (at most 1). The candidates stand in blocks of
those alike (:mod:`matching.shortlist`). For each query every block gets a bound from the largest value that each
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

BLOCK = 2048
"""How many candidates stand in one block: as many as their scores fit into the nearest cache."""
STEP = 64
"""How many candidates of a block are looked at together."""
DONE = np.float32(-1.0)
Integers = NDArray[np.int64]
Singles = NDArray[np.float32]


class Blocks(NamedTuple):
    """Candidates in blocks, as arrays.

    Column ``c`` of the first parts has the entries ``columns[c]:columns[c + 1]``, one for each block in which it
    occurs: ``block``, ``largest`` value, and from ``postings[e]`` to ``postings[e + 1]`` the ``row`` (within the
    block) and ``value`` of those who have it; an entry as long as a block has a value for every row. ``tail_*`` are
    the sparse rows of the last part. ``order`` tells which candidate stands at each place.
    """

    columns: Integers
    block: NDArray[np.int32]
    largest: Singles
    postings: Integers
    row: NDArray[np.uint16]
    value: Singles
    tail_ends: Integers
    tail_columns: NDArray[np.uint32]
    tail_values: Singles
    order: Integers


class Queries(NamedTuple):
    """Sparse rows of those who ask: the first parts side by side (``ends``, ``columns``, ``values``), and the last.

    ``allowed`` (groups × candidates) says who may be on the lists of a ``group`` (by query) of those who ask.
    """

    ends: Integers
    columns: Integers
    values: Floats
    tail_ends: Integers
    tail_columns: Integers
    tail_values: Floats
    group: Integers
    allowed: NDArray[np.bool_]


class Weights(NamedTuple):
    """``first`` column of each of the first parts (and where the last of them ends), the ``weight`` of each, and of the last part."""

    first: Integers
    weight: Floats
    tail: float


class Best(NamedTuple):
    """A list as it grows: who, with which score, highest first; a tie is decided by the lower number."""

    who: Integers
    scores: Floats


class Reached(NamedTuple):
    """Whom queries reach: ``marked`` by candidate; and, as far as there is place, ``who``, by which ``query``, with which score.

    ``pairs`` holds how many such pairs there are, also those for which there is no place.
    """

    marked: NDArray[np.bool_]
    who: Integers
    query: Integers
    scores: Floats
    pairs: Integers


class Limits(NamedTuple):
    """What a candidate needs at ``least``, and what the last part brings at most, the ``rest``."""

    least: float
    rest: float


class Scratch(NamedTuple):
    """What is known of each block for the query at hand.

    ``bounds`` is what the first parts come to at most, ``part`` the same for the part at hand; ``shared[block]`` lists
    the columns that the block shares with the query (where in the query, and the entry), ``used`` how many these are;
    ``totals`` are the first parts of the scores, and ``tail`` is the query's last part.
    """

    bounds: Floats
    part: Floats
    shared: Integers
    used: Integers
    totals: Singles
    tail: Singles


@compiled
def search(queries: Queries, weights: Weights, blocks: Blocks, least: float, width: int, best: Best) -> None:
    """Fill the rows of ``best`` (queries × k, ``who`` is -1 behind the end) with the candidates of at least ``least``.

    ``width`` is the number of columns of the last part.
    """
    count, k = best.who.shape
    scratch = _scratch(queries, blocks, width)
    near = Best(np.empty(k, np.int64), np.empty(k))
    for query in range(count):
        rest = weights.tail if _spread_out(query, queries, scratch) else 0.0
        allowed = queries.allowed[queries.group[query]]
        _bound(query, queries, weights, blocks, scratch)
        waiting = np.argsort(-scratch.bounds)
        opened, held, floor = 0, 0, least - rest
        # First without the last part: what comes k-th then is a floor for what comes k-th in the end.
        while opened < waiting.size and scratch.bounds[waiting[opened]] + rest + FLOAT32_TOLERANCE >= max(
            floor, least
        ):
            _add_up(waiting[opened], queries, weights, blocks, scratch)
            held = _hold(waiting[opened], blocks, allowed, scratch, floor, near, held)
            floor = max(floor, near.scores[k - 1]) if held == k else floor
            opened += 1
        found, own = 0, Best(best.who[query], best.scores[query])
        for at in range(held):
            place = near.who[at]
            some = slice(blocks.tail_ends[place], blocks.tail_ends[place + 1])
            dot = _dot(scratch.tail, blocks.tail_columns[some], blocks.tail_values[some])
            score = near.scores[at] + rest * dot
            scratch.totals[place // BLOCK, place % BLOCK] = DONE
            if score >= least:
                found = _insert(own, found, blocks.order[place], score)
        for block in waiting[:opened]:
            found = _finish(block, blocks, allowed, scratch, Limits(least, rest), own, found)
        _gather_in(query, queries, scratch)
        own.who[found:] = -1
        own.scores[found:] = 0.0


@compiled
def reach(
    queries: Queries,
    weights: Weights,
    blocks: Blocks,
    floors: Floats,
    width: int,
    reached: Reached,
) -> None:
    """Find all candidates for whom the score with any query may be at least their own of the ``floors``."""
    scratch = _scratch(queries, blocks, width)
    lowest = np.full(scratch.bounds.size, np.inf)
    at_place = np.full(scratch.bounds.size * BLOCK, np.float32(np.inf))
    for place in range(blocks.order.size):
        floor = floors[blocks.order[place]] - FLOAT32_TOLERANCE
        at_place[place] = np.float32(floor - FLOAT32_TOLERANCE)
        lowest[place // BLOCK] = min(lowest[place // BLOCK], floor)
    for query in range(queries.ends.size - 1):
        rest = weights.tail if _spread_out(query, queries, scratch) else 0.0
        _bound(query, queries, weights, blocks, scratch)
        for block in range(lowest.size):
            if scratch.bounds[block] + rest >= lowest[block]:
                _add_up(block, queries, weights, blocks, scratch)
                few = at_place[block * BLOCK : (block + 1) * BLOCK]
                _mark(block, blocks, scratch, rest, few, query, reached)
        _gather_in(query, queries, scratch)


@compiled
def _mark(
    block: int,
    blocks: Blocks,
    scratch: Scratch,
    rest: float,
    floors: Singles,
    query: int,
    reached: Reached,
) -> None:
    """Mark the candidates of a block whom the query at hand reaches."""
    total, tail, most = scratch.totals[block], scratch.tail, np.float32(rest)
    ends, columns, values = blocks.tail_ends, blocks.tail_columns, blocks.tail_values
    for first in range(0, BLOCK, STEP):
        above = 0
        for row in range(first, first + STEP):
            above |= total[row] + most >= floors[row]
        if above == 0:
            continue
        for row in range(first, first + STEP):
            if total[row] + most < floors[row]:
                continue
            place = block * BLOCK + row
            some = slice(ends[place], ends[place + 1])
            score = total[row] + rest * _dot(tail, columns[some], values[some])
            if score >= floors[row]:
                who, at = blocks.order[place], reached.pairs[0]
                reached.marked[who] = True
                if at < reached.who.size:
                    reached.who[at], reached.query[at], reached.scores[at] = who, query, score
                reached.pairs[0] += 1


@compiled
def _scratch(queries: Queries, blocks: Blocks, width: int) -> Scratch:
    many, widest = (blocks.order.size + BLOCK - 1) // BLOCK, 0
    for query in range(queries.ends.size - 1):
        widest = max(widest, queries.ends[query + 1] - queries.ends[query])
    return Scratch(
        np.empty(many),
        np.zeros(many),
        np.empty((many, widest, 2), np.int64),
        np.zeros(many, np.int64),
        np.empty((many, BLOCK), np.float32),
        np.zeros(width, np.float32),
    )


@compiled
def _spread_out(query: int, queries: Queries, scratch: Scratch) -> bool:
    """Lay out the query's last part by column; whether it has one."""
    start, end = queries.tail_ends[query], queries.tail_ends[query + 1]
    for at in range(start, end):
        scratch.tail[queries.tail_columns[at]] = queries.tail_values[at]
    return bool(end > start)


@compiled
def _gather_in(query: int, queries: Queries, scratch: Scratch) -> None:
    """Leave nothing of the query's last part behind."""
    for at in range(queries.tail_ends[query], queries.tail_ends[query + 1]):
        scratch.tail[queries.tail_columns[at]] = 0.0


@compiled
def _bound(query: int, queries: Queries, weights: Weights, blocks: Blocks, scratch: Scratch) -> None:
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
                part[block] += value * blocks.largest[entry]
                scratch.shared[block, used[block], 0] = at
                scratch.shared[block, used[block], 1] = entry
                used[block] += 1
            at += 1
        if at > begun:
            for block in range(bounds.size):
                bounds[block] += weights.weight[number] * min(part[block], 1.0)
                part[block] = 0.0


@compiled
def _add_up(block: int, queries: Queries, weights: Weights, blocks: Blocks, scratch: Scratch) -> None:
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
            start, end = blocks.postings[shared[at, 1]], blocks.postings[shared[at, 1] + 1]
            rows, values = blocks.row[start:end], blocks.value[start:end]
            if values.size == BLOCK:
                for row in range(BLOCK):
                    total[row] += scale * values[row]
            else:
                for posting in range(values.size):
                    total[rows[posting]] += scale * values[posting]
            at += 1
        if number == 0 and at > begun:
            for row in range(BLOCK):
                total[row] = weight if total[row] > weight else total[row]


@compiled
def _hold(
    block: int,
    blocks: Blocks,
    allowed: NDArray[np.bool_],
    scratch: Scratch,
    floor: float,
    near: Best,
    held: int,
) -> int:
    """Put the places of a block that are among the best by the first parts on that list; how many are on it."""
    total = scratch.totals[block]
    for first in range(0, BLOCK, STEP):
        if not _any(total[first : first + STEP], floor):
            continue
        for row in range(first, first + STEP):
            place = block * BLOCK + row
            if total[row] >= floor and place < blocks.order.size and allowed[blocks.order[place]]:
                held = _insert(near, held, place, np.float64(total[row]))
                if held == near.who.size:
                    floor = max(floor, near.scores[held - 1])
    return held


@compiled
def _any(few: Singles, floor: float) -> bool:
    """Whether any reaches the floor; without branches, many at a time."""
    least = np.float32(floor)
    above = 0
    for row in range(STEP):
        above |= few[row] >= least
    return above != 0


@compiled
def _finish(
    block: int,
    blocks: Blocks,
    allowed: NDArray[np.bool_],
    scratch: Scratch,
    limits: Limits,
    own: Best,
    found: int,
) -> int:
    """Put those of a block whom the last part can bring onto the list there; how many are on it."""
    total, tail = scratch.totals[block], scratch.tail
    ends, columns, values = blocks.tail_ends, blocks.tail_columns, blocks.tail_values
    order = blocks.order
    rest, least = limits.rest, limits.least
    floor = max(least, own.scores[found - 1]) if found == own.who.size else least
    for first in range(0, BLOCK, STEP):
        if not _any(total[first : first + STEP], floor - rest - FLOAT32_TOLERANCE):
            continue
        for row in range(first, first + STEP):
            place = block * BLOCK + row
            if total[row] + rest + FLOAT32_TOLERANCE < floor or total[row] == DONE or place >= order.size:
                continue
            if not allowed[order[place]]:
                continue
            some = slice(ends[place], ends[place + 1])
            score = total[row] + rest * _dot(tail, columns[some], values[some])
            if score >= floor:
                found = _insert(own, found, order[place], score)
                if found == own.who.size:
                    floor = max(floor, own.scores[found - 1])
    return found


@compiled
def _dot(tail: Singles, columns: NDArray[np.uint32], values: Singles) -> float:
    """The last part of two rows, of which one is spread out."""
    dot = 0.0
    for at in range(values.size):
        dot += tail[columns[at]] * values[at]
    return min(dot, 1.0)


@compiled
def _insert(best: Best, found: int, who: int, score: float) -> int:
    """Put somebody in place on a list, the last one off it when it is full; how many are on it."""
    at = found
    while at > 0 and (
        best.scores[at - 1] < score or (best.scores[at - 1] == score and best.who[at - 1] > who)
    ):
        at -= 1
    last = min(found, best.who.size - 1)
    for behind in range(last, at, -1):
        best.who[behind], best.scores[behind] = best.who[behind - 1], best.scores[behind - 1]
    if at < best.who.size:
        best.who[at], best.scores[at] = who, score
    return last + 1
