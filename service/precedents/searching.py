"""Which documented practices a query finds: by what they say, where they are, what they do and who took part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import log
from operator import mul

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.places import territories_of
from schemas.search_terms import QueryTerm, label_terms, name_terms, place_terms, territory_term
from schemas.sectors import resolve_sector
from schemas.texts import all_texts
from service.db.memo import DatabaseMemo
from service.precedents import repository
from service.vocabularies.search_queries import read_query
from service.vocabularies.search_words import (
    mechanism_words,
    place_words,
    priority_words,
    sector_words,
    territory_words,
)

NAME_BOOST = 3
"""How many times more a term counts in the name of a practice than elsewhere."""


@dataclass(frozen=True, slots=True)
class IndexedPrecedent:
    """A practice by key, with the terms of its name and of everything else, both sorted."""

    key: str
    name: Sequence[str]
    rest: Sequence[str]

    def weight(self, term: QueryTerm) -> int:
        """How much a term counts for this practice; 0 where it has it nowhere."""
        return NAME_BOOST if term.found_in(self.name) else int(term.found_in(self.rest))


def search_precedents(session: Session, query: str) -> list[str]:
    """The keys of the practices that have every word of the query, the best first.

    Where none has, a place in the query also stands for all it lies in, and those are found that have most
    of the words. Each word counts by its inverse document frequency, in a name more.
    """
    terms = read_query(session, query)
    if not terms:
        return []
    indexed = _INDEX.get(session, repository.searched_version(session))
    weights = _weights(indexed, terms)
    if not any(map(all, weights.values())):
        weights = _weights(indexed, read_query(session, query, broader=True))
    return _best_first(weights)


def _weights(indexed: Sequence[IndexedPrecedent], terms: Sequence[QueryTerm]) -> dict[str, list[int]]:
    return {item.key: [item.weight(term) for term in terms] for item in indexed}


def _best_first(weights: Mapping[str, Sequence[int]]) -> list[str]:
    """The keys of those with most of the terms, by the sum of their weights times the terms' IDF."""
    frequencies = [sum(map(bool, column)) for column in zip(*weights.values(), strict=True)]
    idf = [log(1 + len(weights) / frequency) if frequency else 0 for frequency in frequencies]
    most = max((sum(map(bool, row)) for row in weights.values()), default=0)
    scores = {
        key: sum(map(mul, row, idf)) for key, row in weights.items() if most and sum(map(bool, row)) == most
    }
    return sorted(scores, key=lambda key: (-scores[key], key))


def _indexed(session: Session) -> list[IndexedPrecedent]:
    precedents = repository.all_precedents(session)
    places = {one.key: [*one.document["origin"], *one.document["residence"]] for one in precedents}
    names = territory_words(session, territories_of(chain.from_iterable(places.values())))
    actors = {
        key: [*all_texts(profile.document["name"]), profile.document.get("operator") or ""]
        for key, profile in repository.published_actors(session, precedents).items()
    }
    return [
        IndexedPrecedent(
            one.key,
            sorted(chain.from_iterable(map(name_terms, all_texts(one.document["name"])))),
            sorted(
                chain(
                    *map(label_terms, _other_texts(one.document, actors)),
                    *map(place_terms, place_words(places[one.key], names)),
                    map(territory_term, territories_of(places[one.key])),
                )
            ),
        )
        for one in precedents
    ]


_INDEX = DatabaseMemo(_indexed)


def _other_texts(document: JsonObject, actors: Mapping[str, Sequence[str]]) -> Iterator[str]:
    for field in ("description", "helped", "hindered"):
        yield from all_texts(document.get(field))
    yield from sector_words(filter(None, map(resolve_sector, document.get("sectors", ()))))
    yield from priority_words(document.get("priorities", ()))
    yield from mechanism_words(document["kind"])
    yield from document.get("actors", ())
    for key in document.get("profiles", ()):
        yield from actors.get(key, ())
