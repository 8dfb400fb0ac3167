"""Sectors: the DAC tree of categories (three digits) and purposes (five digits), and the words that find them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from rapidfuzz import fuzz, process

from schemas.language import Language
from schemas.text_folding import fold
from schemas.vocabulary_entries import VocabularyEntry
from schemas.yaml_files import read_yaml

SECTOR_FILES = ("sectors-categories.yaml", "sectors-social.yaml", "sectors-economic.yaml")
DAC_CODE = re.compile(r"\d{3}(\d{2})?")
SPELLING_TOLERANCE = 82
"""How alike (0 to 100) a misspelt word must be to a known one to be taken for it."""


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
    """The code that a DAC code, a key, or a name or word in any language stands for.

    A purpose that is not among ours falls back to its category, a heading or a code given up to what it is counted as.
    """
    said = given.strip()
    if DAC_CODE.fullmatch(said):
        now = (_former().get(code, code) for code in (said, said[:3]))
        return next((code for code in now if code in sectors()), None)
    folded = fold(said)
    return _labels().get(folded) or _words().get(folded)


@cache
def _former() -> Mapping[str, str]:
    """Codes that are not among ours, with the code of what they are counted as (source: OECD DAC)."""
    return dict(read_yaml("schemas", "vocabularies", "sectors-former.yaml"))


@cache
def _labels() -> Mapping[str, str]:
    """Keys and names, folded, with the code they name."""
    found: dict[str, str] = {}
    for sector in sectors().values():
        for label in (sector.key, *sector.names.values()):
            found.setdefault(fold(label), sector.code)
    return found


@cache
def _words() -> Mapping[str, str]:
    """Everyday words, folded, with the code they find; of two codes the more precise one."""
    found: dict[str, str] = {}
    for sector in sorted(sectors().values(), key=lambda sector: -len(sector.code)):
        for words in sector.words.values():
            for word in words:
                found.setdefault(fold(word), sector.code)
    return found


def search_sectors(query: str, language: Language, limit: int) -> list[Sector]:
    """Sectors that a query finds, best first: by code, name, everyday word, beginning of a word, misspelling."""
    folded = fold(query)
    if not folded:
        return []
    ranked = {code: rank for code in sectors() if (rank := _rank(code, folded, language)) is not None}
    best = sorted(ranked, key=lambda code: (ranked[code], code))
    return [sectors()[code] for code in (best or _misspelt(folded, limit))[:limit]]


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


def _misspelt(folded: str, limit: int) -> list[str]:
    near = process.extract(
        folded, list(_finders()), scorer=fuzz.ratio, limit=3 * limit, score_cutoff=SPELLING_TOLERANCE
    )
    return list(dict.fromkeys(_finders()[word] for word, _, _ in near))


@cache
def _finders() -> Mapping[str, str]:
    return {**_words(), **_labels()}
