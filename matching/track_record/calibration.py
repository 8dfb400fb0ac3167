"""What a score has meant so far: how many of a hundred proposals like it have led to a partnership, within a band."""

import math
from itertools import pairwise
from typing import NamedTuple

from schemas.weights import Calibration

BAND_EDGES = (0.0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1.0)
"""Between which likelihoods a band lies: closer together where they are small, and most are."""


class LikelihoodBand(NamedTuple):
    """Between which shares (0 to 1) the likelihood of a pair lies."""

    least: float
    most: float


def calibrated_likelihood(score: float, calibration: Calibration) -> float:
    """How likely a pair with this score has come together so far, between 0 and 1."""
    odds = calibration.intercept + calibration.slope * score
    return 1 / (1 + math.exp(-odds)) if odds > 0 else math.exp(odds) / (1 + math.exp(odds))


def likelihood_band(score: float, calibration: Calibration) -> LikelihoodBand:
    """The band in which the likelihood of a pair with this score lies."""
    likely = calibrated_likelihood(score, calibration)
    return next(
        LikelihoodBand(*edges) for edges in pairwise(BAND_EDGES) if likely < edges[1] or edges[1] == 1
    )
