"""Compressed sparse row matrices: stacked from rows, pooled, weighted by TF-IDF, multiplied."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, hstack

Floats = NDArray[np.float64]
Positions = NDArray[np.int64]
"""Indices of rows or columns."""
Mask = NDArray[np.bool_]
ROWS_PER_CHUNK = 256
"""The values of this many rows fit into the nearer caches of a processor."""
VALUES_PER_CHUNK = 2**20
Value = TypeVar("Value", bound=Hashable)


@dataclass(frozen=True, slots=True)
class SparseRow:
    """The non-zeros of one vector: their columns and values, of equal length."""

    columns: NDArray[np.int32]
    values: Floats | NDArray[np.uint8]

    @classmethod
    def of(cls, values: Mapping[int, float]) -> "SparseRow":
        """The row with these values, by column."""
        return cls(
            np.fromiter(values, np.int32, len(values)), np.fromiter(values.values(), float, len(values))
        )


def stack_rows(rows: Sequence[SparseRow], width: int) -> csr_matrix:
    """The matrix of these rows: ``len(rows)`` × ``width``."""
    ends = np.cumsum([0, *(row.columns.size for row in rows)])
    columns = np.concatenate([row.columns for row in rows]) if rows else np.empty(0, np.int32)
    values = np.concatenate([row.values for row in rows]) if rows else np.empty(0)
    return csr_matrix((values, columns, ends), shape=(len(rows), width))


def stack_rows_by_value(
    read: Callable[[Value], Mapping[int, float]], values: Iterable[Value], width: int
) -> csr_matrix:
    """One row a value, as ``read`` gives it; equal values share a row in memory until they are stacked."""
    row = cache(lambda value: SparseRow.of(read(value)))
    return stack_rows([row(value) for value in values], width)


def max_pool_rows(members: csr_matrix, rows: csr_matrix) -> csr_matrix:
    """The element-wise maximum of groups of rows, one row a group.

    Row ``g`` of ``members`` (groups × rows) has an entry for each row of ``rows`` (rows × columns) in group ``g``.
    """
    every = rows[members.indices]
    shape = members.shape[0], rows.shape[1]
    matrix = csr_matrix((every.data, every.indices, every.indptr[members.indptr]), shape=shape)
    row = row_indices(matrix)
    _, first, inverse = np.unique(row * shape[1] + matrix.indices, return_index=True, return_inverse=True)
    if first.size == matrix.nnz:
        return matrix
    maxima = np.full(first.size, -np.inf)
    np.maximum.at(maxima, inverse, matrix.data)
    order = np.argsort(first)
    ends = np.cumsum([0, *np.bincount(row[first], minlength=shape[0])])
    return csr_matrix((maxima[order], matrix.indices[first[order]], ends), shape=shape)


def document_frequency(matrix: csr_matrix, width: int) -> Positions:
    """How many rows have an entry in each of ``width`` columns."""
    frequency = np.zeros(width, np.int64)
    for some in chunks(matrix.nnz, VALUES_PER_CHUNK):
        frequency += np.bincount(matrix.indices[some], minlength=width)
    return frequency


def chunks(size: int, length: int) -> Iterator[slice]:
    """Slices of at most ``length`` that cover ``size``: small ones need no large temporary arrays."""
    return (slice(start, min(start + length, size)) for start in range(0, size, length))


def pad_columns(matrix: csr_matrix, width: int) -> csr_matrix:
    """The matrix with empty columns after its own, ``width`` in all."""
    return csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(matrix.shape[0], width))


def take_rows(upper: csr_matrix, lower: csr_matrix, positions: Positions) -> csr_matrix:
    """Rows of ``upper`` and ``lower`` stacked, by their positions in the stack.

    At least one position; quickest where most of them are consecutive.
    """
    breaks = (np.diff(positions) != 1) | (positions[1:] == upper.shape[0])
    columns, values, lengths = [], [], []
    for run in np.split(positions, np.flatnonzero(breaks) + 1):
        matrix, offset = (upper, 0) if run[0] < upper.shape[0] else (lower, upper.shape[0])
        first, end = int(run[0]) - offset, int(run[-1]) + 1 - offset
        some = slice(matrix.indptr[first], matrix.indptr[end])
        columns.append(matrix.indices[some])
        values.append(matrix.data[some])
        lengths.append(np.diff(matrix.indptr[first : end + 1]))
    ends = np.concatenate([[0], np.cumsum(np.concatenate(lengths))])
    width = max(upper.shape[1], lower.shape[1])
    return csr_matrix((np.concatenate(values), np.concatenate(columns), ends), shape=(positions.size, width))


def tfidf_normalize(
    matrix: csr_matrix, idf_weights: Floats | None = None, tf_weights: Floats | None = None
) -> csr_matrix:
    """The matrix with its columns weighted and its rows scaled to length 1; empty rows stay empty.

    ``idf_weights`` are the weights of the columns. With ``tf_weights`` the matrix holds counts, and a count ``n``
    becomes ``tf_weights[n]`` (sublinear term frequency).
    """
    values = np.empty(matrix.nnz)
    for few in chunks(matrix.shape[0], ROWS_PER_CHUNK):
        ends = matrix.indptr[few.start : few.stop + 1]
        some, row = slice(ends[0], ends[-1]), np.repeat(np.arange(ends.size - 1), np.diff(ends))
        weighted = (
            matrix.data[some] if tf_weights is None else tf_weights.take(matrix.data[some], mode="clip")
        )
        if idf_weights is not None:
            weighted = weighted * idf_weights.take(matrix.indices[some], mode="clip")
        lengths = np.sqrt(np.bincount(row, weighted * weighted, minlength=ends.size - 1))
        lengths[lengths == 0] = 1.0
        values[some] = weighted / lengths[row]
    return with_data(matrix, values)


def scale_rows(matrix: csr_matrix, factors: Floats) -> csr_matrix:
    """The matrix with each row multiplied by its factor."""
    return with_data(matrix, matrix.data * factors[row_indices(matrix)])


def row_indices(matrix: csr_matrix) -> NDArray[np.intp]:
    """The row of each stored value."""
    return np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))


def with_data(matrix: csr_matrix, data: Floats) -> csr_matrix:
    """The matrix with other values in the same places."""
    return csr_matrix((data, matrix.indices, matrix.indptr), shape=matrix.shape)


def drop_stored_zeros(matrix: csr_matrix) -> csr_matrix:
    """A copy without the entries that hold a zero."""
    matrix = matrix.copy()
    matrix.eliminate_zeros()
    return matrix


def weighted_hstack(matrices: Sequence[tuple[csr_matrix, float]]) -> csr_matrix:
    """Matrices side by side, so that dot products of rows are Σ weight × dot product of each."""
    return csr_matrix(hstack([matrix * np.sqrt(weight) for matrix, weight in matrices]))


def dot_products(left: csr_matrix, right: csr_matrix) -> Floats:
    """Dot products of all rows of ``left`` with all rows of ``right``, at most 1: dense, left rows × right rows."""
    width = min(left.shape[1], right.shape[1])
    left, right = left[:, :width], right[:, :width]
    if left.shape[0] < right.shape[0]:  # the smaller one is transposed
        return np.ascontiguousarray(dot_products_with_columns(right, left.T).T)
    return dot_products_with_columns(left, right.T)


def drop_empty_columns(matrix: csr_matrix) -> csr_matrix:
    """The matrix with only the columns that have an entry, in order."""
    present, columns = np.unique(matrix.indices, return_inverse=True)
    shape = matrix.shape[0], present.size
    return csr_matrix((matrix.data, columns.astype(np.int32), matrix.indptr), shape=shape)


def dot_products_with_columns(left: csr_matrix, columns: csr_matrix) -> Floats:
    """As :func:`dot_products`, with the right matrix transposed already: worth it where it is used many times."""
    width = min(left.shape[1], columns.shape[0])
    if width < left.shape[1]:
        left = left[:, :width]
    products: Floats = (left @ (columns[:width] if width < columns.shape[0] else columns)).toarray()
    return np.minimum(products, 1.0, out=products)
