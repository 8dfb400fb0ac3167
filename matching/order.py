"""The exact order of candidates, best first, drawn only as far as it is needed."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from matching.rows import Floats

FIRST_DRAW = 64
LEAST_SCORE = 0.02
"""Two profiles that share less than this share nothing that could be put into words."""
PRECISION = 12
"""Decimals at which two scores are a tie: sums of the same parts in another order must not change an order."""


def best_first(scores: Floats) -> Iterator[int]:
    """Positions in order of score, highest first; ties in order of position. What is below :data:`LEAST_SCORE` is left out."""
    rounded = np.round(scores, PRECISION)
    positive = np.flatnonzero(rounded >= LEAST_SCORE)
    drawn, wanted = 0, FIRST_DRAW
    while drawn < positive.size:
        order = _best(rounded, positive, wanted)
        yield from order[drawn:].tolist()
        drawn, wanted = order.size, wanted * 8


def _best(rounded: Floats, positive: NDArray[np.intp], wanted: int) -> NDArray[np.intp]:
    chosen = positive
    if wanted < positive.size:
        values = rounded[positive]
        least = np.partition(values, positive.size - wanted)[positive.size - wanted]
        chosen = positive[values >= least]
    order: NDArray[np.intp] = chosen[np.lexsort((chosen, -rounded[chosen]))]
    return order
