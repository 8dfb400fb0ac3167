"""Sparse rows: one vector a profile, kept raw and put together into a block when it is needed."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
"""Where something stands among others."""
WEIGHED_AT_ONCE = 256
"""The values of so many rows fit into the nearer caches."""
COUNTED_AT_ONCE = 2**20


@dataclass(frozen=True, slots=True)
class Row:
    """The non-zeros of one vector: columns and their values."""

    columns: NDArray[np.int32]
    values: Floats | NDArray[np.uint8]

    @classmethod
    def of(cls, values: Mapping[int, float]) -> "Row":
        """The row with these values by column."""
        return cls(
            np.fromiter(values, np.int32, len(values)), np.fromiter(values.values(), float, len(values))
        )


def stack(rows: Sequence[Row], width: int) -> csr_matrix:
    """Rows as one block of ``len(rows)`` × ``width``."""
    ends = np.cumsum([0, *(row.columns.size for row in rows)])
    columns = np.concatenate([row.columns for row in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([row.values for row in rows]) if rows else np.empty(0)
    return csr_matrix((values, columns, ends), shape=(len(rows), width))


def joined(which: csr_matrix, rows: csr_matrix) -> csr_matrix:
    """Rows each of which is several others as one, by their maximum: ``which`` says by its columns which others these are."""
    every = rows[which.indices]
    shape = which.shape[0], rows.shape[1]
    block = csr_matrix((every.data, every.indices, every.indptr[which.indptr]), shape=shape)
    row = row_of_each_value(block)
    _, first, where = np.unique(row * shape[1] + block.indices, return_index=True, return_inverse=True)
    if first.size == block.nnz:
        return block
    most = np.full(first.size, -np.inf)
    np.maximum.at(most, where, block.data)
    order = np.argsort(first)
    ends = np.cumsum([0, *np.bincount(row[first], minlength=shape[0])])
    return csr_matrix((most[order], block.indices[first[order]], ends), shape=shape)


def rarity(blocks: Sequence[csr_matrix], width: int | None = None) -> Floats:
    """What each of so many columns is worth: more, the fewer rows of all blocks have it (smoothed inverse document frequency)."""
    width = width or max(block.shape[1] for block in blocks)
    having = sum(rows_having(block, width) for block in blocks)
    worth: Floats = np.log((1 + sum(block.shape[0] for block in blocks)) / (1 + having)) + 1
    return worth


def rows_having(block: csr_matrix, width: int) -> NDArray[np.int64]:
    """How many rows have a value in each of so many columns."""
    having = np.zeros(width, np.int64)
    for some in in_pieces(block.nnz, COUNTED_AT_ONCE):
        having += np.bincount(block.indices[some], minlength=width)
    return having


def in_pieces(size: int, most: int) -> Iterator[slice]:
    """So many one after the other, a few at a time: what is computed of few needs no large place in memory."""
    return (slice(start, min(start + most, size)) for start in range(0, size, most))


def widened(block: csr_matrix, width: int) -> csr_matrix:
    """The block with empty columns behind its own, ``width`` in all."""
    return csr_matrix((block.data, block.indices, block.indptr), shape=(block.shape[0], width))


def chosen_rows(upper: csr_matrix, lower: csr_matrix, places: Positions) -> csr_matrix:
    """Rows of two blocks that stand one below the other, by their places there: at least one; most stand side by side."""
    breaks = (np.diff(places) != 1) | (places[1:] == upper.shape[0])
    columns, values, lengths = [], [], []
    for run in np.split(places, np.flatnonzero(breaks) + 1):
        block, before = (upper, 0) if run[0] < upper.shape[0] else (lower, upper.shape[0])
        first, end = int(run[0]) - before, int(run[-1]) + 1 - before
        some = slice(block.indptr[first], block.indptr[end])
        columns.append(block.indices[some])
        values.append(block.data[some])
        lengths.append(np.diff(block.indptr[first : end + 1]))
    ends = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    width = max(upper.shape[1], lower.shape[1])
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(places.size, width))


def unit_rows(block: csr_matrix, worth: Floats | None = None, counts: Floats | None = None) -> csr_matrix:
    """The block with its columns weighted and its rows brought to length 1 (empty rows stay empty).

    ``worth`` is what columns are worth. With ``counts`` the block holds numbers of times, and these say what so many
    times are worth.
    """
    values = np.empty(block.nnz)
    for few in in_pieces(block.shape[0], WEIGHED_AT_ONCE):
        ends = block.indptr[few.start : few.stop + 1]
        some, row = slice(ends[0], ends[-1]), np.repeat(np.arange(ends.size - 1), np.diff(ends))
        weighted = block.data[some] if counts is None else counts.take(block.data[some], mode="clip")
        if worth is not None:
            weighted = weighted * worth.take(block.indices[some], mode="clip")
        lengths = np.sqrt(np.bincount(row, weighted * weighted, minlength=ends.size - 1))
        lengths[lengths == 0] = 1.0
        values[some] = weighted / lengths[row]
    return with_values(block, values)


def scaled_rows(block: csr_matrix, scale: Floats) -> csr_matrix:
    """The block with each row multiplied by its scale."""
    return with_values(block, block.data * scale[row_of_each_value(block)])


def row_of_each_value(block: csr_matrix) -> NDArray[np.intp]:
    """In which row each value of a block stands."""
    return np.repeat(np.arange(block.shape[0]), np.diff(block.indptr))


def with_values(block: csr_matrix, values: Floats) -> csr_matrix:
    """The block with other values in the same places."""
    return csr_matrix((values, block.indices, block.indptr), shape=block.shape)


def without_zeros(block: csr_matrix) -> csr_matrix:
    """The block without the places that hold a zero."""
    block = block.copy()
    block.eliminate_zeros()
    return block


def side_by_side(blocks: Sequence[tuple[csr_matrix, float]]) -> csr_matrix:
    """Blocks of unit rows as one, whose dot products are the sum of share × dot product of the blocks."""
    return csr_matrix(hstack([block * np.sqrt(share) for block, share in blocks]))


def cosine(left: csr_matrix, right: csr_matrix) -> Floats:
    """Dot products of all rows of ``left`` with all rows of ``right``, dense, at most 1."""
    width = min(left.shape[1], right.shape[1])
    left, right = left[:, :width], right[:, :width]
    if left.shape[0] < right.shape[0]:  # what is turned over on the way is the smaller one
        return np.ascontiguousarray(cosine_with(right, left.T).T)
    return cosine_with(left, right.T)


def without_empty_columns(block: csr_matrix) -> csr_matrix:
    """The block with only the columns that any row has, side by side."""
    having, columns = np.unique(block.indices, return_inverse=True)
    shape = block.shape[0], having.size
    return csr_matrix((block.data, columns.astype(np.int32), block.indptr), shape=shape)


def cosine_with(left: csr_matrix, columns: csr_matrix) -> Floats:
    """Dot products of all rows of ``left`` with all columns of a block, which is turned over once for many."""
    width = min(left.shape[1], columns.shape[0])
    if width < left.shape[1]:
        left = left[:, :width]
    products: Floats = (left @ (columns[:width] if width < columns.shape[0] else columns)).toarray()
    return np.minimum(products, 1.0, out=products)
