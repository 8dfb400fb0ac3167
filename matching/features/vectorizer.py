"""What every vectorizer of profiles gives: a scikit-learn transformer from records to rows."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import Tags

from matching.features.encoding import EncodedProfile, encode_profiles
from matching.features.settings import FeatureSettings
from matching.features.vocabulary import TerritoryVocabulary
from schemas.records import Record

FeatureNames = NDArray[np.object_]
Profiles = Iterable[Record | EncodedProfile]
"""Import records, or profiles that were encoded from them before."""


class ProfileTransformer(Protocol):
    """A fitted transformer from records to vectors: a vectorizer, or a pipeline that begins with one."""

    def transform(self, profiles: Profiles, /) -> csr_matrix:
        """The vectors, profiles × columns."""

    def get_feature_names_out(self) -> FeatureNames:
        """The names of the columns."""


def encoded(profiles: Profiles) -> list[EncodedProfile]:
    """The profiles, in order, encoded where they are not.

    Raises ``ValueError`` for a record without a key or a known kind, and ``TypeError`` for what is no record.
    """
    given = list(profiles)
    for profile in given:
        if not isinstance(profile, EncodedProfile | Mapping):
            raise TypeError(f"an import record is a mapping, not {type(profile).__name__}")
    new = iter(encode_profiles(profile for profile in given if not isinstance(profile, EncodedProfile)))
    return [profile if isinstance(profile, EncodedProfile) else next(new) for profile in given]


class RecordTransformer(TransformerMixin, BaseEstimator):  # type: ignore[misc]  # scikit-learn has no types
    """A transformer whose input is a list of records, which needs no fit if not said otherwise."""

    def __sklearn_tags__(self) -> Tags:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = False
        tags.input_tags.dict = True
        tags.requires_fit = False
        return tags


class ProfileEncoder(RecordTransformer):
    """Encodes records once, as the first step of a pipeline in which several vectorizers follow.

    Examples
    --------
    >>> from matching import ProfileEncoder
    >>> [profile] = ProfileEncoder().fit_transform([{"kind": "project", "key": "wells"}])
    >>> profile.traits.key
    'wells'
    """

    def fit(self, _profiles: Profiles, _y: object = None) -> Self:
        """Nothing is learnt."""
        return self

    def transform(self, profiles: Profiles) -> list[EncodedProfile]:
        """As :func:`encoded`."""
        return encoded(profiles)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The one column of its output."""
        return np.array(["profile"], object)


class ProfileVectorizer(RecordTransformer, ABC):
    """Vectors of one feature, before any weighting: one row a profile.

    The input of ``fit`` and ``transform`` are import records, or profiles encoded from them by :class:`ProfileEncoder`.
    """

    is_count: ClassVar[bool] = False
    """Whether values are counts, which weigh by their logarithm."""

    @classmethod
    def of(cls, _settings: FeatureSettings, _vocabulary: TerritoryVocabulary) -> Self:
        """The vectorizer as a ruleset sets it."""
        return cls()

    def fit(self, _profiles: Profiles, _y: object = None) -> Self:
        """Nothing is learnt: the columns are fixed."""
        return self

    def transform(self, profiles: Profiles) -> csr_matrix:
        """The vectors, profiles × columns; raises ``ValueError`` for a record without a key or a known kind."""
        return self.rows(encoded(profiles))

    @abstractmethod
    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """The vectors of encoded profiles."""

    @abstractmethod
    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The names of the columns."""


def numbered_names(prefix: str, count: int) -> FeatureNames:
    """The names of columns that are only numbered: ``word0``, ``word1`` …"""
    return np.array([f"{prefix}{column}" for column in range(count)], object)
