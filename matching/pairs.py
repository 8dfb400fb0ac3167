"""Dot products of some pairs of sparse rows, where those of all pairs would be computed for nothing."""

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.rows import Floats
from matching.topk import compiled


def cosine_of_pairs(left: csr_matrix, right: csr_matrix, wanted: NDArray[np.bool_]) -> Floats:
    """Like :func:`matching.rows.cosine`, but only where ``wanted`` (rows of ``left`` × rows of ``right``); 0 elsewhere."""
    found = np.zeros(wanted.shape)
    _fill(_arrays(left), _arrays(right), wanted, np.zeros(max(left.shape[1], right.shape[1])), found)
    return found


def _arrays(block: csr_matrix) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats]:
    return block.indptr.astype(np.int64), block.indices.astype(np.int64), block.data.astype(float)


@compiled
def _fill(
    left: tuple[NDArray[np.int64], NDArray[np.int64], Floats],
    right: tuple[NDArray[np.int64], NDArray[np.int64], Floats],
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
