"""Profiles as the model keeps them: what it read in each record, and blocks of vectors by kind.

What a profile says is read once, when it is put in. What depends on the ruleset (territories, sectors,
priorities) or on all profiles (how rare a sector or a group of letters is) is put into the blocks when they are
next asked for after a change.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.admission import Admission, positions_by
from matching.features.priority import ORDER, affinity_matrix, priority_values
from matching.features.proximity import NODES, surroundings
from matching.features.region import authority_paths, coverage, covers_sides, region_values
from matching.features.sector import sector_columns, sector_values
from matching.features.text import (
    CHARACTER_COLUMNS,
    WORD_COLUMNS,
    character_rows,
    concept_columns,
    concept_values,
    dampened,
    word_rows,
)
from matching.rows import Floats, Row, rarity, scaled_rows, side_by_side, stack, unit_rows
from matching.traits import Record, Traits, read_traits
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.shortlist import ShortlistIndex

FEW = 1_000
"""Up to so many profiles all are compared: that is as quick as to look for the best of them."""
READ_BY = ("region_levels", "sector_levels", "affinities")
"""The settings of a ruleset by which profiles are read; with the others pairs are weighed."""
BY_WORDS = {
    "words": 1.0,
    "characters": 1.0,
    "title": 0.5,
    "sector": 0.2,
    "concepts": 0.2,
    "region": 0.25,
}
BY_PLACE = {
    "words": 0.05,
    "characters": 0.05,
    "sector": 0.1,
    "concepts": 0.05,
    "surroundings": 0.1,
    "region": 0.5,
}
"""What makes two profiles of one kind alike, in proportion; between them the ruleset has no weights. Authorities
are alike by where they are, all others by what they say."""


@dataclass(frozen=True, slots=True)
class Words:
    """The rows of a profile that no ruleset changes: of all its texts, and the words of its name."""

    characters: Row
    concepts: Row
    words: Row
    title: Row


@dataclass(frozen=True, slots=True)
class Known:
    """One profile: its record, what was read in it, and its words."""

    record: Record
    traits: Traits
    words: Words


@dataclass(frozen=True)
class Rarities:
    """What sectors, concepts and groups of letters are worth, by how few profiles have them."""

    sectors: Floats
    concepts: Floats
    characters: Floats
    words: Floats
    regions: Floats

    def of_regions(self, width: int) -> Floats:
        """What territories are worth, those that no profile names included."""
        return np.pad(
            self.regions,
            (0, max(0, width - self.regions.size)),
            constant_values=self.regions.max(initial=1.0),
        )


@dataclass(frozen=True)
class WeightedBlocks:
    """Blocks that depend on how rare things are among all profiles."""

    worth: Rarities
    sector: csr_matrix
    concepts: csr_matrix
    characters: csr_matrix


@dataclass
class KindProfiles:
    """All profiles of one kind, in order of their keys, with their vectors."""

    known: Sequence[Known]
    settings: RulesetSettings
    columns: dict[str, int]
    _blocks: WeightedBlocks | None = field(init=False, default=None)
    _alike: tuple[Rarities, csr_matrix] | None = field(init=False, default=None)
    _scales: dict[Kind, Floats] = field(init=False, default_factory=dict)
    _indexes: "tuple[Rarities, dict[bool, ShortlistIndex]] | None" = field(init=False, default=None)

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
    def admission(self) -> Admission:
        """Who of them a subject may be shown at all."""
        return Admission(self.records, self.traits)

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
    def governed(self) -> Mapping[str, NDArray[np.int64]]:
        """Which authorities govern a territory, by its code."""
        return positions_by(
            (path[-1], at) for at, item in enumerate(self.traits) for path in authority_paths(item)
        )

    @cached_property
    def within(self) -> Mapping[str, NDArray[np.int64]]:
        """Which authorities lie within a territory of a country, by its code; those that govern it as well."""
        return positions_by(
            (code, at)
            for at, item in enumerate(self.traits)
            for path in authority_paths(item)
            for code in path[1:]
        )

    @cached_property
    def region(self) -> csr_matrix:
        """Territories by side, each place of length 1; columns grow as new territories are met."""
        rows = [
            Row.of(
                {
                    self._column(name): value
                    for name, value in region_values(item, self.settings.region_levels).items()
                }
            )
            for item in self.traits
        ]
        return stack(rows, len(self.columns))

    def _column(self, name: str) -> int:
        return self.columns.setdefault(name, len(self.columns))

    @cached_property
    def surroundings(self) -> csr_matrix:
        """What lies around the places."""
        return stack([Row.of(surroundings(item)) for item in self.traits], NODES)

    @cached_property
    def sectors(self) -> csr_matrix:
        """Sectors before rarity."""
        levels = self.settings.sector_levels
        return stack([Row.of(sector_values(item, levels)) for item in self.traits], len(sector_columns()))

    @cached_property
    def priorities(self) -> csr_matrix:
        """Unit rows over the four priorities."""
        affinity = affinity_matrix(self.settings.affinities)
        return stack([Row.of(priority_values(item, affinity)) for item in self.traits], len(ORDER))

    @cached_property
    def concepts(self) -> csr_matrix:
        """What words stand for, before rarity."""
        return stack([item.words.concepts for item in self.known], len(concept_columns()))

    @cached_property
    def characters(self) -> csr_matrix:
        """How often groups of letters occur."""
        return stack([item.words.characters for item in self.known], CHARACTER_COLUMNS)

    @cached_property
    def words(self) -> csr_matrix:
        """How often words occur."""
        return stack([item.words.words for item in self.known], WORD_COLUMNS)

    @property
    def are_few(self) -> bool:
        """Whether comparing all of them is quick enough."""
        return len(self.keys) <= FEW

    @property
    def by_place(self) -> bool:
        """Whether these profiles are alike by where they are."""
        return self.kind is Kind.AUTHORITY

    def likeness(self, worth: Rarities) -> csr_matrix:
        """Unit rows whose dot products say how alike profiles of one kind are."""
        if self._alike is not None and self._alike[0] is worth:
            return self._alike[1]
        title = stack([item.words.title for item in self.known], WORD_COLUMNS)
        parts = {
            "words": (dampened(self.words), worth.words),
            "characters": (dampened(self.characters), worth.characters),
            "title": (dampened(title), worth.words),
            "sector": (self.sectors, worth.sectors),
            "concepts": (self.concepts, worth.concepts),
            "surroundings": (self.surroundings, None),
            "region": (self.region, worth.of_regions(self.region.shape[1])),
        }
        shares = BY_PLACE if self.by_place else BY_WORDS
        together = side_by_side([(unit_rows(*parts[name]), share) for name, share in shares.items()])
        self._alike = (worth, unit_rows(together))
        return self._alike[1]

    def weighted(self, worth: Rarities) -> WeightedBlocks:
        """Unit rows over sectors, over what words stand for, and over groups of letters."""
        if self._blocks is None or self._blocks.worth is not worth:
            self._blocks = WeightedBlocks(
                worth,
                sector=unit_rows(self.sectors, worth.sectors),
                concepts=unit_rows(self.concepts, worth.concepts),
                characters=unit_rows(dampened(self.characters), worth.characters),
            )
        return self._blocks

    def covered(self, against: Kind) -> csr_matrix:
        """Territories as they count when these profiles are compared with those of another kind."""
        if against not in self._scales:
            self._scales[against] = np.array([coverage(item, against) for item in self.traits])
        return scaled_rows(self.region, self._scales[against])

    def index(self, worth: Rarities, against: Kind) -> "ShortlistIndex":
        """These profiles as candidates for subjects of another kind."""
        # With the index comes the compiler of its loop, and where there are few profiles nobody needs it.
        from matching.shortlist import ShortlistIndex

        if self._indexes is None or self._indexes[0] is not worth:
            self._indexes = (worth, {})
        indexes, covers = self._indexes[1], covers_sides(self.kind, against)
        if covers not in indexes:
            indexes[covers] = ShortlistIndex(*self.inner_parts(worth, against))
        return indexes[covers]

    def inner_parts(self, worth: Rarities, against: Kind) -> tuple[list[csr_matrix], csr_matrix]:
        """The blocks whose dot products are the parts region, sector, priority and the two halves of text, the last apart."""
        blocks = self.weighted(worth)
        return [self.covered(against), blocks.sector, self.priorities, blocks.concepts], blocks.characters

    def rows(self, positions: Sequence[int]) -> "KindProfiles":
        """Some of these profiles, read anew."""
        return KindProfiles([self.known[position] for position in positions], self.settings, self.columns)

    def some(self, positions: NDArray[np.int64], worth: Rarities) -> "KindProfiles":
        """Some of these profiles, with their rows of the blocks that are there already."""
        few = self.rows(positions.tolist())
        blocks = self.weighted(worth)
        few.region, few.priorities = self.region[positions], self.priorities[positions]
        few._scales = {against: scale[positions] for against, scale in self._scales.items()}
        few._blocks = WeightedBlocks(
            worth, blocks.sector[positions], blocks.concepts[positions], blocks.characters[positions]
        )
        return few


class Profiles:
    """A collection of profiles of all kinds under one ruleset."""

    def __init__(self, settings: RulesetSettings) -> None:
        self.settings = settings
        self._known: dict[str, Known] = {}
        self._kinds: dict[Kind, KindProfiles] = {}
        self._rarities: Rarities | None = None
        self._columns: dict[str, int] = {}

    def put(self, records: Iterable[Record]) -> Self:
        """Take in new or changed profiles, by key; raises ``ValueError`` for a record without key or kind."""
        given = list(records)
        traits = [read_traits(record) for record in given]
        texts = [item.text for item in traits]
        rows = zip(character_rows(texts), word_rows(texts), word_rows([t.name for t in traits]), strict=True)
        for record, item, (characters, words, title) in zip(given, traits, rows, strict=True):
            concepts = Row.of(concept_values(item))
            self._known[item.key] = Known(record, item, Words(characters, concepts, words, title))
        return self._changed() if given else self

    def drop(self, keys: Iterable[str]) -> Self:
        """Forget profiles; keys that are not known are passed over."""
        for key in keys:
            self._known.pop(key, None)
        return self._changed()

    def under(self, settings: RulesetSettings) -> "Profiles":
        """The same profiles under another ruleset; blocks that it does not change are shared."""
        other = Profiles(settings)
        other._known = dict(self._known)
        if self.read_alike(settings):
            other._kinds, other._rarities, other._columns = dict(self._kinds), self._rarities, self._columns
        return other

    def read_alike(self, settings: RulesetSettings) -> bool:
        """Whether another ruleset reads the same in every profile, and only weighs it differently."""
        return all(getattr(self.settings, name) == getattr(settings, name) for name in READ_BY)

    def of(self, kind: Kind) -> KindProfiles:
        """All profiles of one kind."""
        if kind not in self._kinds:
            keys = sorted(key for key, item in self._known.items() if item.traits.kind is kind)
            self._kinds[kind] = KindProfiles([self._known[key] for key in keys], self.settings, self._columns)
        return self._kinds[kind]

    def known(self) -> Iterable[Known]:
        """All profiles, in no order."""
        return self._known.values()

    def kind_of(self, key: str) -> Kind | None:
        """The kind of the profile with this key, or ``None`` when there is none."""
        known = self._known.get(key)
        return known.traits.kind if known else None

    def get(self, key: str) -> Known | None:
        """The profile with this key."""
        return self._known.get(key)

    @property
    def columns(self) -> dict[str, int]:
        """The columns of the region blocks, by name."""
        return self._columns

    @property
    def rarities(self) -> Rarities:
        """What columns are worth over the profiles of all kinds."""
        if self._rarities is None:
            kinds = [self.of(kind) for kind in Kind]
            self._rarities = Rarities(
                sectors=rarity([kind.sectors for kind in kinds]),
                concepts=rarity([kind.concepts for kind in kinds]),
                characters=rarity([kind.characters for kind in kinds]),
                words=rarity([kind.words for kind in kinds]),
                regions=rarity([kind.region for kind in kinds]),
            )
        return self._rarities

    def _changed(self) -> Self:
        self._kinds, self._rarities, self._columns = {}, None, {}
        return self
