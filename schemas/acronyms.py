"""Organisations and countries that are known by letters which differ from language to language: IOM, OIM."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from schemas.csv_files import read_csv
from schemas.text_folding import fold

CAPITALS = re.compile(r"\b[A-Z]{2,6}s?\b")


@dataclass(frozen=True, slots=True)
class FullName:
    """Words of a text that are a full name, and the key of what has it; ``end`` is behind the last of them."""

    begin: int
    end: int
    key: str


@cache
def _keys_of_acronyms() -> Mapping[str, str]:
    return {acronym: row["key"] for row in _rows() for acronym in row["acronyms"].split("|")}


@cache
def _keys_of_folded_acronyms() -> Mapping[str, str]:
    return {fold(acronym): key for acronym, key in _keys_of_acronyms().items()}


@cache
def _full_names() -> Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]:
    """Full names in words with their keys, by the first word, the longest first."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for row in _rows():
        for name in row["names"].split("|"):
            words = tuple(fold(name).split())
            found.setdefault(words[0], []).append((words, row["key"]))
    return {first: tuple(sorted(names, key=lambda item: -len(item[0]))) for first, names in found.items()}


@cache
def _rows() -> list[dict[str, str]]:
    return read_csv("schemas", "vocabularies", "acronyms.csv")


def key_of_acronym(word: str) -> str | None:
    """What these letters stand for, in whatever case."""
    return _keys_of_folded_acronyms().get(fold(word))


def acronyms_in(text: str) -> Iterator[str]:
    """The keys of the acronyms in a text; only capitals count, for "un" and "oil" are words."""
    for found in CAPITALS.finditer(text):
        if key := _keys_of_acronyms().get(found.group()):
            yield key


def full_names_in(words: Sequence[str]) -> Iterator[FullName]:
    """The full names in a text, given as its folded words."""
    for begin, word in enumerate(words):
        for name, key in _full_names().get(word, ()):
            if tuple(words[begin : begin + len(name)]) == name:
                yield FullName(begin, begin + len(name), key)
                break
