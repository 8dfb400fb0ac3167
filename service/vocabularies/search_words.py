"""The words by which codes are found in all four languages: territories, sectors, priorities, mechanisms, labels."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from sqlmodel import Session

from schemas.csv_files import read_csv
from schemas.language import Language
from schemas.mechanisms import mechanisms
from schemas.places import territories_of
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.sectors import ancestors, sectors
from schemas.translation import Message, translate
from service.vocabularies import territory_repository as repository


def place_words(places: Collection[Mapping[str, Any]], names: Mapping[str, Collection[str]]) -> Iterator[str]:
    """Stored places as they were given, and the names of all they lie in."""
    for place in places:
        yield place.get("place") or ""
    for code in territories_of(places):
        yield from names.get(code, ())


def territory_words(session: Session, codes: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The names of territories, by code; of a country also what its people and things are called (``Senegalese``)."""
    return {
        code: tuple(dict.fromkeys((territory.name, *territory.names.values(), *_demonyms().get(code, ()))))
        for code, territory in repository.by_codes(session, codes).items()
    }


@cache
def _demonyms() -> Mapping[str, tuple[str, ...]]:
    """What is called after a country, by its code: one form each, in the masculine singular (wording ours)."""
    return {
        row["country"]: tuple(word for language in Language for word in row[language].split("|"))
        for row in read_csv("schemas", "vocabularies", "demonyms.csv")
    }


def sector_words(codes: Iterable[str]) -> Iterator[str]:
    """The names and everyday words of sectors and the names of their categories."""
    for code in codes:
        if code in sectors():
            for above in ancestors(code):
                yield from sectors()[above].names.values()
            yield from sectors()[code].labels()


def priority_words(keys: Iterable[Priority]) -> Iterator[str]:
    """The names of priorities."""
    for key in keys:
        yield from PRIORITIES[key].names.values()


def mechanism_words(mechanism: str) -> Iterator[str]:
    """A mechanism as it is given; if it is a known one, its names and everyday words."""
    yield mechanism
    if mechanism in mechanisms():
        yield from mechanisms()[mechanism].labels()


def label_words(label: Message) -> Iterator[str]:
    """A label in every language."""
    for language in Language:
        yield translate(language, label.text)
