"""Corridors: which territories of origin and of residence are tied by people who live in both.

Read off the associations and projects that name both sides, off stocks of migrants, and off the partnerships of one
who is at home on one side with one on the other: programmes cover routes that nobody may travel. Two
authorities are each other's counterparts by the corridors between their territories, however unlike these are.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix, vstack

from matching.features.region import LOCALITY, column_name, level_of
from matching.features.cache import ProfileCache
from matching.features.profiles import KindProfiles
from matching.sparse.matrices import (
    Floats,
    dot_products_with_columns,
    drop_stored_zeros,
    pad_columns,
    row_indices,
    with_data,
)
from matching.features.records import SIDES, TerritoryPath, Record, Side, Traits
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

PARENT_PSEUDO_COUNT = 5.0
"""From so many people on, what those of a region do counts more than what those of the territory around it do."""

EndProximity = dict[Side, Floats]
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Corridors:
    """One row for each profile with both sides: its territories of origin and of residence, group by group of ``people``.

    ``country_only`` says which of them tie no more than the countries at their other end. Columns are of a ``level``: country,
    subdivision or locality.
    """

    people: Sequence[tuple[KindProfiles, Sequence[int]]]
    rows: csr_matrix
    traits: list[Traits]
    columns: Mapping[str, int]
    weights: Floats
    country_only: Mask
    _cache: ProfileCache[csr_matrix] = field(init=False, default_factory=ProfileCache)

    @classmethod
    def of(
        cls, people: Sequence[KindProfiles], partners: KindProfiles, columns: Mapping[str, int]
    ) -> "Corridors":
        """The corridors of all people who name both sides, and of those who would live between partners.

        Which two towns are partners the track record says by itself: here they say only that their countries are tied.
        """
        with_both = []
        traits, weights = list[Traits](), list[float]()
        for group in (*people, partners):
            both = [row for row, item in enumerate(group.traits) if len(item.shown_sides()) == 2]
            with_both.append((group, both))
            traits += [group.traits[row] for row in both]
            weights += [corridor_weight(group.records[row].get("people")) for row in both]
        country_only = np.arange(len(traits)) >= len(traits) - len(with_both[-1][1])
        blocks = _read(with_both)  # first: it may bring new columns
        rows = _together(blocks, len(columns))
        return cls(with_both, rows, traits, columns, np.array(weights), country_only)

    def under(self, settings: RulesetSettings) -> "Corridors":
        """The same corridors, with the territories of each worth what other settings say; how many people there are in
        each stays."""
        people = [(group.under(settings), rows) for group, rows in self.people]
        other = replace(self, people=people, rows=_together(_read(people), self.rows.shape[1]))
        there = ("_kept", "_people", "_between", "_levels", "_sides")
        other.__dict__.update({name: self.__dict__[name] for name in there if name in self.__dict__})
        return other

    def counterparts(self, subjects: KindProfiles) -> csr_matrix:
        """For each profile, territories at the other end of its corridors, by how many people tie them: 1 for the most of a level."""

        def find(rows: Sequence[int]) -> Iterator[csr_matrix]:
            return (self._other_end(subjects.traits[row]) for row in rows)

        return vstack(self._cache.of(subjects.encoded, find)).tocsr()

    def strongest_tie(self, here: EndProximity, other: csr_matrix) -> Traits | None:
        """Of the profiles, the one whose corridor ends nearest to one territory (``here``) and to the other; ``None`` for none."""
        rows = np.flatnonzero(here["origin"] + here["residence"])
        if not rows.size:
            return None
        there = self.end_proximity(other)
        ties = np.maximum(*(here[near][rows] * there[far][rows] for near, far in (SIDES, SIDES[::-1])))
        best = int(ties.argmax())
        return self.traits[rows[best]] if ties[best] > 0 else None

    def end_proximity(self, territory: csr_matrix) -> EndProximity:
        """How near each corridor's end on one side is to the territory on that side."""
        own = territory.copy()
        own.resize((1, self.rows.shape[1]))
        return {
            side: dot_products_with_columns(csr_matrix(own.multiply(self._sides[side])), self._turned_over)[0]
            for side in SIDES
        }

    @cached_property
    def _turned_over(self) -> csr_matrix:
        return self.rows.T.tocsr()

    def _other_end(self, traits: Traits) -> csr_matrix:
        shares: Floats = np.zeros(self._levels.size)
        for side in SIDES:
            for path in traits.places[side]:
                np.maximum(shares, self._shares(side, path), out=shares)
        there = np.flatnonzero(shares)
        levels, shares = self._levels[there], shares[there]
        most = np.zeros(LOCALITY + 1)
        np.maximum.at(most, levels, shares)
        strength = np.sqrt(shares / most[levels])
        return csr_matrix((strength, there, (0, there.size)), shape=(1, self._levels.size))

    def _shares(self, side: Side, path: TerritoryPath) -> Floats:
        """How the people of a territory are spread over those beyond; of few people, as those around them are.

        A tie is as deep as the shallower of its ends: how people are spread over the regions beyond is read off those of
        the region here, and says nothing of the whole country.
        """
        shares: Floats = np.zeros(self._levels.size)
        for level in range(LOCALITY + 1):
            near = [code for code in path if level_of(code) >= min(level, level_of(path[-1]))]
            spread = self._spread(side, near)
            np.copyto(shares, spread, where=self._levels == level)
        return shares

    def _spread(self, side: Side, path: Sequence[str]) -> Floats:
        """The same for all levels, read off some territories, each of which lies within the one before."""
        spread: Floats = np.zeros(self._levels.size)
        for depth, code in enumerate(path):
            at = self.columns.get(column_name(side, code), self._levels.size)
            if at < self._levels.size and self._people[at]:
                around = PARENT_PSEUDO_COUNT if depth else 0.0
                spread *= around
                of_it = slice(*self._between.indptr[at : at + 2])
                spread[self._between.indices[of_it]] += self._between.data[of_it]
                spread /= self._people[at] + around
        return spread

    @cached_property
    def _people(self) -> Floats:
        """How many people each territory (column) has, by side."""
        rows = row_indices(self.rows)
        people: Floats = np.bincount(self.rows.indices, self.weights[rows], len(self._levels)).astype(float)
        return people

    @cached_property
    def _between(self) -> csr_matrix:
        """How many people of each territory (row) each territory on the other side (column) has."""
        rows, columns = row_indices(self.rows), self.rows.indices
        weights, wide = self.weights[rows], self.country_only[rows] & (self._levels[columns] > 0)
        together = csr_matrix((self._levels.size, self._levels.size))
        for near, far in (SIDES, SIDES[::-1]):
            here = with_data(self.rows, weights * self._sides[near][columns])
            there = with_data(self.rows, (self._sides[far][columns] & ~wide).astype(float))
            together += drop_stored_zeros(here).T @ drop_stored_zeros(there)
        return together.tocsr()

    @cached_property
    def _levels(self) -> "NDArray[np.intp]":
        names = list(self.columns)[: self.rows.shape[1]]
        return np.array([level_of(name.partition(":")[2]) for name in names], np.intp)

    @cached_property
    def _sides(self) -> Mapping[Side, Mask]:
        """Which columns are of which side."""
        names = list(self.columns)[: self.rows.shape[1]]
        return {side: np.array([name.startswith(side) for name in names], bool) for side in SIDES}


def _read(people: Sequence[tuple[KindProfiles, Sequence[int]]]) -> list[csr_matrix]:
    return [group.region[rows] for group, rows in people]


def _together(blocks: Sequence[csr_matrix], width: int) -> csr_matrix:
    return vstack([pad_columns(block, width) for block in blocks], format="csr")


def corridor_weight(people: int | None) -> float:
    """What a corridor of so many persons counts, against one association: ten times the persons are one more."""
    return 1.0 + float(np.log10(1 + people)) if people else 1.0


def partner_corridor(origin: Traits, residence: Traits) -> Record:
    """People from where one is at home who live where another is."""
    return {
        "kind": Kind.ASSOCIATION,
        "key": f"between:{origin.key}:{residence.key}",
        "origin": [_place(path) for path in origin.places["origin"]],
        "residence": [_place(path) for path in residence.places["residence"]],
    }


def _place(path: TerritoryPath) -> Record:
    return {"country": path[0], "code": path[-1], "path": path}
