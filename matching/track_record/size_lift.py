"""Lift by size: how much likelier authorities of one size work with those of another than chance would have it.

Large cities have mostly worked with large cities, towns with towns.
"""

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.size import UNKNOWN_SIZE
from matching.sparse.matrices import Floats, Positions

LIFT_PSEUDO_COUNT = 20.0
"""Partnerships between two sizes at which these count as much as the prior that size makes no difference."""


def size_lifts(subjects: Positions, candidates: Positions, partnerships: csr_matrix) -> Floats:
    """The lift of each pair of size classes: rows are the subject's class, columns the candidate's.

    ``subjects`` and ``candidates`` are size classes; ``partnerships`` (subjects × candidates) has a 1 for each that
    happened. A lift is observed ÷ expected under independence, smoothed towards 1.
    """
    pairs = partnerships.tocoo()
    observed = np.zeros((UNKNOWN_SIZE + 1, UNKNOWN_SIZE + 1))
    np.add.at(observed, (subjects[pairs.row], candidates[pairs.col]), 1.0)
    expected = observed.sum(axis=1, keepdims=True) * observed.sum(axis=0) / max(observed.sum(), 1.0)
    lift: Floats = (observed + LIFT_PSEUDO_COUNT) / (expected + LIFT_PSEUDO_COUNT)
    return lift
