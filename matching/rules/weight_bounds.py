"""Weights kept within a steward's bounds."""

from collections.abc import Mapping

from schemas.weights import PARTS, Bounds, PartName, Weights

BISECTION_STEPS = 200
MIN_SHARE = 1e-9
"""What a part without a weight grows from, where the bounds leave it more than the others can take."""


def clip_to_bounds(weights: Weights, bounds: Mapping[PartName, Bounds]) -> Weights:
    """The weights nearest in proportion that lie within bounds; those inside them keep their proportions.

    Parameters
    ----------
    weights
        Of all parts.
    bounds
        The least and the largest share of some parts, from 0 to 1. They must leave room for shares that add up to 1, as
        those of a ruleset do.
    """
    if not out_of_bounds(weights, bounds):
        return weights
    found = [(max(weights.share(part), MIN_SHARE), bounds.get(part, Bounds())) for part in PARTS]

    def grown(times: float) -> list[float]:
        return [min(max(times * share, bound.least), bound.most) for share, bound in found]

    low, high = 0.0, 1 / MIN_SHARE
    for _ in range(BISECTION_STEPS):
        times = (low + high) / 2
        low, high = (times, high) if sum(grown(times)) < 1 else (low, times)
    return Weights(**dict(zip(PARTS, grown(high), strict=True)))


def out_of_bounds(weights: Weights, bounds: Mapping[PartName, Bounds]) -> list[PartName]:
    """The parts whose weight lies outside its bounds."""
    return [part for part, bound in bounds.items() if not bound.hold(weights.share(part))]
