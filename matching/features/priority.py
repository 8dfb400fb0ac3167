"""The priority part: the four priorities, with the affinity that the ruleset sees between them."""

from collections.abc import Sequence

import numpy as np

from matching.features.records import Traits
from matching.sparse.matrices import Floats
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.weights import Affinities

PRIORITY_ORDER = tuple(PRIORITIES)


def affinity_matrix(affinities: Affinities) -> Floats:
    """How near each priority is to each, 1 to itself; what the ruleset says one way holds both ways."""
    matrix = np.eye(len(PRIORITY_ORDER))
    for one, row in affinities.items():
        for other, nearness in row.items():
            if one != other:
                first, second = PRIORITY_ORDER.index(one), PRIORITY_ORDER.index(other)
                matrix[first, second] = matrix[second, first] = max(nearness, matrix[first, second])
    return matrix


def priority_values(named: Sequence[Priority], affinity: Floats) -> dict[int, float]:
    """The unit vector over the four priorities of who names these."""
    said = np.array([float(priority in named) for priority in PRIORITY_ORDER])
    spread = said @ affinity
    length = float(np.linalg.norm(spread))
    return {position: float(value / length) for position, value in enumerate(spread) if length and value}


def shared_priorities(one: Traits, other: Traits) -> tuple[str, ...]:
    """The priorities that both profiles name."""
    return tuple(priority for priority in one.priorities if priority in other.priorities)
