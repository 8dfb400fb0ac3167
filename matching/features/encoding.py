"""One profile as the model stores it: its record, what was read in it, and the vectors that no ruleset changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from matching.features.records import Side, Traits, read_traits
from matching.features.text_counts import character_rows, concept_values, word_rows
from matching.sparse.matrices import SparseRow
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
    """A record, its traits, its text vectors, and the countries of its territories by side."""

    record: Record
    traits: Traits
    vectors: TextVectors
    countries: CountriesBySide


def encode_profiles(records: Iterable[Record]) -> list[EncodedProfile]:
    """The records, encoded, in order; raises ``ValueError`` for one without a key or a known kind."""
    given = list(records)
    traits = [read_traits(record) for record in given]
    texts = [item.text for item in traits]
    rows = zip(character_rows(texts), word_rows(texts), word_rows([t.name for t in traits]), strict=True)
    return [
        EncodedProfile(
            record,
            item,
            TextVectors(characters, SparseRow.of(concept_values(item)), words, title),
            _countries(item),
        )
        for record, item, (characters, words, title) in zip(given, traits, rows, strict=True)
    ]


def _countries(traits: Traits) -> CountriesBySide:
    return _interned(frozenset((side, path[0]) for side, path in traits.located()))


@cache
def _interned(countries: CountriesBySide) -> CountriesBySide:
    """One object for all that are equal: very many are."""
    return countries
