"""Vectors of the places that profiles name, and those over territories that are pooled from them."""

from abc import abstractmethod
from collections.abc import Sequence
from copy import deepcopy
from functools import cache
from typing import Self

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.utils import Tags
from sklearn.utils.validation import check_is_fitted

from matching.features.encoding import EncodedProfile
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import FeatureNames, Profiles, ProfileVectorizer, encoded
from matching.features.vocabulary import TerritoryVocabulary
from matching.sparse.matrices import SparseRow, max_pool_rows, stack_rows

ANCESTOR, NAMED = 1.0, 2.0


class PlaceVectorizer(ProfileVectorizer):
    """The places that each profile names, a 1 for each.

    Parameters
    ----------
    vocabulary
        The territories known so far; it grows with those that are met.
    """

    def __init__(self, vocabulary: TerritoryVocabulary) -> None:
        self.vocabulary = vocabulary

    @classmethod
    def of(cls, _settings: FeatureSettings, vocabulary: TerritoryVocabulary) -> Self:
        """With the vocabulary of a collection."""
        return cls(vocabulary)

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × the places of the vocabulary."""
        number = self.vocabulary.place_number
        named = ({number(side, path): 1.0 for side, path in profile.traits.located()} for profile in profiles)
        return stack_rows([SparseRow.of(each) for each in named], len(self.vocabulary.places))

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The territories of each place, from the country down."""
        names = list(self.vocabulary.columns)
        places = (" > ".join(names[column] for column in place.columns) for place in self.vocabulary.places)
        return np.array(list(places), object)


class PooledVectorizer(ProfileVectorizer):
    """Vectors over territories by side: values of each place, max-pooled over the places of a profile.

    Parameters
    ----------
    vocabulary
        The territories known so far, which grows with those that are met. Without one, the columns are the territories of
        the profiles it was fitted on, and others have none.

    Attributes
    ----------
    vocabulary_ : TerritoryVocabulary
    n_territories_ : int
        How many columns there are without a given vocabulary.
    """

    vocabulary_: TerritoryVocabulary

    def __init__(self, vocabulary: TerritoryVocabulary | None = None) -> None:
        self.vocabulary = vocabulary

    @classmethod
    def of(cls, _settings: FeatureSettings, vocabulary: TerritoryVocabulary | None) -> Self:
        """As a ruleset sets it, with the vocabulary of a collection if one is given."""
        return cls(vocabulary)

    @abstractmethod
    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """The values of the territories of a place, by their levels."""

    def fit(self, profiles: Profiles, _y: object = None) -> Self:
        """Learn the territories of some profiles."""
        self.vocabulary_ = TerritoryVocabulary() if self.vocabulary is None else self.vocabulary
        PlaceVectorizer(self.vocabulary_).rows(encoded(profiles))
        self.n_territories_ = len(self.vocabulary_.columns)
        return self

    def fit_vocabulary(self, vocabulary: TerritoryVocabulary, count: int) -> Self:
        """As fitted, without a given vocabulary, on profiles that name the first ``count`` territories of this one."""
        self.vocabulary_, self.n_territories_ = vocabulary, count
        return self

    def transform(self, profiles: Profiles) -> csr_matrix:
        """The vectors, profiles × columns; raises ``ValueError`` for a record without a key or a known kind."""
        check_is_fitted(self)
        if self.vocabulary is not None:
            return self.rows(encoded(profiles))
        return self._read(encoded(profiles), deepcopy(self.vocabulary_))[:, : self.n_territories_]

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """The vectors of encoded profiles, in the columns of the vocabulary."""
        return self._read(profiles, self.vocabulary_ if self.vocabulary is None else self.vocabulary)

    def _read(self, profiles: Sequence[EncodedProfile], vocabulary: TerritoryVocabulary) -> csr_matrix:
        return self.pool(PlaceVectorizer(vocabulary).rows(profiles), vocabulary)

    def pool(self, places: csr_matrix, vocabulary: TerritoryVocabulary) -> csr_matrix:
        """The vectors of profiles by their rows of :class:`PlaceVectorizer`.

        Many profiles name the same places, so each place is computed once.
        """
        present, members = np.unique(places.indices, return_inverse=True)
        columns = [vocabulary.places[number] for number in present.tolist()]
        values = cache(self.place_values)
        rows = [SparseRow(place.columns, np.array(values(place.levels), float)) for place in columns]
        shape = places.shape[0], len(rows)
        return max_pool_rows(
            csr_matrix((places.data, members, places.indptr), shape=shape),
            stack_rows(rows, len(vocabulary.columns)),
        )

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The territories with their side: ``origin:SN-KL``."""
        check_is_fitted(self)
        names = list(self.vocabulary_.columns)
        return np.array(names if self.vocabulary is not None else names[: self.n_territories_], object)

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.requires_fit = True
        return tags


class TerritoryVectorizer(PooledVectorizer):
    """:data:`NAMED` for the territories that a profile names, :data:`ANCESTOR` for those around them."""

    def place_values(self, levels: tuple[int, ...]) -> Sequence[float]:
        """Whether a territory is the one that is named, the last, or lies around it."""
        return [ANCESTOR] * (len(levels) - 1) + [NAMED]
