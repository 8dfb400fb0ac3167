"""What was read in profiles of one kind, as blocks, before anything is weighed by how rare it is."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property, partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csc_matrix, csr_matrix

from matching.columns import Columns
from matching.features.priority import ORDER, affinity_matrix, priority_values
from matching.features.proximity import NODES, surroundings
from matching.features.region import column, place_values, step_values
from matching.features.sector import sector_columns, sector_values
from matching.features.text import CHARACTER_COLUMNS, WORD_COLUMNS, concept_columns
from matching.freshness import confirmed_on
from matching.groups import Group
from matching.known import Known
from matching.sizes import sizes_of
from matching.sparse.matrices import (
    Positions,
    SparseRow,
    drop_stored_zeros,
    max_pool_rows,
    stack_rows,
    take_rows,
    with_data,
)
from matching.traits import SIDES, Record, Side, Traits
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

BLOCKS = (
    "places",
    "territories",
    "region",
    "steps",
    "surroundings",
    "sectors",
    "priorities",
    "concepts",
    "characters",
    "words",
    "title",
)
"""The blocks that are taken over row by row."""
READ_BY: Mapping[str, frozenset[str]] = {
    "region_levels": frozenset({"region", "steps"}),
    "sector_levels": frozenset({"sectors"}),
    "affinities": frozenset({"priorities"}),
}
"""The settings of a ruleset by which profiles are read, and the blocks in which that shows; with the others pairs are
weighed."""
AROUND, OWN = 1.0, 2.0
NOBODY: Positions = np.empty(0, np.int64)


@dataclass
class RawBlocks:
    """Profiles of one kind, in order of their keys; each block is put together when it is first asked for."""

    known: Sequence[Known]
    settings: RulesetSettings
    columns: Columns

    @cached_property
    def keys(self) -> list[str]:
        """Their keys."""
        return [item.traits.key for item in self.known]

    @property
    def kind(self) -> Kind:
        """Of which kind they are; there must be one at least."""
        return self.known[0].traits.kind

    @cached_property
    def traits(self) -> list[Traits]:
        """What was read in each record."""
        return [item.traits for item in self.known]

    @cached_property
    def records(self) -> list[Record]:
        """The records themselves."""
        return [item.record for item in self.known]

    @cached_property
    def group(self) -> Group:
        """These profiles as conditions look at them."""
        return Group(self.records, self.traits)

    @cached_property
    def _positions(self) -> dict[str, int]:
        return {key: position for position, key in enumerate(self.keys)}

    def position(self, key: str) -> int:
        """Where a key stands; raises ``KeyError`` when it is not there."""
        return self._positions[key]

    def find(self, key: str) -> int | None:
        """Where a key stands, if it is there."""
        return self._positions.get(key)

    @cached_property
    def confirmed(self) -> NDArray[np.int64]:
        """The day on which each was last confirmed as an ordinal; the last of all days if none says."""
        days = (confirmed_on(item.record) or date.max for item in self.known)
        return np.fromiter((day.toordinal() for day in days), np.int64, len(self.known))

    @cached_property
    def places(self) -> csr_matrix:
        """The places that each of them names, by number."""
        number = self.columns.place
        named = (
            {number(side, path): 1.0 for side in SIDES for path in item.places[side]} for item in self.traits
        )
        return stack_rows([SparseRow.of(each) for each in named], len(self.columns.places))

    def _by_place(self, values: Callable[[tuple[int, ...]], Sequence[float]]) -> csr_matrix:
        """A block over territories by what those of a place are worth, by their levels. Many profiles name the same places."""
        there, which = np.unique(self.places.indices, return_inverse=True)
        places, worth = [self.columns.places[number] for number in there.tolist()], cache(values)
        rows = [SparseRow(place.columns, np.array(worth(place.levels), float)) for place in places]
        named = csr_matrix((self.places.data, which, self.places.indptr), shape=(len(self.known), len(rows)))
        return max_pool_rows(named, stack_rows(rows, len(self.columns.territories)))

    @cached_property
    def territories(self) -> csr_matrix:
        """Territories by side: ``OWN`` for those that a profile names, ``AROUND`` for those within which they lie."""
        return self._by_place(_own_and_around)

    def within(self, side: Side, code: str) -> Positions:
        """Who has a place within a territory."""
        return self._having(self._by_territory, side, code)

    def at(self, side: Side, code: str) -> Positions:
        """Who names a territory itself."""
        return self._having(self._by_own_territory, side, code)

    def _having(self, by_territory: csc_matrix, side: Side, code: str) -> Positions:
        at = self.columns.territories.get(column(side, code), by_territory.shape[1])
        if at >= by_territory.shape[1]:
            return NOBODY
        who: Positions = by_territory.indices[by_territory.indptr[at] : by_territory.indptr[at + 1]]
        return who

    @cached_property
    def _by_territory(self) -> csc_matrix:
        return self.territories.tocsc()

    @cached_property
    def _by_own_territory(self) -> csc_matrix:
        own = np.where(self.territories.data == OWN, OWN, 0.0)
        return drop_stored_zeros(with_data(self.territories, own)).tocsc()

    @cached_property
    def sizes(self) -> Positions:
        """How large each of them is; told of authorities."""
        return sizes_of(self.records)

    @cached_property
    def without(self) -> Mapping[Side, NDArray[np.bool_]]:
        """Who names no place on a side."""
        block = self.territories  # first: it may bring new columns
        columns = list(self.columns.territories)[: block.shape[1]]
        return {
            side: block @ np.array([name.startswith(side) for name in columns], bool) == 0 for side in SIDES
        }

    @cached_property
    def region(self) -> csr_matrix:
        """Territories by side, each place of length 1; columns grow as new territories are met."""
        return self._by_place(partial(place_values, levels=self.settings.region_levels))

    @cached_property
    def steps(self) -> csr_matrix:
        """Territories by side, each worth what it adds to those around it; columns as of :attr:`region`."""
        return self._by_place(partial(step_values, levels=self.settings.region_levels))

    @cached_property
    def surroundings(self) -> csr_matrix:
        """What lies around the places."""
        return stack_rows([SparseRow.of(surroundings(item)) for item in self.traits], NODES)

    @cached_property
    def sectors(self) -> csr_matrix:
        """Sectors before rarity."""
        read = partial(sector_values, levels=self.settings.sector_levels)
        return _stacked(read, (item.sectors for item in self.traits), len(sector_columns()))

    @cached_property
    def priorities(self) -> csr_matrix:
        """Unit rows over the four priorities."""
        read = partial(priority_values, affinity=affinity_matrix(self.settings.affinities))
        return _stacked(read, (item.priorities for item in self.traits), len(ORDER))

    @cached_property
    def concepts(self) -> csr_matrix:
        """What words stand for, before rarity."""
        return stack_rows([item.words.concepts for item in self.known], len(concept_columns()))

    @cached_property
    def characters(self) -> csr_matrix:
        """How often groups of letters occur."""
        return stack_rows([item.words.characters for item in self.known], CHARACTER_COLUMNS)

    @cached_property
    def words(self) -> csr_matrix:
        """How often words occur."""
        return stack_rows([item.words.words for item in self.known], WORD_COLUMNS)

    @cached_property
    def title(self) -> csr_matrix:
        """How often words occur in the names."""
        return stack_rows([item.words.title for item in self.known], WORD_COLUMNS)

    def take_over(self, before: "RawBlocks") -> None:
        """Put blocks together from those that there were ``before``, with only the rows read that are new."""
        there = [
            -1 if (at := before.find(item.traits.key)) is None or before.known[at] is not item else at
            for item in self.known
        ]
        places = np.array(there, np.int64)
        new = np.flatnonzero(places < 0)
        places[new] = len(before.known) + np.arange(new.size)
        few = RawBlocks([self.known[at] for at in new.tolist()], self.settings, self.columns)
        for name in before.__dict__.keys() & set(BLOCKS) - self.__dict__.keys():
            old = before.__dict__[name]
            self.__dict__[name] = take_rows(old, getattr(few, name), places) if new.size else old[places]
        if "confirmed" in before.__dict__:
            self.confirmed = np.concatenate([before.confirmed, few.confirmed])[places]

    def share(self, before: "RawBlocks") -> None:
        """Take over what was worked out for the same profiles under other settings, where these do not show in it."""
        others = [READ_BY[name] for name in read_otherwise(self.settings, before.settings)]
        for name in _worked_out(type(before)) & before.__dict__.keys() - frozenset().union(*others):
            self.__dict__[name] = before.__dict__[name]


def _stacked(
    read: Callable[[tuple[Any, ...]], Mapping[int, float]], named: Iterable[tuple[Any, ...]], width: int
) -> csr_matrix:
    """One row for what each names: many name the same."""
    row = cache(lambda some: SparseRow.of(read(some)))
    return stack_rows([row(some) for some in named], width)


def _own_and_around(path: Sequence[int]) -> list[float]:
    return [AROUND] * (len(path) - 1) + [OWN]


def counted_alike(one: RulesetSettings, other: RulesetSettings) -> bool:
    """Whether two rulesets find the same things in profiles, however much these are worth: what is worth nothing is not
    there."""
    return all(
        bool(worth) == bool(getattr(getattr(other, name), level))
        for name in ("region_levels", "sector_levels")
        for level, worth in getattr(one, name)
    )


def read_otherwise(one: RulesetSettings, other: RulesetSettings) -> list[str]:
    """The settings by which two rulesets do not read the same in a profile."""
    return [name for name in READ_BY if getattr(one, name) != getattr(other, name)]


def _worked_out(shape: type) -> frozenset[str]:
    """The names of what is worked out when it is first asked for."""
    inherited = (vars(each) for each in shape.__mro__)
    return frozenset(
        name for each in inherited for name, value in each.items() if isinstance(value, cached_property)
    )
