"""Compiled dot products of sparse rows: of some pairs only, or of all of them at once."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.sparse.compiled import compiled
from matching.sparse.matrices import Floats, Mask
from matching.sparse.parallel import parallel_for

CsrArrays = tuple[NDArray[np.int32], NDArray[np.int32], Floats]
"""A sparse matrix: row pointer, columns and values."""


def masked_dot_products(left: csr_matrix, right: csr_matrix, mask: Mask) -> Floats:
    """As :func:`matching.sparse.matrices.dot_products` where ``mask`` (left rows × right rows) is true; 0 elsewhere."""
    found = np.zeros(mask.shape)
    _fill_masked(
        _csr_arrays(left), _csr_arrays(right), mask, np.zeros(max(left.shape[1], right.shape[1])), found
    )
    return found


def dense_dot_products(left: csr_matrix, columns: csr_matrix) -> Floats:
    """As :func:`matching.sparse.matrices.dot_products_with_columns`, to the last bit, without a sparse matrix in between."""
    products = np.zeros((left.shape[0], columns.shape[1]))
    mine, theirs = _csr_arrays(left), _csr_arrays(columns)

    def accumulate(rows: slice) -> None:
        _accumulate_products((mine[0][rows.start : rows.stop + 1], *mine[1:]), theirs, products[rows])

    parallel_for(accumulate, left.shape[0])
    return np.minimum(products, 1.0, out=products)


def _csr_arrays(matrix: csr_matrix) -> CsrArrays:
    """The arrays of a matrix, copied only where their types differ."""
    arrays = (array.astype(np.int32, copy=False) for array in (matrix.indptr, matrix.indices))
    return *arrays, matrix.data.astype(float, copy=False)


@compiled
def _accumulate_products(left: CsrArrays, columns: CsrArrays, products: Floats) -> None:
    ends, at_columns, values = left
    column_ends, rows, their_values = columns
    for row in range(products.shape[0]):
        for at in range(ends[row], ends[row + 1]):
            column = at_columns[at]
            if column + 1 < column_ends.size:
                for place in range(column_ends[column], column_ends[column + 1]):
                    products[row, rows[place]] += values[at] * their_values[place]


@compiled
def _fill_masked(
    left: CsrArrays,
    right: CsrArrays,
    mask: Mask,
    dense_row: Floats,
    found: Floats,
) -> None:
    """``dense_row`` holds one left row at a time, by column; it is all zeros before and after."""
    left_ends, left_columns, left_values = left
    right_ends, right_columns, right_values = right
    for row in range(mask.shape[0]):
        for at in range(left_ends[row], left_ends[row + 1]):
            dense_row[left_columns[at]] += left_values[at]
        for place in range(mask.shape[1]):
            if mask[row, place]:
                total = 0.0
                for at in range(right_ends[place], right_ends[place + 1]):
                    total += dense_row[right_columns[at]] * right_values[at]
                found[row, place] = min(total, 1.0)
        for at in range(left_ends[row], left_ends[row + 1]):
            dense_row[left_columns[at]] = 0.0
