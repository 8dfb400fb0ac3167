"""The total order of candidates: by score, ties by a hash; computed only as far as it is needed."""

from collections.abc import Callable, Iterator
from datetime import date
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from matching.features.encoding import EncodedProfile
from matching.rules.built_in.freshness import is_in_doubt
from matching.sparse.matrices import Floats
from matching.sparse.precision import SCORE_DECIMALS
from schemas.kinds import Kind

FIRST_BATCH, BATCH_GROWTH = 32, 8
TieBreak = Callable[[int], int]
"""A number by position that orders equal scores."""


def tie_break_hash(subject: str, candidate: str) -> int:
    """A 64-bit number that orders equally good candidates of a subject (both by key).

    It is the same each time, another for each subject, and favours nobody: over many subjects all who fit equally well
    rank equally high.
    """
    return int.from_bytes(blake2b(f"{subject}\0{candidate}".encode(), digest_size=8).digest())


def tie_break(subject: str, candidate: EncodedProfile, on: date | None) -> int:
    """A 64-bit number that orders candidates of equal score: programmes that nobody confirmed lately come last, then
    :func:`tie_break_hash` decides."""
    traits = candidate.traits
    behind = traits.kind is Kind.PROGRAMME and is_in_doubt(candidate.record, on)
    return tie_break_hash(subject, traits.key) >> 1 | behind << 63


def ranked_positions(scores: Floats, cutoff: float, tie_break: TieBreak) -> Iterator[int]:
    """Positions by descending score, without those that score less than ``cutoff``."""
    # Most score nothing: only what rounding can bring to the cutoff is rounded.
    positions = np.flatnonzero(scores >= cutoff - 10**-SCORE_DECIMALS)
    rounded = np.round(scores[positions], SCORE_DECIMALS)
    positions, rounded = positions[rounded >= cutoff], rounded[rounded >= cutoff]
    yielded, wanted = 0, FIRST_BATCH
    while yielded < positions.size:
        order = _first(positions, rounded, wanted, tie_break)
        yield from order[yielded:].tolist()
        yielded, wanted = order.size, wanted * BATCH_GROWTH


def _first(positions: NDArray[np.intp], values: Floats, wanted: int, tie_break: TieBreak) -> NDArray[np.intp]:
    """At least the first ``wanted`` positions: all that tie with the last of them are included."""
    if wanted < positions.size:
        kth = np.partition(values, positions.size - wanted)[positions.size - wanted]
        positions, values = positions[values >= kth], values[values >= kth]
    order = np.lexsort((positions, -values))
    return _break_ties(positions[order], values[order], tie_break)


def _break_ties(order: NDArray[np.intp], values: Floats, tie_break: TieBreak) -> NDArray[np.intp]:
    equal = values[1:] == values[:-1]
    if not equal.any():
        return order
    tied = np.flatnonzero(np.append(equal, False) | np.insert(equal, 0, False))
    hashes = np.zeros(order.size, np.uint64)
    hashes[tied] = np.fromiter((tie_break(int(position)) for position in order[tied]), np.uint64, tied.size)
    return order[np.lexsort((order, hashes, -values))]
