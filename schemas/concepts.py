"""What the field speaks of, in everyday words of five languages; each concept is tied to a sector where it has one."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from schemas.csv_files import read_csv
from schemas.text_folding import fold

SOURCES = (
    "acts-and-things.csv",
    "economy-and-places.csv",
    "everyday.csv",
    "land-water-and-energy.csv",
    "learning-and-health.csv",
    "people-and-rights.csv",
)
ANY_ENDING = "*"
SHORTEST_STEM = 2
FUNCTION_WORD_MARGIN = 2
"""By how few words such as "the" and "of" a language may lag behind another and still be that of a line."""
Pattern = tuple[str, ...]
"""The words of an expression, folded; one that ends in ``*`` stands for all words that begin so."""


@dataclass(frozen=True, slots=True)
class Concept:
    """A stable key, the DAC code of its sector (if it has one) and its expressions by language (ISO 639-1)."""

    key: str
    sector: str | None
    expressions: Mapping[str, tuple[Pattern, ...]]


@cache
def concepts() -> Mapping[str, Concept]:
    """All concepts by key (wording ours; sectors as in :mod:`schemas.sectors`)."""
    return {concept.key: concept for concept in _read()}


def _read() -> Iterator[Concept]:
    for source in SOURCES:
        for row in read_csv("schemas", "vocabularies", "concepts", source):
            yield Concept(
                key=row["concept"],
                sector=row["sector"] or None,
                expressions={language: _patterns(row[language]) for language in languages()},
            )


def _patterns(cell: str) -> tuple[Pattern, ...]:
    return tuple(tuple(_pattern_words(expression)) for expression in cell.split("|"))


def _pattern_words(expression: str) -> Iterator[str]:
    for part in expression.split():
        *whole, last = fold(part).split()
        yield from whole
        yield last + ANY_ENDING if part.endswith(ANY_ENDING) else last


@cache
def _function_words() -> Mapping[str, frozenset[str]]:
    rows = read_csv("schemas", "vocabularies", "function-words.csv")
    return {row["language"]: frozenset(fold(word) for word in row["words"].split("|")) for row in rows}


@cache
def function_words() -> frozenset[str]:
    """The small words of all languages, folded, that every text has whatever it speaks of."""
    return frozenset().union(*_function_words().values())


def languages() -> tuple[str, ...]:
    """The languages (ISO 639-1) whose words are known."""
    return tuple(_function_words())


class Mention(NamedTuple):
    """Words of a text, folded, that speak of a concept; ``at`` counts the words before them."""

    at: int
    concept: str
    words: str


def concepts_in(text: str) -> Counter[str]:
    """How often each concept is spoken of, by key, in a text that may change its language from line to line."""
    return Counter(mention.concept for mention in mentions_in(text))


def mentions_in(text: str) -> list[Mention]:
    """What a text speaks of, and in which words, line by line."""
    return [mention for line in text.splitlines() for mention in _line(line.strip())]


@lru_cache(maxsize=256)
def _line(line: str) -> tuple[Mention, ...]:
    """What one line says; what a profile offers and needs is read by itself and again among its texts."""
    return tuple(_mentions(fold(line).split()))


def _mentions(said: Sequence[str]) -> list[Mention]:
    """What a line says in the language that explains most of its words; in several, if they do equally."""
    known = {language: sum(map(words.__contains__, said)) for language, words in _function_words().items()}
    least = max(known.values()) - FUNCTION_WORD_MARGIN
    likely = [language for language, count in known.items() if count >= least]
    if len(likely) == 1:
        return list(_reading(likely[0], said))
    readings = {language: list(_reading(language, said)) for language in likely}
    explained = {
        language: known[language] + sum(mention.words.count(" ") + 1 for mention in readings[language])
        for language in likely
    }
    most = max(explained.values())
    return list(
        dict.fromkeys(
            mention for language in likely if explained[language] == most for mention in readings[language]
        )
    )


def _reading(language: str, said: Sequence[str]) -> Iterator[Mention]:
    """What a line says, read in one language."""
    at = 0
    while at < len(said):
        for pattern, keys in _beginning_with(language, said[at]):
            words = said[at : at + len(pattern)]
            if _is_said(pattern, words):
                yield from (Mention(at, key, " ".join(words)) for key in keys)
                at += len(pattern)
                break
        else:
            at += 1


def _is_said(pattern: Pattern, said: Sequence[str]) -> bool:
    return len(pattern) == len(said) and all(map(_matches, pattern, said))


def _matches(pattern: str, word: str) -> bool:
    return word.startswith(pattern[:-1]) if pattern.endswith(ANY_ENDING) else word == pattern


@lru_cache(maxsize=200_000)
def _beginning_with(language: str, word: str) -> tuple[tuple[Pattern, tuple[str, ...]], ...]:
    """The expressions that may begin with a word, the longest first, with the keys of their concepts."""
    lexicon = _lexicon()[language]
    firsts = [word, *(word[:end] + ANY_ENDING for end in range(SHORTEST_STEM, len(word) + 1))]
    found = [item for first in firsts for item in lexicon.get(first, {}).items()]
    return tuple(sorted(found, key=lambda item: (-len(item[0]), -len("".join(item[0])))))


@cache
def _lexicon() -> Mapping[str, Mapping[str, Mapping[Pattern, tuple[str, ...]]]]:
    """By language and first word, the expressions and the keys of their concepts."""
    found: dict[str, dict[str, dict[Pattern, tuple[str, ...]]]] = {language: {} for language in languages()}
    for concept in concepts().values():
        for language, patterns in concept.expressions.items():
            for pattern in patterns:
                keys = found[language].setdefault(pattern[0], {})
                keys[pattern] = (*keys.get(pattern, ()), concept.key)
    return found
