"""What people search for, with the territories that their words name in whatever language."""

from collections.abc import Iterator, Sequence

from sqlmodel import Session

from schemas.concepts import function_words
from schemas.search_terms import QueryTerm, Span, query_terms, query_words, territory_term
from service.vocabularies import territory_repository as repository

LONGEST_PLACE_NAME = 5
SHORTEST_PLACE_NAME = 3
MOST_NAMESAKES = 12
"""Of how many territories of one name a query finds what is there, the largest first."""


def read_query(session: Session, query: str) -> list[QueryTerm]:
    """What a text must have to be found by a query; a place in it also stands for the territories of that name."""
    return query_terms(query, _places(session, query_words(query)))


def _places(session: Session, words: Sequence[str]) -> Iterator[Span]:
    spans = {
        (begin, end): " ".join(words[begin:end])
        for begin in range(len(words))
        for end in range(begin + 1, min(begin + LONGEST_PLACE_NAME, len(words)) + 1)
    }
    names = {name for name in spans.values() if _may_be_a_place(name)}
    found = repository.codes_named(session, names, MOST_NAMESAKES)
    for (begin, end), name in spans.items():
        for code in found.get(name, ()):
            yield Span(begin, end, territory_term(code))


def _may_be_a_place(name: str) -> bool:
    return len(name) >= SHORTEST_PLACE_NAME and name not in function_words()
