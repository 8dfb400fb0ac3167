"""How large authorities are, and how much likelier some sizes work with some than with others.

Large cities have mostly worked with large cities, towns with towns: counted, and believed the more the more partnerships
say so.
"""

from collections.abc import Sequence

import numpy as np
from scipy.sparse import csr_matrix

from matching.sparse.matrices import Floats, Positions
from matching.traits import Record

FROM = (20_000, 100_000, 500_000)
"""From so many inhabitants on an authority is of the next size."""
NOT_TOLD = len(FROM) + 1
"""The size of those that do not say how many inhabitants they have: mostly small ones."""
UNSURE = 20.0
"""From so many partnerships on between two sizes, these count more than that sizes make no difference."""


def sizes_of(records: Sequence[Record]) -> Positions:
    """The size of each of some authorities, counted from 0."""
    populations = [record.get("population") for record in records]
    return np.array(
        [NOT_TOLD if p is None else np.searchsorted(FROM, p, "right") for p in populations], np.int64
    )


def lifts(subjects: Positions, candidates: Positions, chosen: csr_matrix) -> Floats:
    """How many times as likely as any pair one of a size of subject (row) and one of candidate (column) is.

    ``chosen`` has a 1 where a subject (row, of one of the sizes) has worked with a candidate (column).
    """
    pairs = chosen.tocoo()
    found = np.zeros((NOT_TOLD + 1, NOT_TOLD + 1))
    np.add.at(found, (subjects[pairs.row], candidates[pairs.col]), 1.0)
    expected = found.sum(axis=1, keepdims=True) * found.sum(axis=0) / max(found.sum(), 1.0)
    lift: Floats = (found + UNSURE) / (expected + UNSURE)
    return lift
