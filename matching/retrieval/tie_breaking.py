"""The exact order of candidates, best first, drawn only as far as it is needed."""

from collections.abc import Callable, Iterator
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matching.sparse.matrices import Floats
from matching.sparse.precision import MIN_SCORE, SCORE_DECIMALS

FIRST_BATCH = 64
TieBreak = Callable[[int], int]
"""Where a position stands among those with the same score."""


def tie_break_hash(subject: str, candidate: str) -> int:
    """Where a candidate stands among those who fit a subject as well (both by key).

    Another order for each subject, always the same for the same one, and none that favours anybody: over many
    subjects all who fit equally stand equally high.
    """
    return int.from_bytes(blake2b(f"{subject}\0{candidate}".encode(), digest_size=8).digest())


def ranked_positions(scores: Floats, turns: TieBreak) -> Iterator[int]:
    """NDArray[np.intp] in order of score, highest first; ties in turn. What is below :data:`MIN_SCORE` is left out."""
    rounded = np.round(scores, SCORE_DECIMALS)
    positive = np.flatnonzero(rounded >= MIN_SCORE)
    drawn, wanted = 0, FIRST_BATCH
    while drawn < positive.size:
        order = _best(rounded, positive, wanted, turns)
        yield from order[drawn:].tolist()
        drawn, wanted = order.size, wanted * 8


def _best(rounded: Floats, positive: NDArray[np.intp], wanted: int, turns: TieBreak) -> NDArray[np.intp]:
    chosen = positive
    if wanted < positive.size:
        values = rounded[positive]
        least = np.partition(values, positive.size - wanted)[positive.size - wanted]
        chosen = positive[values >= least]
    order: NDArray[np.intp] = chosen[np.lexsort((chosen, -rounded[chosen]))]
    return _break_ties(order, rounded[order], turns)


def _break_ties(order: NDArray[np.intp], values: Floats, turns: TieBreak) -> NDArray[np.intp]:
    alike = values[1:] == values[:-1]
    tied = np.flatnonzero(np.append(alike, False) | np.insert(alike, 0, False))
    turn = np.zeros(order.size, np.uint64)
    turn[tied] = np.fromiter((turns(int(position)) for position in order[tied]), np.uint64, tied.size)
    return order[np.lexsort((order, turn, -values))]
