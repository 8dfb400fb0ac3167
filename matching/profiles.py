"""Profiles as the model keeps them: what it read in each record, and blocks of vectors by kind.

What a profile says is read once, when it is put in. What depends on the ruleset (territories, sectors,
priorities) or on all profiles (how rare a sector or a group of letters is) is put into the blocks when they are
next asked for after a change.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Self
from weakref import ref

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from matching.admission import Admission
from matching.columns import Columns
from matching.features.region import coverage, covers_sides
from matching.features.text import DAMPENED
from matching.known import Known, read
from matching.raw_blocks import RawBlocks, counted_alike, read_otherwise
from matching.sparse.matrices import Floats, idf, scale_rows, tfidf_normalize, weighted_hstack
from matching.traits import Record, Sides, Traits
from schemas.kinds import Kind
from schemas.rules import RulesetSettings

if TYPE_CHECKING:
    from matching.shortlist import ShortlistIndex

    Indexes = tuple["Rarities", dict[bool, ShortlistIndex]]

FEW = 1_000
"""Up to so many profiles all are compared: that is as quick as to look for the best of them."""
AS_BY_DEFAULT = RulesetSettings.balanced()
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
        return np.pad(self.regions, (0, max(0, width - self.regions.size)), mode="edge")


@dataclass(frozen=True)
class WeightedBlocks:
    """Blocks that depend on how rare things are among all profiles."""

    worth: Rarities
    sector: csr_matrix
    concepts: csr_matrix


@dataclass
class KindProfiles(RawBlocks):
    """All profiles of one kind, in order of their keys, with their vectors."""

    _blocks: WeightedBlocks | None = field(init=False, default=None)
    _letters: tuple[Rarities, csr_matrix] | None = field(init=False, default=None)
    _alike: tuple[Rarities, csr_matrix] | None = field(init=False, default=None)
    _scales: dict[Kind, Floats] = field(init=False, default_factory=dict)
    _indexes: "Indexes | None" = field(init=False, default=None)
    _indexes_before: "Indexes | None" = field(init=False, default=None)
    """Those of the same profiles, read under other settings."""
    _under: "ref[KindProfiles] | None" = field(init=False, default=None)

    @cached_property
    def admission(self) -> Admission:
        """Who of them a subject may be shown at all."""
        return Admission(self)

    @property
    def are_few(self) -> bool:
        """Whether comparing all of them is quick enough."""
        return len(self.keys) <= FEW

    @property
    def by_place(self) -> bool:
        """Whether these profiles are alike by where they are."""
        return self.kind is Kind.AUTHORITY

    def apart_by(self, traits: Traits) -> Sides:
        """By which sides one of these profiles is told apart from others: authorities work with those beyond."""
        return traits.shown_sides() if self.by_place else ()

    @cached_property
    def plain(self) -> "KindProfiles":
        """These profiles as they are read by default: who is like whom is no matter of the rules."""
        return self.under(AS_BY_DEFAULT) if read_otherwise(self.settings, AS_BY_DEFAULT) else self

    def likeness(self, worth: Rarities) -> csr_matrix:
        """Unit rows whose dot products say how alike profiles of one kind are."""
        if self.plain is not self:
            return self.plain.likeness(worth)
        if self._alike is not None and self._alike[0] is worth:
            return self._alike[1]
        parts = {
            "words": (self.words, worth.words, DAMPENED),
            "characters": (self.characters, worth.characters, DAMPENED),
            "title": (self.title, worth.words, DAMPENED),
            "sector": (self.sectors, worth.sectors),
            "concepts": (self.concepts, worth.concepts),
            "surroundings": (self.surroundings, None),
            "region": (self.region, worth.of_regions(self.region.shape[1])),
        }
        shares = BY_PLACE if self.by_place else BY_WORDS
        together = weighted_hstack([(tfidf_normalize(*parts[name]), share) for name, share in shares.items()])
        self._alike = (worth, tfidf_normalize(together))
        return self._alike[1]

    def weighted(self, worth: Rarities) -> WeightedBlocks:
        """Unit rows over sectors, and over what words stand for."""
        if self._blocks is None or self._blocks.worth is not worth:
            self._blocks = WeightedBlocks(
                worth,
                sector=tfidf_normalize(self.sectors, worth.sectors),
                concepts=tfidf_normalize(self.concepts, worth.concepts),
            )
        return self._blocks

    def letters(self, worth: Rarities) -> csr_matrix:
        """Unit rows over groups of letters: large, so not put together for all where an index does with less."""
        if self._letters is None or self._letters[0] is not worth:
            self._letters = worth, _weighed_letters(worth)(self.characters)
        return self._letters[1]

    def covered(self, against: Kind) -> csr_matrix:
        """Territories as they count when these profiles are compared with those of another kind."""
        if not covers_sides(self.kind, against):
            return self.region
        if against not in self._scales:
            self._scales[against] = np.array([coverage(item, against) for item in self.traits])
        return scale_rows(self.region, self._scales[against])

    def index(self, worth: Rarities, against: Kind) -> "ShortlistIndex":
        """These profiles as candidates for subjects of another kind."""
        # With the index comes the compiler of its loop, and where there are few profiles nobody needs it.
        from matching.shortlist import ShortlistIndex

        if self._indexes is None or self._indexes[0] is not worth:
            self._indexes = (worth, {})
        indexes, covers = self._indexes[1], covers_sides(self.kind, against)
        if covers not in indexes:
            parts, weigh = self._first_parts(worth, against), _weighed_letters(worth)
            of_before, before = self._indexes_before or (None, {})
            if of_before is worth and covers in before:
                indexes[covers] = before[covers].with_parts(parts)
            else:
                indexes[covers] = ShortlistIndex(parts, self.characters, weigh)
        return indexes[covers]

    def inner_parts(self, worth: Rarities, against: Kind) -> tuple[list[csr_matrix], csr_matrix]:
        """The blocks whose dot products are the parts region, sector, priority and the two halves of text, the last apart."""
        return self._first_parts(worth, against), self.letters(worth)

    def _first_parts(self, worth: Rarities, against: Kind) -> list[csr_matrix]:
        blocks = self.weighted(worth)
        return [self.covered(against), blocks.sector, self.priorities, blocks.concepts]

    def under(self, settings: RulesetSettings) -> "KindProfiles":
        """The same profiles, read under other settings; who asks for the same reading again meanwhile, gets the same."""
        before = self._under() if self._under else None
        if before is not None and not read_otherwise(before.settings, settings):
            return before
        other = KindProfiles(self.known, settings, self.columns)
        other.share(self)
        other._scales, other._letters = dict(self._scales), self._letters
        other._indexes_before, self._under = self._indexes or self._indexes_before, ref(other)
        if read_otherwise(settings, AS_BY_DEFAULT):
            other.plain = self.plain
        else:
            other.__dict__.pop("plain", None)
        return other

    def take_over(self, before: RawBlocks) -> None:
        """Put blocks together from those that there were before, also those that are read by default."""
        super().take_over(before)
        plain = before.__dict__.get("plain", before)
        if plain is not before:
            self.plain = self.under(AS_BY_DEFAULT)
            self.plain.take_over(plain)

    def rows(self, positions: Sequence[int]) -> "KindProfiles":
        """Some of these profiles, read anew."""
        return KindProfiles([self.known[position] for position in positions], self.settings, self.columns)

    def some(self, positions: NDArray[np.int64], worth: Rarities) -> "KindProfiles":
        """Some of these profiles, with their rows of the blocks that are there already."""
        few = self.rows(positions.tolist())
        blocks = self.weighted(worth)
        few.region, few.priorities = self.region[positions], self.priorities[positions]
        few._scales = {against: scale[positions] for against, scale in self._scales.items()}
        few._blocks = WeightedBlocks(worth, blocks.sector[positions], blocks.concepts[positions])
        few.characters = self.characters[positions]
        if self._letters is not None and self._letters[0] is worth:
            few._letters = worth, self._letters[1][positions]
        return few


def _weighed_letters(worth: Rarities) -> Callable[[csr_matrix], csr_matrix]:
    return partial(tfidf_normalize, worth=worth.characters, counts=DAMPENED)


class Profiles:
    """A collection of profiles of all kinds under one ruleset."""

    def __init__(self, settings: RulesetSettings) -> None:
        self.settings = settings
        self._known: dict[str, Known] = {}
        self._kinds: dict[Kind, KindProfiles] = {}
        self._before: dict[Kind, KindProfiles] = {}
        self._rarities: Rarities | None = None
        self._columns = Columns()

    def put(self, records: Iterable[Record]) -> Self:
        """Take in new or changed profiles, by key; raises ``ValueError`` for a record without key or kind."""
        return self._take(read(records))

    def drop(self, keys: Iterable[str]) -> Self:
        """Forget profiles; keys that are not known are passed over."""
        gone = [item for key in keys if (item := self._known.pop(key, None))]
        return self._outdated(item.traits.kind for item in gone)

    def under(self, settings: RulesetSettings) -> "Profiles":
        """The same profiles under another ruleset; what it does not change is shared."""
        other = Profiles(settings)
        other._known, other._columns = dict(self._known), self._columns
        if self.read_alike(settings):
            other._kinds, other._before = dict(self._kinds), dict(self._before)
            other._rarities = self._rarities
        else:
            other._kinds = {kind: found.under(settings) for kind, found in self._kinds.items()}
            if counted_alike(self.settings, settings):
                other._rarities = self._rarities
        return other

    def read_alike(self, settings: RulesetSettings) -> bool:
        """Whether another ruleset reads the same in every profile, and only weighs it differently."""
        return not read_otherwise(self.settings, settings)

    def of(self, kind: Kind) -> KindProfiles:
        """All profiles of one kind."""
        if kind not in self._kinds:
            keys = sorted(key for key, item in self._known.items() if item.traits.kind is kind)
            all_of_it = KindProfiles([self._known[key] for key in keys], self.settings, self._columns)
            if before := self._before.pop(kind, None):
                all_of_it.take_over(before)
            self._kinds[kind] = all_of_it
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
    def columns(self) -> Columns:
        """The columns of the blocks over places and territories."""
        return self._columns

    @property
    def rarities(self) -> Rarities:
        """What columns are worth over the profiles of all kinds."""
        if self._rarities is None:
            kinds = [self.of(kind) for kind in Kind]
            self._rarities = Rarities(
                sectors=idf([kind.sectors for kind in kinds]),
                concepts=idf([kind.concepts for kind in kinds]),
                characters=idf([kind.characters for kind in kinds]),
                words=idf([kind.words for kind in kinds]),
                regions=idf([kind.region for kind in kinds], len(self._columns.territories) + 1),
            )
        return self._rarities

    def _take(self, items: Sequence[Known]) -> Self:
        changed = [item.traits.kind for item in items]
        for item in items:
            if before := self._known.get(item.traits.key):
                changed.append(before.traits.kind)
            self._known[item.traits.key] = item
        return self._outdated(changed)

    def _outdated(self, kinds: Iterable[Kind]) -> Self:
        """Put together anew, when they are next asked for, the profiles of some kinds, and what depends on all."""
        for kind in set(kinds):
            self._rarities = None
            if kind in self._kinds:
                self._before[kind] = self._kinds.pop(kind)
        return self
