"""Raw feature matrices of the profiles of one kind: counts and values before any IDF weighting."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from functools import cache, partial
from typing import Any, Literal, Self, TypeVar, cast

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.priority import PRIORITY_ORDER, affinity_matrix, priority_values
from matching.features.proximity import NODE_COUNT, surroundings
from matching.features.records import SIDES, Side, Traits, confirmed_on
from matching.features.region import column_name, increment_values, place_values
from matching.features.sector import sector_columns, sector_values
from matching.features.settings import FeatureSettings
from matching.features.size import size_classes
from matching.features.text import CHARACTER_COLUMNS, WORD_COLUMNS, concept_columns
from matching.features.vocabulary import TerritoryVocabulary
from matching.sparse.matrices import (
    Mask,
    Positions,
    SparseRow,
    drop_stored_zeros,
    max_pool_rows,
    stack_rows,
    take_rows,
    with_data,
)
from schemas.kinds import Kind
from schemas.records import Record

MatrixName = Literal[
    "places",
    "territories",
    "region",
    "region_increments",
    "surroundings",
    "sectors",
    "priorities",
    "concepts",
    "characters",
    "words",
    "title",
]
ArrayName = Literal["confirmed", "sizes"]
SettingName = Literal["region_levels", "sector_levels", "affinities"]
MATRICES_BY_SETTING: Mapping[SettingName, frozenset[MatrixName]] = {
    "region_levels": frozenset({"region", "region_increments"}),
    "sector_levels": frozenset({"sectors"}),
    "affinities": frozenset({"priorities"}),
}
"""The settings of a ruleset on which the values of matrices depend; the others only weigh scores."""
ANCESTOR, NAMED = 1.0, 2.0
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
        self._matrices: dict[MatrixName, csr_matrix] = {}
        self._arrays: dict[ArrayName, NDArray[np.int64]] = {}
        self._derived: dict[Callable[..., Any], Any] = {}

    def derived(self, compute: Callable[[Self], Derived]) -> Derived:
        """What a function computes of these profiles, computed once.

        It must not depend on the settings: readings under other settings share it.
        """
        if compute not in self._derived:
            self._derived[compute] = compute(self)
        return cast("Derived", self._derived[compute])

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

    def matrix(self, name: MatrixName) -> csr_matrix:
        """One of the matrices: profiles × its columns."""
        if name not in self._matrices:
            self._matrices[name] = _MATRICES[name](self)
        return self._matrices[name]

    def array(self, name: ArrayName) -> NDArray[np.int64]:
        """``confirmed``: the ordinal of the day of the last confirmation, that of ``date.max`` if none is known;
        ``sizes``: :func:`matching.features.size.size_classes`."""
        if name not in self._arrays:
            self._arrays[name] = _ARRAYS[name](self.records)
        return self._arrays[name]

    @property
    def region(self) -> csr_matrix:
        """Territories by side, each place of length 1; columns grow as new territories are met."""
        return self.matrix("region")

    def located_within(self, side: Side, code: str) -> Positions:
        """The profiles that have a place within a territory."""
        return self._having(self.derived(_by_territory), side, code)

    def naming(self, side: Side, code: str) -> Positions:
        """The profiles that name a territory itself."""
        return self._having(self.derived(_by_named_territory), side, code)

    def _having(self, by_territory: csc_matrix, side: Side, code: str) -> Positions:
        column = self.vocabulary.columns.get(column_name(side, code), by_territory.shape[1])
        if column >= by_territory.shape[1]:
            return NO_POSITIONS
        start, end = by_territory.indptr[column : column + 2]
        positions: Positions = by_territory.indices[start:end]
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
        changed = frozenset[MatrixName]().union(
            *(MATRICES_BY_SETTING[name] for name in differing_settings(self.settings, other.settings))
        )
        other._matrices = {name: found for name, found in self._matrices.items() if name not in changed}
        other._arrays, other._derived = dict(self._arrays), dict(self._derived)


def differing_settings(one: FeatureSettings, other: FeatureSettings) -> list[SettingName]:
    """The settings under which the values of matrices differ."""
    return [name for name in MATRICES_BY_SETTING if getattr(one, name) != getattr(other, name)]


def same_nonzeros(one: FeatureSettings, other: FeatureSettings) -> bool:
    """Whether two rulesets lead to the same document frequencies: a level of weight 0 leaves no entry."""
    return all(
        bool(weight) == bool(getattr(getattr(other, name), level))
        for name in ("region_levels", "sector_levels")
        for level, weight in getattr(one, name)
    )


def _keys(profiles: FeatureMatrices) -> list[str]:
    return [profile.traits.key for profile in profiles.encoded]


def _traits(profiles: FeatureMatrices) -> list[Traits]:
    return [profile.traits for profile in profiles.encoded]


def _records(profiles: FeatureMatrices) -> list[Record]:
    return [profile.record for profile in profiles.encoded]


def _positions(profiles: FeatureMatrices) -> dict[str, int]:
    return {key: position for position, key in enumerate(profiles.keys)}


def _by_territory(profiles: FeatureMatrices) -> csc_matrix:
    return profiles.matrix("territories").tocsc()


def _by_named_territory(profiles: FeatureMatrices) -> csc_matrix:
    territories = profiles.matrix("territories")
    named = np.where(territories.data == NAMED, NAMED, 0.0)
    return drop_stored_zeros(with_data(territories, named)).tocsc()


def _lacks_side(profiles: FeatureMatrices) -> Mapping[Side, Mask]:
    territories = profiles.matrix("territories")  # first: it may add columns
    names = list(profiles.vocabulary.columns)[: territories.shape[1]]
    return {
        side: territories @ np.array([name.startswith(side) for name in names], bool) == 0 for side in SIDES
    }


def _places(profiles: FeatureMatrices) -> csr_matrix:
    """The places that each profile names, by number."""
    number = profiles.vocabulary.place_number
    named = (
        {number(side, path): 1.0 for side in SIDES for path in traits.places[side]}
        for traits in profiles.traits
    )
    return stack_rows([SparseRow.of(each) for each in named], len(profiles.vocabulary.places))


def pooled_by_place(
    profiles: FeatureMatrices, values: Callable[[tuple[int, ...]], Sequence[float]]
) -> csr_matrix:
    """A matrix over territories: the values of a place by its levels, max-pooled over a profile's places.

    Many profiles name the same places, so each place is computed once.
    """
    named = profiles.matrix("places")
    present, members = np.unique(named.indices, return_inverse=True)
    places = [profiles.vocabulary.places[number] for number in present.tolist()]
    of_levels = cache(values)
    rows = [SparseRow(place.columns, np.array(of_levels(place.levels), float)) for place in places]
    shape = named.shape[0], len(rows)
    return max_pool_rows(
        csr_matrix((named.data, members, named.indptr), shape=shape),
        stack_rows(rows, len(profiles.vocabulary.columns)),
    )


def _territories(profiles: FeatureMatrices) -> csr_matrix:
    """Territories by side: :data:`NAMED` for those that a profile names, :data:`ANCESTOR` for those around them."""
    return pooled_by_place(profiles, lambda levels: [ANCESTOR] * (len(levels) - 1) + [NAMED])


def _region(profiles: FeatureMatrices) -> csr_matrix:
    return pooled_by_place(profiles, partial(place_values, levels=profiles.settings.region_levels))


def _region_increments(profiles: FeatureMatrices) -> csr_matrix:
    """Territories by side, each with what it adds to the weight of those around it."""
    return pooled_by_place(profiles, partial(increment_values, levels=profiles.settings.region_levels))


def _surroundings(profiles: FeatureMatrices) -> csr_matrix:
    return stack_rows([SparseRow.of(surroundings(traits)) for traits in profiles.traits], NODE_COUNT)


def _sectors(profiles: FeatureMatrices) -> csr_matrix:
    read = partial(sector_values, levels=profiles.settings.sector_levels)
    return _rows_by_value(read, (traits.sectors for traits in profiles.traits), len(sector_columns()))


def _priorities(profiles: FeatureMatrices) -> csr_matrix:
    read = partial(priority_values, affinity=affinity_matrix(profiles.settings.affinities))
    return _rows_by_value(read, (traits.priorities for traits in profiles.traits), len(PRIORITY_ORDER))


def _rows_by_value(
    read: Callable[[tuple[Any, ...]], Mapping[int, float]], named: Iterable[tuple[Any, ...]], width: int
) -> csr_matrix:
    """One row a profile for what it names; profiles that name the same share a row in memory."""
    row = cache(lambda some: SparseRow.of(read(some)))
    return stack_rows([row(some) for some in named], width)


def _confirmed(records: Sequence[Record]) -> NDArray[np.int64]:
    days = (confirmed_on(record) or date.max for record in records)
    return np.fromiter((day.toordinal() for day in days), np.int64, len(records))


_MATRICES: Mapping[MatrixName, Callable[[FeatureMatrices], csr_matrix]] = {
    "places": _places,
    "territories": _territories,
    "region": _region,
    "region_increments": _region_increments,
    "surroundings": _surroundings,
    "sectors": _sectors,
    "priorities": _priorities,
    "concepts": lambda all_: stack_rows([p.vectors.concepts for p in all_.encoded], len(concept_columns())),
    "characters": lambda all_: stack_rows([p.vectors.characters for p in all_.encoded], CHARACTER_COLUMNS),
    "words": lambda all_: stack_rows([p.vectors.words for p in all_.encoded], WORD_COLUMNS),
    "title": lambda all_: stack_rows([p.vectors.title for p in all_.encoded], WORD_COLUMNS),
}
_ARRAYS: Mapping[ArrayName, Callable[[Sequence[Record]], NDArray[np.int64]]] = {
    "confirmed": _confirmed,
    "sizes": size_classes,
}
