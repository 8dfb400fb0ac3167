"""Sectors: the DAC tree of categories (three digits) and purposes (five digits), and the words that find them."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from schemas.concepts import concepts, mentions_in
from schemas.language import Language
from schemas.text_folding import fold
from schemas.vocabulary_entries import VocabularyEntry
from schemas.yaml_files import read_yaml

SECTOR_FILES = ("sectors-categories.yaml", "sectors-social.yaml", "sectors-economic.yaml")
CATCH_ALL = frozenset({"160", "430", "43010", "530", "998"})
"""What holds the rest ("other multisector"): two who have it in common have nothing in common. Purposes in it count by themselves."""
DAC_CODE = re.compile("[0-9]{3}([0-9]{2})?")
LONGEST_WITH_ONE_EDIT = 5
"""Up to so many letters one of them may be wrong, in longer words two."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector(VocabularyEntry):
    """A category or purpose with its DAC code and its category's."""

    code: str
    parent: str | None


@cache
def sectors() -> Mapping[str, Sector]:
    """All sectors by code, categories first (source: OECD DAC list of CRS purpose codes; wording ours)."""
    return {sector.code: sector for sector in _read()}


def _read() -> Iterator[Sector]:
    for source in SECTOR_FILES:
        for entry in read_yaml("schemas", "vocabularies", source):
            yield Sector.read(
                entry, code=entry["code"], parent=entry["code"][:3] if len(entry["code"]) == 5 else None
            )


def ancestors(code: str) -> tuple[str, ...]:
    """A sector's category and the sector itself, from the root down."""
    parent = sectors()[code].parent
    return (parent, code) if parent else (code,)


def resolve_sector(given: str) -> str | None:
    """The code that a DAC code, a key, or a name, word or expression in any language stands for.

    A purpose that is not among ours falls back to its category, a heading or a code given up to what it is counted as.
    ``None`` where nothing is found, or more than one sector may be meant.
    """
    said = given.strip()
    if DAC_CODE.fullmatch(said):
        now = (_former().get(code, code) for code in (said, said[:3]))
        return next((code for code in now if code in sectors()), None)
    folded = fold(said)
    if folded in _homonyms():
        return None
    return _labels().get(folded) or _words().get(folded) or _only(sectors_spoken_of(said))


def _only(codes: Iterable[str]) -> str | None:
    """The one code, or the purpose beside its category."""
    found = set(codes)
    deepest = found - {sectors()[code].parent for code in found}
    return deepest.pop() if len(deepest) == 1 else None


def sectors_spoken_of(text: str) -> list[str]:
    """The sectors that the words of a text stand for, most words first."""
    spoken = (concepts()[mention.concept].sector for mention in mentions_in(text))
    return [code for code, _ in Counter(code for code in spoken if code).most_common()]


def sectors_of(mentioned: Iterable[str]) -> tuple[str, ...]:
    """The sectors of some concepts, each once; none that only holds the rest."""
    found = (concepts()[key].sector for key in mentioned)
    return tuple(dict.fromkeys(code for code in found if code and code not in CATCH_ALL))


@cache
def _homonyms() -> Mapping[str, Sequence[str]]:
    """Words that stand for several sectors, folded, with the codes of all of them."""
    return dict(read_yaml("schemas", "vocabularies", "homonyms.yaml"))


@cache
def _former() -> Mapping[str, str]:
    """Codes that are not among ours, with the code of what they are counted as (source: OECD DAC)."""
    return dict(read_yaml("schemas", "vocabularies", "sectors-former.yaml"))


@cache
def _labels() -> Mapping[str, str]:
    """Keys and names, folded, with the code they name."""
    return _first_by_text(
        (label, each) for each in sectors().values() for label in (each.key, *each.names.values())
    )


@cache
def _words() -> Mapping[str, str]:
    """Everyday words, folded, with the code they find; of two codes the more precise one."""
    return _first_by_text(
        (word, each) for each in _precise_first() for words in each.words.values() for word in words
    )


def _precise_first() -> Sequence[Sector]:
    return sorted(sectors().values(), key=lambda sector: -len(sector.code))


def _first_by_text(named: Iterable[tuple[str, Sector]]) -> Mapping[str, str]:
    """By text, folded, the code of the first sector that it names."""
    found: dict[str, str] = {}
    for text, sector in named:
        found.setdefault(fold(text), sector.code)
    return found


def search_sectors(query: str, language: Language, limit: int) -> list[Sector]:
    """Sectors that a query finds, best first: by code, name, everyday word, beginning of a word, what it speaks of, misspelling."""
    folded = fold(query)
    if not folded:
        return []
    ranked = {code: rank for code in sectors() if (rank := _rank(code, folded, language)) is not None}
    best = sorted(ranked, key=lambda code: (ranked[code], code))
    found = (
        [*_homonyms().get(folded, ()), *best]
        or sectors_spoken_of(query)
        or _misspelt(folded, language, limit)
    )
    return [sectors()[code] for code in dict.fromkeys(found)][:limit]


def _rank(code: str, folded: str, language: Language) -> int | None:
    sector = sectors()[code]
    if code.startswith(folded):
        return 0
    name = fold(sector.names[language])
    if folded in (name, fold(sector.key)):
        return 1
    phrases = _phrases(code)
    if folded in phrases:
        return 2
    if any(f" {folded}" in f" {phrase}" for phrase in phrases):
        return 3 if f" {folded}" in f" {name}" else 4
    return None


@cache
def _phrases(code: str) -> frozenset[str]:
    sector = sectors()[code]
    return frozenset(fold(text) for text in (sector.key, *sector.labels()))


def _misspelt(folded: str, language: Language, limit: int) -> list[str]:
    """The sectors of a language's words that begin alike and are few edits away, as Lucene's ``AUTO`` fuzziness has it."""
    edits = 1 if len(folded) <= LONGEST_WITH_ONE_EDIT else 2
    alike = [word for word in _finders(language) if word[0] == folded[0]]
    near = process.extract(
        folded, alike, scorer=DamerauLevenshtein.distance, limit=3 * limit, score_cutoff=edits
    )
    return list(dict.fromkeys(_finders(language)[word] for word, _, _ in near))


@cache
def _finders(language: Language) -> Mapping[str, str]:
    """The names and words of a language, and the keys, folded, with the code they find."""
    return _first_by_text(
        (text, each)
        for each in _precise_first()
        for text in (each.key, each.names[language], *each.words[language])
    )
