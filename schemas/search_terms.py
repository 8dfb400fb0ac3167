"""Texts as search terms: what a text is indexed by, and what a query asks for.

A term is a folded word (:func:`schemas.text_folding.fold`), a compound written as one word (``d'Ivoire`` is also
``divoire``), a matching ratio (``tres por uno`` is also ``3x1``), a concept of the field in any of its languages
(:mod:`schemas.concepts`) or an organisation by its acronym or its name (:mod:`schemas.acronyms`).
"""

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, pairwise

from schemas.acronyms import acronyms_in, full_names_in, key_of_acronym
from schemas.concepts import concepts, function_words, mentions_in
from schemas.text_folding import fold

LONGEST_QUERY = 12
"""How many words of a query count."""
SHORTEST_WITHOUT_ENDING = 4
COMPOUND = re.compile(r"[^\W_]+(?:['’ʼ‐‑.-][^\W_]+)+")
ENDING = re.compile(r"(?:ies|es|as|os|[aeiosx])$")
"""What number and gender change at the end of a word in our four languages."""
KEY_TERM = "zz{what}{key}zz"
"""The term of a concept, an organisation or a territory: no word, and no beginning of another key's term."""
NUMBERS = {
    word: str(number)
    for number, words in enumerate(
        (
            "un une uno una one",
            "deux dos due two",
            "trois tres tre three",
            "quatre cuatro quattro four",
            "cinq cinco cinque five",
        ),
        start=1,
    )
    for word in words.split()
}
"""The numbers of which matching ratios are made, in words of our four languages."""
RATIO_WORDS = frozenset(("x", "por", "pour", "per", "for"))


@dataclass(frozen=True, slots=True)
class Span:
    """Words of a text that one term stands for as well; ``end`` is behind the last of them.

    A term that ``replaces`` its words is indexed however they are written: they need not be looked for.
    """

    begin: int
    end: int
    term: str
    replaces: bool = False


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """What a text must have: all of one of these sets of terms, each as a term or the beginning of one."""

    alternatives: tuple[tuple[str, ...], ...]

    def found_in(self, terms: Sequence[str]) -> bool:
        """Whether a text that is indexed by these terms has it; they must be sorted."""
        return any(all(_begins_one(wanted, terms) for wanted in every) for every in self.alternatives)


def _begins_one(beginning: str, terms: Sequence[str]) -> bool:
    at = bisect_left(terms, beginning)
    return at < len(terms) and terms[at].startswith(beginning)


def index_terms(text: str) -> list[str]:
    """The terms by which a text is found, each once; its lines may be in different languages."""
    plain = "\n".join(map(_spaced, text.splitlines()))
    return list(dict.fromkeys((*_terms_of_words(plain), *(span.term for span in _concepts(plain)))))


def _terms_of_words(plain: str) -> Iterator[str]:
    """The terms of a text apart from what it speaks of."""
    words = fold(plain).split()
    spans = (span.term for span in _spans(plain, words))
    acronyms = (_key_term("organisation", key) for key in acronyms_in(plain))
    # A query may have joined no more of a compound than two neighbours.
    joined = (one + other for parts in _compounds(plain) for one, other in pairwise(parts))
    return chain(words, spans, acronyms, joined)


def name_terms(name: str) -> list[str]:
    """The terms by which the bearer of a name is found; also two words of it written as one (``ExtraBanca``)."""
    return list(dict.fromkeys((*index_terms(name), *map("".join, pairwise(fold(name).split())))))


@lru_cache(maxsize=100_000)
def label_terms(label: str) -> tuple[str, ...]:
    """The terms by which the name of a sector is found, or a word for it, remembered because they come again."""
    return tuple(index_terms(label))


@lru_cache(maxsize=100_000)
def place_terms(name: str) -> tuple[str, ...]:
    """The terms by which the name of a place is found: no concepts, for Sierra Leone has nothing to do with animals."""
    return tuple(dict.fromkeys(_terms_of_words(_spaced(name))))


def territory_term(code: str) -> str:
    """The term by which everything is found that is or lies in a territory."""
    return _key_term("territory", code)


def query_words(query: str) -> list[str]:
    """The folded words of a query that count."""
    return fold(_spaced(query)).split()[:LONGEST_QUERY]


def query_terms(query: str, places: Iterable[Span] = ()) -> list[QueryTerm]:
    """What a text must have to be found by a query; stop words count only where there is nothing else.

    ``places`` says which of :func:`query_words` name territories.
    """
    words = query_words(query)
    plain = _spaced(query)
    own = (*_spans(plain, words), *_concepts(plain), *_acronyms(words), *places)
    spans = [span for span in own if span.end <= len(words)]
    groups = list(_groups(len(words), spans))
    worth_asking = [group for group in groups if not _only_stop_words(words[slice(*group)])]
    return [_query_term(words, begin, end, spans) for begin, end in worth_asking or groups]


def _spaced(line: str) -> str:
    return " ".join(line.split()).replace("×", "x")


def _only_stop_words(words: Sequence[str]) -> bool:
    return all(word in function_words() for word in words)


def _groups(count: int, spans: Sequence[Span]) -> Iterator[tuple[int, int]]:
    """The words in groups that no span reaches out of."""
    begin = 0
    while begin < count:
        end = begin + 1
        while reaching := [span.end for span in spans if span.begin < end < span.end and span.begin >= begin]:
            end = max(reaching)
        yield begin, end
        begin = end


def _query_term(words: Sequence[str], begin: int, end: int, spans: Sequence[Span]) -> QueryTerm:
    inside = [span for span in spans if begin <= span.begin and span.end <= end]
    replacing = [span for span in inside if span.replaces]
    alternatives = [] if replacing else [_prefixes(words[begin:end])]
    for span in replacing or inside:
        around = [*words[begin : span.begin], *words[span.end : end]]
        alternatives.append((span.term, *(() if _only_stop_words(around) else _prefixes(around))))
    return QueryTerm(tuple(dict.fromkeys(alternatives)))


def _prefixes(words: Sequence[str]) -> tuple[str, ...]:
    """The beginnings by which words are looked for, without stop words."""
    content = [word for word in words if word not in function_words()]
    return tuple(_stem(word) for word in content or words)


def _stem(word: str) -> str:
    """A word without the ending of number and gender: ``nurses`` finds ``nurse``, ``italienne`` finds ``italien``."""
    if len(word) <= SHORTEST_WITHOUT_ENDING or not word.isalpha():
        return word
    short = ENDING.sub("", word)
    if len(short) > SHORTEST_WITHOUT_ENDING and short[-1] == short[-2]:
        short = short[:-1]
    return short if len(short) >= SHORTEST_WITHOUT_ENDING else word


def _spans(text: str, words: Sequence[str]) -> Iterator[Span]:
    yield from _joined_compounds(text, words)
    yield from _ratios(words)
    for name in full_names_in(words):
        yield Span(name.begin, name.end, _key_term("organisation", name.key))


def _acronyms(words: Sequence[str]) -> Iterator[Span]:
    for at, word in enumerate(words):
        if key := key_of_acronym(word):
            yield Span(at, at + 1, _key_term("organisation", key))


def _key_term(what: str, key: str) -> str:
    return KEY_TERM.format(what=what, key=fold(key).replace(" ", ""))


def _compounds(text: str) -> Iterator[list[str]]:
    """The folded parts of each compound: ``d'Ivoire``, ``M4D-Net``."""
    for found in COMPOUND.finditer(text):
        parts = fold(found.group()).split()
        if len(parts) > 1:
            yield parts


def _joined_compounds(text: str, words: Sequence[str]) -> Iterator[Span]:
    at = 0
    for parts in _compounds(text):
        begin = next((i for i in range(at, len(words)) if list(words[i : i + len(parts)]) == parts), None)
        if begin is not None:
            at = begin + len(parts)
            yield Span(begin, at, "".join(parts))


def _ratios(words: Sequence[str]) -> Iterator[Span]:
    for begin, (one, by, other) in enumerate(zip(words, words[1:], words[2:], strict=False)):
        numbers = [NUMBERS.get(word, word) for word in (one, other)]
        if by in RATIO_WORDS and all(number.isdecimal() for number in numbers):
            yield Span(begin, begin + 3, "x".join(numbers), replaces=True)


def _concepts(text: str) -> Iterator[Span]:
    for mention in mentions_in(text):
        if concepts()[mention.concept].sector:  # those without one, such as "help", are in every second text
            end = mention.at + mention.words.count(" ") + 1
            yield Span(mention.at, end, _key_term("concept", mention.concept))
