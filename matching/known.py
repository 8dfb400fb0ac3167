"""One profile as the model keeps it: its record, and what was read in it, once, when it was put in."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from matching.features.text import character_rows, concept_values, word_rows
from matching.sparse.matrices import SparseRow
from matching.traits import SIDES, Record, Side, Traits, read_traits

Countries = frozenset[tuple[Side, str]]


@dataclass(frozen=True, slots=True)
class Words:
    """The rows of a profile that no ruleset changes: of all its texts, and the words of its name."""

    characters: SparseRow
    concepts: SparseRow
    words: SparseRow
    title: SparseRow


@dataclass(frozen=True, slots=True)
class Known:
    """One profile: its record, what was read in it, and its words."""

    record: Record
    traits: Traits
    words: Words
    countries: Countries
    """Those of its territories, by side."""


def read(records: Iterable[Record]) -> list[Known]:
    """What records say; raises ``ValueError`` for one without key or kind."""
    given = list(records)
    traits = [read_traits(record) for record in given]
    texts = [item.text for item in traits]
    rows = zip(character_rows(texts), word_rows(texts), word_rows([t.name for t in traits]), strict=True)
    return [
        Known(
            record,
            item,
            Words(characters, SparseRow.of(concept_values(item)), words, title),
            _countries(item),
        )
        for record, item, (characters, words, title) in zip(given, traits, rows, strict=True)
    ]


def _countries(traits: Traits) -> Countries:
    return _one(frozenset((side, path[0]) for side in SIDES for path in traits.places[side]))


@cache
def _one(countries: Countries) -> Countries:
    """One object for all that are equal: very many are."""
    return countries
