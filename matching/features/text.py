"""The text part: what profiles say in their own words, in whatever of the languages they say it.

Part of it compares beginnings, middles and ends of words (two to four letters, accents stripped), which
the Romance languages share; the rest compares what the words stand for, whatever the language.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import HashingVectorizer

from matching.features.records import Traits
from matching.sparse.matrices import SparseRow
from schemas.concepts import concepts, concepts_in
from schemas.text_folding import fold

CHARACTER_COLUMNS = 2**18
WORD_COLUMNS = 2**18
MAX_COUNT = 255
"""How often something is counted in one text; counts are kept in a byte, for there are very many."""
SUBLINEAR_TF = 1 + np.log(np.maximum(np.arange(MAX_COUNT + 1), 1))
"""What counts are worth: what occurs often counts more, but by the logarithm only."""

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


def character_rows(texts: Sequence[str]) -> list[SparseRow]:
    """How often each group of letters occurs in each text."""
    return _rows(_counter, texts)


def word_rows(texts: Sequence[str]) -> list[SparseRow]:
    """How often each word occurs in each text."""
    return _rows(_words, texts)


def _rows(counter: HashingVectorizer, texts: Sequence[str]) -> list[SparseRow]:
    if not texts:
        return []
    counts: csr_matrix = counter.transform(texts)
    times = np.minimum(counts.data, MAX_COUNT).astype(np.uint8)
    columns = counts.indices.astype(np.int32)
    spans = zip(counts.indptr[:-1], counts.indptr[1:], strict=True)
    return [SparseRow(columns[start:end], times[start:end]) for start, end in spans]


def concept_values(traits: Traits) -> dict[int, float]:
    """What a profile speaks of, by column, before rarity; what is said often counts more, by the logarithm only."""
    spoken_of = concepts_in(traits.text)
    return {concept_columns()[key]: 1 + float(np.log(times)) for key, times in spoken_of.items()}


@cache
def concept_columns() -> Mapping[str, int]:
    """The column of each concept; the vocabulary is fixed, so the columns are."""
    return {key: position for position, key in enumerate(sorted(concepts()))}


def shared_concepts(one: SparseRow, other: SparseRow) -> tuple[str, ...]:
    """The sectors of what two profiles both speak of, the most frequent first."""
    mine, theirs = (dict(zip(row.columns.tolist(), row.values.tolist(), strict=True)) for row in (one, other))
    common = sorted((-min(value, theirs[at]), at) for at, value in mine.items() if at in theirs)
    sectors = (concepts()[_keys()[at]].sector for _, at in common)
    return tuple(dict.fromkeys(code for code in sectors if code is not None))


@cache
def _keys() -> tuple[str, ...]:
    return tuple(concept_columns())
