"""Sentences of the field, each said in five languages: what one says, the others say in their own words.

Written for Passerelle, not translated word for word. Two thirds serve to see what the vocabulary lacks; the last
third is for measuring only.
"""

import csv
from collections.abc import Mapping
from importlib.resources import files

Said = Mapping[str, str]
"""One sentence by language (ISO 639-1)."""

EVERY_THIRD = 3


def sentences() -> list[Said]:
    """All sentences, in order."""
    table = files("seed") / "parallel_sentences.csv"
    return list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))


def is_for_measuring(number: int) -> bool:
    """Whether a sentence, by its position, belongs to the third that is kept unseen while the vocabulary grows."""
    return number % EVERY_THIRD == EVERY_THIRD - 1
