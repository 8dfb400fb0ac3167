"""Sentences of the field, each said in five languages: what one says, the others say in their own words.

Written for Passerelle, not translated word for word. Two thirds serve to see what the vocabulary lacks; the last
third is for measuring only.
"""

from collections.abc import Mapping, Sequence

from schemas.csv_files import read_csv

Said = Mapping[str, str]
"""One sentence by language (ISO 639-1)."""

EVERY_THIRD = 3


def sentences() -> Sequence[Said]:
    """All sentences, in order."""
    return read_csv("seed", "parallel_sentences.csv")


def is_for_measuring(number: int) -> bool:
    """Whether a sentence, by its position, belongs to the third that is kept unseen while the vocabulary grows."""
    return number % EVERY_THIRD == EVERY_THIRD - 1
