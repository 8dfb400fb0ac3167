"""What programmes and documented practices do: names and everyday words in four languages."""

from collections.abc import Mapping
from functools import cache

from schemas.vocabulary_entries import VocabularyEntry
from schemas.yaml_files import read_yaml


@cache
def mechanisms() -> Mapping[str, VocabularyEntry]:
    """All mechanisms by key (source: the kinds of the condensed report of the JMDI; wording ours)."""
    entries = map(VocabularyEntry.read, read_yaml("schemas", "vocabularies", "mechanisms.yaml"))
    return {entry.key: entry for entry in entries}
