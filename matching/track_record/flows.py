"""People between territories: how those of one territory are spread over the territories on the other side."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from matching.features.cache import ProfileCache
from matching.features.profiles import KindProfiles
from matching.features.records import SIDES, Side, Traits
from matching.features.vocabulary import LOCALITY, column_name, level_of
from matching.sparse.matrices import Floats, Mask, drop_stored_zeros, row_indices, with_data
from schemas.places import TerritoryPath

PARENT_PSEUDO_COUNT = 5.0
"""People of a territory at which these count as much as those of the territory around it."""


class Flows:
    """Counts of people between territories of origin and of residence.

    Parameters
    ----------
    rows
        Corridors × territories by side: the territories that each corridor ties.
    columns
        The column of each territory by name.
    weights
        How many people each corridor stands for.
    country_only
        Which corridors tie no more than countries at their other end.
    """

    def __init__(
        self, rows: csr_matrix, columns: Mapping[str, int], weights: Floats, country_only: Mask
    ) -> None:
        self._columns = columns
        self._names = names = list(columns)[: rows.shape[1]]
        # Columns are numbered as they are met; sums go by name, so that they are the same to the last bit in any order.
        self._ranks: NDArray[np.intp] = np.empty(len(names), np.intp)
        self._ranks[np.argsort(np.array(names, object), kind="stable")] = np.arange(len(names))
        self._levels: NDArray[np.intp] = np.array(
            [level_of(name.partition(":")[2]) for name in names], np.intp
        )
        self.on_side: Mapping[Side, Mask] = {
            side: np.array([name.startswith(side) for name in names], bool) for side in SIDES
        }
        self._people: Floats = np.bincount(rows.indices, weights[row_indices(rows)], len(names)).astype(float)
        self._between = self._count(rows, weights, country_only)
        self._cache = ProfileCache[csr_matrix]()

    def _count(self, rows: csr_matrix, weights: Floats, country_only: Mask) -> csr_matrix:
        """People of each territory (rows) by territory on the other side (columns)."""
        corridor, columns = row_indices(rows), rows.indices
        too_fine = country_only[corridor] & (self._levels[columns] > 0)
        people = csr_matrix((self._levels.size, self._levels.size))
        for near, far in (SIDES, SIDES[::-1]):
            here = with_data(rows, weights[corridor] * self.on_side[near][columns])
            there = with_data(rows, (self.on_side[far][columns] & ~too_fine).astype(float))
            people += drop_stored_zeros(here).T @ drop_stored_zeros(there)
        return people.tocsr()

    def counterpart_countries(self, side: Side, country: str) -> frozenset[str]:
        """The countries on the other side of a country of one side, as far as anybody travels between them."""
        column = self._columns.get(column_name(side, country), self._levels.size)
        if column >= self._levels.size:
            return frozenset()
        beyond = self._between.indices[slice(*self._between.indptr[column : column + 2])]
        countries = beyond[self._levels[beyond] == 0].tolist()
        return frozenset(self._names[number].partition(":")[2] for number in countries)

    def counterparts(self, subjects: KindProfiles) -> csr_matrix:
        """By subject (rows), the territories at the other end of its corridors (columns).

        Values are the square roots of shares of people, relative to the largest of a level.
        """

        def compute(rows: Sequence[int]) -> Iterator[csr_matrix]:
            return (self._counterparts_of(subjects.traits[row]) for row in rows)

        return vstack(self._cache.get_or_compute(subjects.encoded, compute)).tocsr()

    def _counterparts_of(self, traits: Traits) -> csr_matrix:
        shares: Floats = np.zeros(self._levels.size)
        for side in SIDES:
            for path in traits.places[side]:
                np.maximum(shares, self._shares(side, path), out=shares)
        present = np.flatnonzero(shares)
        present = present[np.argsort(self._ranks[present])]
        levels, shares = self._levels[present], shares[present]
        largest = np.zeros(LOCALITY + 1)
        np.maximum.at(largest, levels, shares)
        strength = np.sqrt(shares / largest[levels])
        return csr_matrix((strength, present, (0, present.size)), shape=(1, self._levels.size))

    def _shares(self, side: Side, path: TerritoryPath) -> Floats:
        """The shares of a territory's people in each territory on the other side.

        A tie is as deep as the shallower of its ends: how people are spread over the regions beyond is read off those of
        the region here, and says nothing of the whole country.
        """
        shares: Floats = np.zeros(self._levels.size)
        for level in range(LOCALITY + 1):
            near = [code for code in path if level_of(code) >= min(level, level_of(path[-1]))]
            np.copyto(shares, self._spread(side, near), where=self._levels == level)
        return shares

    def _spread(self, side: Side, path: Sequence[str]) -> Floats:
        """The same for all levels, from nested territories: few people are smoothed by those of the territory around."""
        spread: Floats = np.zeros(self._levels.size)
        for depth, code in enumerate(path):
            column = self._columns.get(column_name(side, code), self._levels.size)
            if column < self._levels.size and self._people[column]:
                pseudo_count = PARENT_PSEUDO_COUNT if depth else 0.0
                spread *= pseudo_count
                row = slice(*self._between.indptr[column : column + 2])
                spread[self._between.indices[row]] += self._between.data[row]
                spread /= self._people[column] + pseudo_count
        return spread
