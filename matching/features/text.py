"""The text part: what profiles say in their own words, in whatever of the languages they say it.

Part of it compares character n-grams, which the Romance languages share; the rest compares concepts, whatever the
language.
"""

from collections.abc import Sequence
from functools import cache

import numpy as np
from scipy.sparse import csr_matrix

from matching.features.encoding import EncodedProfile
from matching.features.text_counts import CHARACTER_COLUMNS, WORD_COLUMNS, concept_columns
from matching.features.vectorizer import FeatureNames, ProfileVectorizer, numbered_names
from matching.sparse.matrices import SparseRow, stack_rows
from schemas.sectors import sectors_of


class CharacterVectorizer(ProfileVectorizer):
    """How often each n-gram of two to four letters occurs in the texts of a profile; columns are hashes.

    Examples
    --------
    >>> from matching import CharacterVectorizer
    >>> counts = CharacterVectorizer().fit_transform([{"kind": "project", "key": "wells", "name": "Puits"}])
    >>> counts.shape, counts.nnz
    ((1, 262144), 15)
    """

    is_count = True

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × :data:`CHARACTER_COLUMNS`."""
        return stack_rows([profile.vectors.characters for profile in profiles], CHARACTER_COLUMNS)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The numbers of the hashes."""
        return numbered_names("character_ngram", CHARACTER_COLUMNS)


class WordVectorizer(ProfileVectorizer):
    """How often each word occurs in the texts of a profile; columns are hashes."""

    is_count = True

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × :data:`WORD_COLUMNS`."""
        return stack_rows([profile.vectors.words for profile in profiles], WORD_COLUMNS)

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The numbers of the hashes."""
        return numbered_names("word", WORD_COLUMNS)


class TitleVectorizer(WordVectorizer):
    """How often each word occurs in the name of a profile; the columns are those of :class:`WordVectorizer`."""

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × :data:`WORD_COLUMNS`."""
        return stack_rows([profile.vectors.title for profile in profiles], WORD_COLUMNS)


class ConceptVectorizer(ProfileVectorizer):
    """The concepts that the texts of a profile mention: 1 + the logarithm of how often.

    Examples
    --------
    >>> from matching import ConceptVectorizer
    >>> vectorizer = ConceptVectorizer()
    >>> mentions = vectorizer.fit_transform([{"kind": "project", "key": "wells", "name": "Une école pour Mahdia"}])
    >>> vectorizer.get_feature_names_out()[mentions.indices].tolist()
    ['school']
    """

    def rows(self, profiles: Sequence[EncodedProfile]) -> csr_matrix:
        """Profiles × concepts."""
        return stack_rows([profile.vectors.concepts for profile in profiles], len(concept_columns()))

    def get_feature_names_out(self, _input_features: object = None) -> FeatureNames:
        """The names of the concepts."""
        return np.array(_names(), object)


def shared_concepts(one: SparseRow, other: SparseRow) -> tuple[str, ...]:
    """The sectors of what two profiles both speak of, the most frequent first; none that only holds the rest."""
    mine, theirs = (dict(zip(row.columns.tolist(), row.values.tolist(), strict=True)) for row in (one, other))
    common = sorted((-min(value, theirs[at]), at) for at, value in mine.items() if at in theirs)
    return sectors_of(_names()[at] for _, at in common)


@cache
def _names() -> tuple[str, ...]:
    return tuple(concept_columns())
