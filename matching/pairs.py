"""Dot products of some pairs of sparse rows, where those of all pairs would be computed for nothing."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.cores import on_all_cores
from matching.rows import Floats
from matching.topk import compiled

Arrays = tuple[NDArray[np.int32], NDArray[np.int32], Floats]
"""A sparse block: where its rows end, the columns and the values."""


def cosine_of_pairs(left: csr_matrix, right: csr_matrix, wanted: NDArray[np.bool_]) -> Floats:
    """Like :func:`matching.rows.cosine`, but only where ``wanted`` (rows of ``left`` × rows of ``right``); 0 elsewhere."""
    found = np.zeros(wanted.shape)
    _fill(_arrays_of(left), _arrays_of(right), wanted, np.zeros(max(left.shape[1], right.shape[1])), found)
    return found


def all_products(left: csr_matrix, columns: csr_matrix) -> Floats:
    """The same as :func:`matching.rows.cosine_with`, to the last bit: added up where they are to stand, without a sparse block in between."""
    products = np.zeros((left.shape[0], columns.shape[1]))
    mine, theirs = _arrays_of(left), _arrays_of(columns)

    def add_some(few: slice) -> None:
        _add_up((mine[0][few.start : few.stop + 1], *mine[1:]), theirs, products[few])

    on_all_cores(add_some, left.shape[0])
    return np.minimum(products, 1.0, out=products)


def _arrays_of(block: csr_matrix) -> Arrays:
    """What a block is made of, not copied where it is as is usual."""
    whole = (array.astype(np.int32, copy=False) for array in (block.indptr, block.indices))
    return *whole, block.data.astype(float, copy=False)


@compiled
def _add_up(left: Arrays, columns: Arrays, products: Floats) -> None:
    ends, at_columns, values = left
    column_ends, rows, their_values = columns
    for row in range(products.shape[0]):
        for at in range(ends[row], ends[row + 1]):
            column = at_columns[at]
            if column + 1 < column_ends.size:
                for place in range(column_ends[column], column_ends[column + 1]):
                    products[row, rows[place]] += values[at] * their_values[place]


@compiled
def _fill(
    left: Arrays,
    right: Arrays,
    wanted: NDArray[np.bool_],
    spread: Floats,
    found: Floats,
) -> None:
    """``spread`` holds one left row at a time, by column; it is all zeros before and after."""
    left_ends, left_columns, left_values = left
    right_ends, right_columns, right_values = right
    for row in range(wanted.shape[0]):
        for at in range(left_ends[row], left_ends[row + 1]):
            spread[left_columns[at]] += left_values[at]
        for place in range(wanted.shape[1]):
            if wanted[row, place]:
                total = 0.0
                for at in range(right_ends[place], right_ends[place + 1]):
                    total += spread[right_columns[at]] * right_values[at]
                found[row, place] = min(total, 1.0)
        for at in range(left_ends[row], left_ends[row + 1]):
            spread[left_columns[at]] = 0.0
