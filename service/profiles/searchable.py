"""The terms by which profiles are found: what they say, and what their codes are called in four languages."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain

from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.kinds import KIND_NAMES, Kind
from schemas.places import territories_of
from schemas.records import LEGAL_FORMS, LEVELS
from schemas.search_terms import index_terms, label_terms, name_terms, place_terms, territory_term
from schemas.texts import all_texts
from service.profiles.duplicates import Written
from service.profiles.records import places_in
from service.vocabularies.search_words import (
    label_words,
    mechanism_words,
    place_words,
    priority_words,
    sector_words,
    territory_words,
)

TerritoryWords = Mapping[str, Sequence[str]]
SEARCHED_CHARACTERS = 4_000
"""How much of its own texts a profile is found by."""


def search_texts(session: Session, written: Sequence[Written]) -> list[tuple[int, str]]:
    """The number of each profile and the terms by which it is found; one query for the territories of all."""
    places = [place for item in written for place in places_in(item.kind, item.document)]
    names = territory_words(session, territories_of(places))
    return [(item.number, " ".join(_terms(item.kind, item.document, names))) for item in written]


def _terms(kind: Kind, document: JsonObject, names: TerritoryWords) -> dict[str, None]:
    """Each term once."""
    own = "\n".join(_own_texts(document))[:SEARCHED_CHARACTERS]
    return dict.fromkeys(
        chain(
            index_terms(own),
            *map(name_terms, all_texts(document["name"])),
            map(territory_term, territories_of(places_in(kind, document))),
            *map(place_terms, place_words(places_in(kind, document), names)),
            *map(label_terms, _labels(kind, document)),
        )
    )


def _labels(kind: Kind, document: JsonObject) -> Iterator[str]:
    """What the codes of a profile are called, those of its places apart."""
    yield from sector_words(document.get("sectors", ()))
    yield from priority_words(document.get("priorities", ()))
    yield from mechanism_words(document.get("mechanism") or "")
    yield from label_words(KIND_NAMES[kind])
    if level := document.get("level"):
        yield from label_words(LEVELS[level])
    if legal_form := document.get("legal_form"):
        yield from label_words(LEGAL_FORMS[legal_form])


def _own_texts(document: JsonObject) -> Iterator[str]:
    """What a profile says in its own words beside its name, the most telling first."""
    yield from (document.get("operator") or "", document.get("registration_number") or "")
    yield from document.get("applicants", ())
    for field in ("description", "needs", "conditions"):
        yield from all_texts(document.get(field))
    for offer in (document.get("offers") or {}).values():
        yield from all_texts(offer)
