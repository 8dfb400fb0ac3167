"""How exactly scores are compared."""

MIN_SCORE = 0.02
"""A score below this is left out: the two share nothing that could be put into words."""
SCORE_DECIMALS = 12
"""Decimals to which two equal scores are a tie, so that the order of summation never changes a list."""
FLOAT64_TOLERANCE = 1e-9
"""By how much two sums of the same parts may differ in double precision."""
FLOAT32_TOLERANCE = 1e-6
"""By how much they may differ in single precision."""
