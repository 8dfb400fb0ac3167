"""Raw feature matrices of the profiles of one kind: counts and values before any IDF weighting."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.places import NAMED, PlaceVectorizer, PooledVectorizer, TerritoryVectorizer
from matching.features.records import SIDES, Side, Traits
from matching.features.region import RegionVectorizer
from matching.features.settings import FeatureSettings
from matching.features.vectorizer import ProfileVectorizer
from matching.features.vocabulary import TerritoryVocabulary, column_name
from matching.sparse.matrices import Mask, Positions, drop_stored_zeros, take_rows, with_data
from schemas.kinds import Kind
from schemas.records import Record

Integers = NDArray[np.int64]
ReadArray = Callable[[Sequence[Record]], Integers]
"""A function that reads one number in each record."""
NO_POSITIONS: Positions = np.empty(0, np.int64)
Derived = TypeVar("Derived")


class FeatureMatrices:
    """The profiles of one kind, in order of their keys, with one row a profile in each matrix.

    Everything is computed when it is first asked for. Matrices and arrays depend, row by row, on one profile, so that
    rows are reused when other profiles change; whatever else is computed of these profiles is kept by :meth:`derived`.
    """

    def __init__(
        self, encoded: Sequence[EncodedProfile], settings: FeatureSettings, vocabulary: TerritoryVocabulary
    ) -> None:
        self.encoded, self.settings, self.vocabulary = encoded, settings, vocabulary
        self._matrices: dict[type[ProfileVectorizer], csr_matrix] = {}
        self._arrays: dict[ReadArray, Integers] = {}
        self._derived: dict[Callable[..., Any], Any] = {}

    def derived(self, compute: Callable[[Self], Derived]) -> Derived:
        """What a function computes of these profiles, computed once.

        It must not depend on the settings: readings under other settings share it.
        """
        if compute not in self._derived:
            self._derived[compute] = compute(self)
        found: Derived = self._derived[compute]
        return found

    @property
    def keys(self) -> list[str]:
        """Their keys."""
        return self.derived(_keys)

    @property
    def kind(self) -> Kind:
        """Their kind; there must be one profile at least."""
        return self.encoded[0].traits.kind

    @property
    def traits(self) -> list[Traits]:
        """What was read in each record."""
        return self.derived(_traits)

    @property
    def records(self) -> list[Record]:
        """The records themselves."""
        return self.derived(_records)

    def position(self, key: str) -> int:
        """The row of a key; raises ``KeyError`` when there is none."""
        return self.derived(_positions)[key]

    def find(self, key: str) -> int | None:
        """The row of a key, if there is one."""
        return self.derived(_positions).get(key)

    def matrix(self, vectorizer: type[ProfileVectorizer]) -> csr_matrix:
        """The vectors of a vectorizer under these settings: profiles × its columns."""
        if vectorizer not in self._matrices:
            self._matrices[vectorizer] = self._read(vectorizer.of(self.settings, self.vocabulary))
        return self._matrices[vectorizer]

    def _read(self, vectorizer: ProfileVectorizer) -> csr_matrix:
        if isinstance(vectorizer, PooledVectorizer):
            return vectorizer.pool(self.matrix(PlaceVectorizer), self.vocabulary)
        return vectorizer.rows(self.encoded)

    def array(self, read: ReadArray) -> Integers:
        """What a function reads in each record."""
        if read not in self._arrays:
            self._arrays[read] = read(self.records)
        return self._arrays[read]

    @property
    def region(self) -> csr_matrix:
        """Territories by side, each place of length 1; columns grow as new territories are met."""
        return self.matrix(RegionVectorizer)

    def located_within(self, side: Side, code: str) -> Positions:
        """The profiles that have a place within a territory."""
        return self._having(self.derived(_by_territory), side, code)

    def naming(self, side: Side, code: str) -> Positions:
        """The profiles that name a territory itself."""
        return self._having(self.derived(_by_named_territory), side, code)

    def _having(self, by_territory: csc_matrix, side: Side, code: str) -> Positions:
        column = self.vocabulary.columns.get(column_name(side, code))
        starts = by_territory.indptr
        if column is None or column >= len(starts) - 1:
            return NO_POSITIONS
        positions: Positions = by_territory.indices[starts[column] : starts[column + 1]]
        return positions

    def everybody(self) -> Mask:
        """A mask of all profiles."""
        return np.ones(len(self.encoded), bool)

    def nobody(self) -> Mask:
        """A mask of none of the profiles."""
        return np.zeros(len(self.encoded), bool)

    @property
    def lacks_side(self) -> Mapping[Side, Mask]:
        """Which profiles name no place on a side."""
        return self.derived(_lacks_side)

    def reuse_rows(self, former: "FeatureMatrices") -> None:
        """Build the matrices that ``former`` has from its rows; only rows of new and changed profiles are read."""
        positions = np.array([former._position_of(profile) for profile in self.encoded], np.int64)
        new = np.flatnonzero(positions < 0)
        positions[new] = len(former.encoded) + np.arange(new.size)
        changed = FeatureMatrices([self.encoded[at] for at in new.tolist()], self.settings, self.vocabulary)
        for name in former._matrices.keys() - self._matrices.keys():
            old = former._matrices[name]
            self._matrices[name] = (
                take_rows(old, changed.matrix(name), positions) if new.size else old[positions]
            )
        for array in former._arrays.keys() - self._arrays.keys():
            self._arrays[array] = np.concatenate([former._arrays[array], changed.array(array)])[positions]

    def _position_of(self, profile: EncodedProfile) -> int:
        """The row of exactly this profile; -1 where it is missing or has changed."""
        position = self.find(profile.traits.key)
        return -1 if position is None or self.encoded[position] is not profile else position

    def share_with(self, other: "FeatureMatrices") -> None:
        """Give what was computed here to a reading of the same profiles under other settings, as far as it is the same."""
        other._matrices = {
            vectorizer: matrix
            for vectorizer, matrix in self._matrices.items()
            if other.reads_alike(self, vectorizer)
        }
        other._arrays, other._derived = dict(self._arrays), dict(self._derived)

    def reads_alike(self, other: "FeatureMatrices", vectorizer: type[ProfileVectorizer]) -> bool:
        """Whether the settings of two readings lead to the same vectors."""
        one, another = (vectorizer.of(reading.settings, reading.vocabulary) for reading in (self, other))
        mine: dict[str, object] = one.get_params(deep=False)
        theirs: dict[str, object] = another.get_params(deep=False)
        return mine == theirs


def _keys(profiles: FeatureMatrices) -> list[str]:
    return [profile.traits.key for profile in profiles.encoded]


def _traits(profiles: FeatureMatrices) -> list[Traits]:
    return [profile.traits for profile in profiles.encoded]


def _records(profiles: FeatureMatrices) -> list[Record]:
    return [profile.record for profile in profiles.encoded]


def _positions(profiles: FeatureMatrices) -> dict[str, int]:
    return {key: position for position, key in enumerate(profiles.keys)}


def _by_territory(profiles: FeatureMatrices) -> csc_matrix:
    return profiles.matrix(TerritoryVectorizer).tocsc()


def _by_named_territory(profiles: FeatureMatrices) -> csc_matrix:
    territories = profiles.matrix(TerritoryVectorizer)
    named = np.where(territories.data == NAMED, NAMED, 0.0)
    return drop_stored_zeros(with_data(territories, named)).tocsc()


def _lacks_side(profiles: FeatureMatrices) -> Mapping[Side, Mask]:
    territories = profiles.matrix(TerritoryVectorizer)  # first: it may add columns
    names = list(profiles.vocabulary.columns)[: territories.shape[1]]
    return {
        side: territories @ np.array([name.startswith(side) for name in names], bool) == 0 for side in SIDES
    }
