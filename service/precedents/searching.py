"""Which documented practices a query finds: by what they say, where they are, what they do and who took part."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session

from schemas.language import all_texts
from schemas.search_terms import QueryTerm, label_terms, query_terms
from schemas.sectors import resolve_sector
from service.db.tables import Precedent
from service.precedents import repository
from service.vocabularies.search_words import (
    mechanism_words,
    place_words,
    priority_words,
    sector_words,
    territories_of,
    territory_words,
)

Record = dict[str, Any]
IN_NAME = 3
"""How much more a term tells that stands in the name of a practice than one that stands elsewhere."""


@dataclass(frozen=True, slots=True)
class IndexedPrecedent:
    """A practice with the terms of its name and of everything else."""

    precedent: Precedent
    name: frozenset[str]
    rest: frozenset[str]

    def found(self, terms: Sequence[QueryTerm]) -> int:
        """How many of these terms it has."""
        return sum(term.found_in(self.name) or term.found_in(self.rest) for term in terms)

    def score(self, terms: Sequence[QueryTerm]) -> int:
        """How well it fits: each term counts once, in the name more."""
        return sum(IN_NAME if term.found_in(self.name) else int(term.found_in(self.rest)) for term in terms)


def search_precedents(session: Session, query: str) -> list[Precedent]:
    """The practices that have every word of the query, the best first; where none has, those that have most of them."""
    terms = query_terms(query)
    indexed = _indexed(session, repository.all_precedents(session)) if terms else []
    most = max((item.found(terms) for item in indexed), default=0)
    best = [item for item in indexed if most and item.found(terms) == most]
    best.sort(key=lambda item: (-item.score(terms), item.precedent.key))
    return [item.precedent for item in best]


def _indexed(session: Session, precedents: Sequence[Precedent]) -> list[IndexedPrecedent]:
    places = {one.key: [*one.document["origin"], *one.document["residence"]] for one in precedents}
    names = territory_words(session, territories_of(place for some in places.values() for place in some))
    keys = (key for one in precedents for key in one.document.get("profiles", ()))
    partners = repository.published_profiles(session, keys)
    partner_texts = {
        key: [*all_texts(profile.document["name"]), profile.document.get("operator") or ""]
        for key, profile in partners.items()
    }
    return [
        IndexedPrecedent(
            one,
            _terms(all_texts(one.document["name"])),
            _terms(_other_texts(one.document, place_words(places[one.key], names), partner_texts)),
        )
        for one in precedents
    ]


def _terms(texts: Sequence[str] | Iterator[str]) -> frozenset[str]:
    return frozenset(term for text in texts for term in label_terms(text))


def _other_texts(
    document: Record, places: Iterator[str], partners: Mapping[str, Sequence[str]]
) -> Iterator[str]:
    for field in ("description", "helped", "hindered"):
        yield from all_texts(document.get(field))
    yield from places
    yield from sector_words(filter(None, map(resolve_sector, document.get("sectors", ()))))
    yield from priority_words(document.get("priorities", ()))
    yield from mechanism_words(document["kind"])
    for key in document.get("profiles", ()):
        yield from partners.get(key, ())
