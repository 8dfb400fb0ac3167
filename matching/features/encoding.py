"""One profile as the model stores it: its record, what was read in it, and the vectors that no ruleset changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from matching.features.records import Side, Traits, read_traits
from matching.features.text_counts import character_rows, concept_values, word_rows
from matching.sparse.matrices import SparseRow
from schemas.kinds import Kind
from schemas.records import Record

CountriesBySide = frozenset[tuple[Side, str]]


@dataclass(frozen=True, slots=True)
class TextVectors:
    """Counts of a profile's texts before any weighting.

    ``characters``, ``concepts`` and ``words`` are of all its texts, ``title`` is the words of its name.
    """

    characters: SparseRow
    concepts: SparseRow
    words: SparseRow
    title: SparseRow


@dataclass(frozen=True, slots=True)
class EncodedProfile:
    """A record, its traits and its text vectors.

    ``countries`` are those of its territories, by side. Of an authority, ``jurisdiction`` is its level of government and
    its territory, equal for all who govern the same, where both are known; and ``only_side`` the side of corridors on
    which it stands, where that is one.
    """

    record: Record
    traits: Traits
    vectors: TextVectors
    countries: CountriesBySide
    jurisdiction: str | None
    only_side: Side | None


def encode_profiles(records: Iterable[Record]) -> list[EncodedProfile]:
    """The records, encoded, in order; raises ``ValueError`` for one without a key or a known kind."""
    given = list(records)
    # One profile after the other, so that what it offers and needs is still in sight when its concepts are counted.
    read = [(item, SparseRow.of(concept_values(item))) for item in map(read_traits, given)]
    traits = [item for item, _ in read]
    texts = [item.text for item in traits]
    rows = zip(character_rows(texts), word_rows(texts), word_rows([t.name for t in traits]), strict=True)
    return [
        EncodedProfile(
            record,
            item,
            TextVectors(characters, concepts, words, title),
            _countries(item),
            _jurisdiction(record, item),
            _only_side(item),
        )
        for record, (item, concepts), (characters, words, title) in zip(given, read, rows, strict=True)
    ]


def _countries(traits: Traits) -> CountriesBySide:
    return _interned(frozenset((side, path[0]) for side, path in traits.located()))


def _jurisdiction(record: Record, traits: Traits) -> str | None:
    level, places = record.get("level"), [f"{side}={'>'.join(path)}" for side, path in traits.located()]
    if traits.kind is not Kind.AUTHORITY or not level or not places:
        return None
    return " ".join([str(level), *sorted(places)])


def _only_side(traits: Traits) -> Side | None:
    sides = traits.shown_sides()
    return sides[0] if traits.kind is Kind.AUTHORITY and len(sides) == 1 else None


@cache
def _interned(countries: CountriesBySide) -> CountriesBySide:
    """One object for all that are equal: very many are."""
    return countries
