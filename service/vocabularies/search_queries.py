"""What people search for, with the territories that their words name in whatever language."""

from collections.abc import Iterator, Sequence
from itertools import chain

from sqlmodel import Session

from schemas.concepts import function_words
from schemas.search_terms import QueryTerm, Span, query_terms, query_words, territory_term
from service.vocabularies import territory_repository as repository

LONGEST_PLACE_NAME = 5
SHORTEST_PLACE_NAME = 3
MOST_NAMESAKES = 12
"""Of how many territories of one name a query finds what is there, the largest first."""


def read_query(session: Session, query: str, *, broader: bool = False) -> list[QueryTerm]:
    """What a text must have to be found by a query; a place in it also stands for the territories of that name.

    With ``broader`` also for all they lie in: ``Palermo`` finds what is done in Sicily or in Italy.
    """
    return query_terms(query, _places(session, query_words(query), broader=broader))


def _places(session: Session, words: Sequence[str], *, broader: bool) -> Iterator[Span]:
    spans = {
        (begin, end): " ".join(words[begin:end])
        for begin in range(len(words))
        for end in range(begin + 1, min(begin + LONGEST_PLACE_NAME, len(words)) + 1)
    }
    names = {name for name in spans.values() if _may_be_a_place(name)}
    found = repository.codes_named(session, names, 1 if broader else MOST_NAMESAKES)
    paths = repository.by_codes(session, chain.from_iterable(found.values())) if broader else {}
    for (begin, end), name in spans.items():
        for code in found.get(name, ()):
            for meant in paths[code].path if broader else (code,):
                yield Span(begin, end, territory_term(meant))


def _may_be_a_place(name: str) -> bool:
    return len(name) >= SHORTEST_PLACE_NAME and name not in function_words()
