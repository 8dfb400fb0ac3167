"""What is counted in texts: character n-grams, words, and concepts, which are the same in every language."""

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

_characters = HashingVectorizer(
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
    """How often each n-gram of two to four letters occurs in the words of each text."""
    return _rows(_characters, texts)


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
    """The concepts that a profile mentions, by column: 1 + the logarithm of how often."""
    mentioned = concepts_in(traits.text)
    return {concept_columns()[key]: 1 + float(np.log(times)) for key, times in mentioned.items()}


@cache
def concept_columns() -> Mapping[str, int]:
    """The column of each concept; the vocabulary is fixed, so the columns are."""
    return {key: position for position, key in enumerate(sorted(concepts()))}
