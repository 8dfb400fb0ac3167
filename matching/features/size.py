"""The size class of an authority, by its inhabitants."""

from collections.abc import Sequence

import numpy as np

from matching.sparse.matrices import Positions
from schemas.records import Record

SIZE_THRESHOLDS = (20_000, 100_000, 500_000)
"""Inhabitants from which an authority is of the next class."""
UNKNOWN_SIZE = len(SIZE_THRESHOLDS) + 1
"""The class of those that do not state their inhabitants; most of these are small."""


def size_classes(records: Sequence[Record]) -> Positions:
    """The class of each record, from 0 to :data:`UNKNOWN_SIZE`."""
    populations = [record.get("population") for record in records]
    return np.array(
        [UNKNOWN_SIZE if p is None else np.searchsorted(SIZE_THRESHOLDS, p, "right") for p in populations],
        np.int64,
    )
