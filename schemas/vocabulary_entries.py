"""Entries of a vocabulary: a stable key, and in each language a name and the everyday words that find it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Self

from schemas.language import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class VocabularyEntry:
    """A key with its names and its everyday words."""

    key: str
    names: Mapping[Language, str]
    words: Mapping[Language, tuple[str, ...]]

    def labels(self) -> Iterator[str]:
        """Everything that it is called, in all languages."""
        for language in Language:
            yield self.names[language]
            yield from self.words[language]

    @classmethod
    def read(cls, entry: Mapping[str, Any], **more: Any) -> Self:
        """An entry as it stands in a file: of each language first the name, then the words."""
        return cls(
            key=entry["key"],
            names={language: entry[language][0] for language in Language},
            words={language: tuple(entry[language][1:]) for language in Language},
            **more,
        )
