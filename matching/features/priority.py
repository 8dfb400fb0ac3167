"""The priority part: the four priorities, with the affinity that the ruleset sees between them."""

from collections.abc import Sequence
from functools import partial
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.records import Traits
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import FeatureNames, ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary
from matching.sparse.matrices import Floats, stack_rows_by_value
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.weights import DEFAULT_AFFINITIES, Affinities

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


class PriorityVectorizer(ProfileVectorizer):
    """The priorities of a profile, and those akin to them; rows have length 1.

    Parameters
    ----------
    affinities
        How near priorities are to each other, by default :data:`schemas.weights.DEFAULT_AFFINITIES`.

    Examples
    --------
    >>> from matching import PriorityVectorizer
    >>> vectorizer = PriorityVectorizer(affinities={})
    >>> vectorizer.fit_transform([{"kind": "project", "key": "wells", "priorities": ["communities"]}]).nnz
    1
    """

    def __init__(self, affinities: Affinities | None = None) -> None:
        self.affinities = affinities

    @classmethod
    def of(cls, settings: FeatureSettings, _vocabulary: TerritoryVocabulary) -> Self:
        """With the affinities of a ruleset."""
        return cls(settings.affinities)

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × the four priorities."""
        affinities = DEFAULT_AFFINITIES if self.affinities is None else self.affinities
        read = partial(priority_values, affinity=affinity_matrix(affinities))
        named = [profile.traits.priorities for profile in profiles]
        return stack_rows_by_value(read, named, len(PRIORITY_ORDER))

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The priorities."""
        return np.array(PRIORITY_ORDER, object)


def shared_priorities(one: Traits, other: Traits) -> tuple[str, ...]:
    """The priorities that both profiles name."""
    return tuple(priority for priority in one.priorities if priority in other.priorities)
