"""The text part: what profiles say in their own words, in whatever of the languages they say it.

Half of it compares beginnings, middles and ends of words (two to four letters, accents stripped), which
the Romance languages share; half compares the sectors that the words stand for in four languages.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from matching.features.sector import sector_columns
from matching.rows import Row, with_values
from matching.traits import Traits
from schemas.sectors import concepts_in
from schemas.text_folding import fold

CHARACTER_COLUMNS = 2**18
WORD_COLUMNS = 2**18
MOST_TIMES = 255
"""How often something is counted in one text; counts are kept in a byte, for there are very many."""
_DAMPENED = 1 + np.log(np.maximum(np.arange(MOST_TIMES + 1), 1))
CHARACTERS_SHARE = 0.5
"""How much of the text part is likeness of words; the rest is likeness of what they stand for."""

_counter = HashingVectorizer(
    analyzer="char_wb",
    ngram_range=(2, 4),
    n_features=CHARACTER_COLUMNS,
    preprocessor=fold,
    alternate_sign=False,
    norm=None,
)


def words(text: str) -> list[str]:
    """The words of a text, without case and accents."""
    return fold(text).split()


_words = HashingVectorizer(analyzer=words, n_features=WORD_COLUMNS, alternate_sign=False, norm=None)


def character_rows(texts: Sequence[str]) -> list[Row]:
    """How often each group of letters occurs in each text."""
    return _rows(_counter, texts)


def word_rows(texts: Sequence[str]) -> list[Row]:
    """How often each word occurs in each text."""
    return _rows(_words, texts)


def _rows(counter: HashingVectorizer, texts: Sequence[str]) -> list[Row]:
    if not texts:
        return []
    counts: csr_matrix = counter.transform(texts)
    times = np.minimum(counts.data, MOST_TIMES).astype(np.uint8)
    columns = counts.indices.astype(np.int32)
    spans = zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    return [Row(columns[start:end], times[start:end]) for start, end in spans]


def dampened(counts: csr_matrix) -> csr_matrix:
    """What occurs often counts more, but by the logarithm only."""
    return with_values(counts, _DAMPENED[counts.data])


def concept_values(traits: Traits) -> dict[int, float]:
    """The sectors that a profile's words stand for, by column, before rarity."""
    return {sector_columns()[code]: value for code, value in concepts_in(traits.text).items()}


def shared_concepts(one: Row, other: Row) -> tuple[str, ...]:
    """The sectors that the words of two profiles stand for, the most frequent first."""
    mine, theirs = (dict(zip(row.columns.tolist(), row.values.tolist(), strict=True)) for row in (one, other))
    common = sorted((-min(value, theirs[at]), at) for at, value in mine.items() if at in theirs)
    return tuple(_codes()[at] for _, at in common)


@cache
def _codes() -> tuple[str, ...]:
    return tuple(sector_columns())
