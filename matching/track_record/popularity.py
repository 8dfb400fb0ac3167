"""The popularity prior: how often candidates have been chosen recently, by any subject."""

from typing import NamedTuple

import numpy as np
from scipy.sparse import csr_matrix

from matching.sparse.matrices import Floats, Positions
from matching.track_record.size_lift import size_lifts

POPULARITY_HALF_LIFE = 1.5
"""Years after which a partnership counts half as much for popularity."""
SMOOTHING_COUNT = 1.0
"""Pseudo-count of partnerships with somebody else: a single one makes nobody popular."""


def recency(ages: Floats) -> Floats:
    """The weight of partnerships by their age in years: 1 today, half after :data:`POPULARITY_HALF_LIFE`."""
    weights: Floats = 2 ** (-ages / POPULARITY_HALF_LIFE)
    return weights


class PopularityPrior(NamedTuple):
    """What all earlier subjects chose, however similar they are.

    Where similarity is by place, these are the subjects that share a side with the new one.
    """

    counts: Floats
    """By candidate, how often it was chosen, weighted by recency."""
    total: float
    newcomers_per_subject: float
    """How many newcomers a subject chose on average."""
    size_lifts: Floats
    """By size class of subject (rows) and candidate (columns)."""

    @classmethod
    def of(
        cls,
        partnerships: csr_matrix,
        recency_weights: Floats,
        discounts: Floats,
        sizes: tuple[Positions, Positions],
        subjects: Positions,
    ) -> "PopularityPrior":
        """The prior of some ``subjects`` (rows of ``partnerships``, subjects × candidates).

        ``recency_weights`` and the first of ``sizes`` are by subject, ``discounts`` and the second by candidate.
        """
        included = np.zeros(partnerships.shape[0], bool)
        included[subjects] = True
        counts = (recency_weights * included) @ partnerships
        newcomers = partnerships @ discounts
        return cls(
            counts,
            float(counts.sum()),
            float(newcomers[subjects].mean()) if subjects.size else 0.0,
            size_lifts(sizes[0][subjects], sizes[1], partnerships[subjects]),
        )

    def shares_without(self, candidates: Positions, weight: float) -> Floats:
        """The smoothed share of each candidate, without the choices of one subject (``candidates``, of ``weight`` each)."""
        counts = self.counts.copy()
        counts[candidates] -= weight
        shares: Floats = np.maximum(counts, 0.0) / (counts.sum() + SMOOTHING_COUNT)
        return shares

    def upper_bounds_without(self, candidates: Positions, weight: float, of: Positions) -> Floats:
        """Upper bounds of :meth:`shares_without` for the candidates ``of``."""
        others = self.total - weight * candidates.size
        bounds: Floats = self.counts[of] / (others + SMOOTHING_COUNT)
        return bounds
