"""The region part: where people come from and where they live, from the country down to the town.

A place is a unit vector over the territories on its path, each level with the ruleset's weight: two towns of
one region share the country and the region. Origin and residence are separate columns, so that a corridor
agrees only when both its ends do. Several places of one side are joined by their maximum.
"""

from collections.abc import Sequence
from itertools import groupby
from math import sqrt
from typing import NamedTuple, Self

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.places import PooledVectorizer
from matching.features.records import Traits
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import Profiles, encoded
from matching.features.vocabulary import LOCALITY, TerritoryVocabulary
from matching.sparse.matrices import scale_rows
from schemas.kinds import Kind
from schemas.weights import RegionLevels

ONE_SIDED = 0.9
"""What a programme that names only one side is worth at most: nothing is known of the other."""
NESTED = 0.6
"""How near two authorities are of which one governs part of the other's territory: they work on one ground."""
NEIGHBOURS = 0.3
"""How near two authorities are that lie side by side, also across a border."""
WHOLE_COUNTRY, SUBDIVISION_DISCOUNT = 0.6, 0.1
"""How well a place agrees with its country, where it agrees fully with its town; and how much less than fully with its first
subdivision. Each further one halves that.
"""
HALF_OF_A_CORRIDOR = 0.5**0.5
"""By this each of two associations is scaled: either side is half of their agreement."""
PEOPLE = (Kind.ASSOCIATION, Kind.PROJECT)


def place_values(path: Sequence[int], levels: RegionLevels) -> list[float]:
    """What the territories of a place are worth, by their levels (:func:`matching.features.vocabulary.levels_of`); together they have length 1."""
    worth = [_worth(level, levels) for level in path]
    length = sqrt(sum(value * value for value in worth))
    return [value / length if length else 0.0 for value in worth]


def _worth(level: int, levels: RegionLevels) -> float:
    return (levels.country, levels.subdivision, levels.locality)[level]


def increment_values(path: Sequence[int], levels: RegionLevels) -> list[float]:
    """What each territory of a place adds to those around it: together a place is worth what its deepest level is."""
    values: list[float] = []
    before = 0.0
    for level, alike in groupby(path):
        worth, count = _worth(level, levels), len(list(alike))
        values += [max(0.0, (worth - before) / count)] * count
        before = max(before, worth)
    return values


class LevelledVectorizer(PooledVectorizer):
    """Territories by side, with values that depend on the weights of levels (``levels``)."""

    def __init__(
        self, levels: RegionLevels | None = None, vocabulary: TerritoryVocabulary | None = None
    ) -> None:
        self.levels, self.vocabulary = levels, vocabulary

    @classmethod
    def of(cls, settings: FeatureSettings, vocabulary: TerritoryVocabulary | None) -> Self:
        """With the levels of a ruleset, and the vocabulary of a collection if one is given."""
        return cls(settings.region_levels, vocabulary)


class RegionVectorizer(LevelledVectorizer):
    """Territories by side, each place of length 1: two places agree by the dot product of their vectors.

    Parameters
    ----------
    levels
        What each level of a place weighs.
    vocabulary
        As in :class:`matching.features.places.PooledVectorizer`.

    Attributes
    ----------
    vocabulary_ : TerritoryVocabulary

    Examples
    --------
    >>> from matching import RegionVectorizer
    >>> mahdia = {"country": "TN", "code": "TN-53", "path": ["TN", "TN-53"]}
    >>> vectorizer = RegionVectorizer()
    >>> vectors = vectorizer.fit_transform([{"kind": "association", "key": "pontes", "origin": [mahdia]}])
    >>> vectorizer.get_feature_names_out().tolist()
    ['origin:TN', 'origin:TN-53']
    """

    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """As :func:`place_values`."""
        return place_values(levels, self.levels or RegionLevels())


class RegionIncrementVectorizer(LevelledVectorizer):
    """Territories by side, each with what it adds to the weight of those around it."""

    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """As :func:`increment_values`."""
        return increment_values(levels, self.levels or RegionLevels())


class AncestorVectorizer(PooledVectorizer):
    """1 for every territory around a place, and for the place itself: what :class:`JurisdictionVectorizer` is compared with."""

    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """1 for each."""
        return [1.0] * len(levels)


class JurisdictionVectorizer(LevelledVectorizer):
    """What an authority governs or a programme is for: all subdivisions and towns that a place lies in agree with it nearly alike.

    Values are what each territory adds to those around it, as shares of :func:`containment`, which is the dot product with
    :class:`AncestorVectorizer` for a place within; for one that only lies near it is less.

    Parameters
    ----------
    levels
        What each level of a place weighs.
    vocabulary
        As in :class:`matching.features.places.PooledVectorizer`.
    against
        The kind of profiles with which these are compared: programmes count by how many sides they name
        (:func:`coverage`). By default all count fully.
    """

    def __init__(
        self,
        levels: RegionLevels | None = None,
        vocabulary: TerritoryVocabulary | None = None,
        against: Kind | None = None,
    ) -> None:
        super().__init__(levels, vocabulary)
        self.against = against

    def transform(self, profiles: Profiles) -> csr_matrix:
        """The vectors, profiles × territories; raises ``ValueError`` for a record without a key or a known kind."""
        given = encoded(profiles)
        vectors, against = super().transform(given), self.against
        if against is None:
            return vectors
        return scale_rows(vectors, np.array([coverage(profile.traits, against) for profile in given]))

    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """As :func:`increment_values`, adding up to :func:`containment`."""
        values = increment_values(levels, self.levels or RegionLevels())
        total = sum(values)
        whole = containment(levels)
        return [value / total * whole if total else 0.0 for value in values]


def containment(levels: Sequence[int]) -> float:
    """How well a place agrees with a territory that it lies in, by the levels of the territory's path."""
    if len(levels) == 1:
        return WHOLE_COUNTRY
    return 1.0 if levels[-1] == LOCALITY else 1.0 - SUBDIVISION_DISCOUNT * 0.5 ** (len(levels) - 2)


class RegionReading(NamedTuple):
    """How the territories of one kind are read in comparison with another."""

    vectorizer: type[PooledVectorizer]
    covers_sides: bool = False
    """Whether profiles count by how many sides they cover: see :func:`coverage`."""


def region_reading(kind: Kind, other: Kind) -> RegionReading:
    """People by whose territory their places lie in, all others by how deep the territories are that they share."""
    if kind in PEOPLE and other in (Kind.AUTHORITY, Kind.PROGRAMME):
        return RegionReading(AncestorVectorizer)
    if kind in (Kind.AUTHORITY, Kind.PROGRAMME) and other in PEOPLE:
        return RegionReading(JurisdictionVectorizer, covers_sides(kind, other))
    return RegionReading(RegionVectorizer, covers_sides(kind, other))


def coverage(traits: Traits, other: Kind) -> float:
    """By how much a profile's vector is scaled when it is compared with profiles of another kind.

    Whoever is compared with the two sides of an association agrees fully only on both: a programme for a
    corridor is worth half a side each, and so is each side between two associations. An authority has one territory and needs to agree on that alone.
    """
    if not covers_sides(traits.kind, other):
        return 1.0
    if traits.kind is Kind.ASSOCIATION:
        return HALF_OF_A_CORRIDOR
    return 0.5 if len(traits.shown_sides()) == 2 else ONE_SIDED


def covers_sides(kind: Kind, other: Kind) -> bool:
    """Whether profiles of one kind are compared with those of another by how many of their sides they cover."""
    return (kind is Kind.PROGRAMME and other in PEOPLE) or kind is other is Kind.ASSOCIATION
