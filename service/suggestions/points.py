"""The points of a score as a person reads them: whole numbers, each beside the most there could be, that add up."""

from collections.abc import Sequence
from typing import NamedTuple

from matching import Part
from schemas.suggestions import PartPublic
from schemas.weights import ScorePartName

FULL = 100
"""The points of a score of 1."""


class WholePoints(NamedTuple):
    """The points of one part, and the most it could have: its share of the score."""

    name: ScorePartName
    points: int
    most: int


def whole_points(parts: Sequence[Part | PartPublic]) -> list[WholePoints]:
    """The points of the parts that count; they add up to the score's, rounded, and their shares to 100."""
    counting = [part for part in parts if part.weight > 0]
    points = _rounded([FULL * part.points for part in counting])
    most = _rounded([FULL * part.weight for part in counting])
    return [
        WholePoints(part.name, found, max(found, there))
        for part, found, there in zip(counting, points, most, strict=True)
    ]


def _rounded(values: Sequence[float]) -> list[int]:
    """The values as whole numbers that add up to their rounded sum (largest remainders)."""
    floors = [int(value) for value in values]
    up = sorted(range(len(values)), key=lambda at: floors[at] - values[at])[
        : round(sum(values)) - sum(floors)
    ]
    return [whole + (at in up) for at, whole in enumerate(floors)]
