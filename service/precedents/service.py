"""Documented practices: which are listed, and how one reader sees them."""

from collections.abc import Sequence

from sqlmodel import Session

from schemas.language import Language, text_in
from schemas.mechanisms import mechanisms
from schemas.partnerships import ProfileReference
from schemas.places import QualifiedTerritory, territories_of
from schemas.priorities import PRIORITIES
from schemas.sectors import resolve_sector, sectors
from service.db.tables import Precedent, Profile
from service.http.pages import unknown_cursor
from service.precedents import repository
from service.precedents.searching import search_precedents
from service.precedents.views import DocumentedPractice, NamedPriority, NamedSector
from service.profiles.public import reference
from service.profiles.records import Record
from service.vocabularies.territories import qualified_name, territories_named


def list_practices(session: Session, query: str | None, after: str | None, limit: int) -> Sequence[Precedent]:
    """The next practices behind the one with the key ``after``: those that a query finds, the best first, or all by key.

    Raises ``Invalid`` for a key that the query does not find.
    """
    if query is None:
        return repository.after_key(session, after, limit)
    found = search_precedents(session, query)
    if after is not None and after not in found:
        raise unknown_cursor()
    begin = found.index(after) + 1 if after is not None else 0
    return repository.by_keys(session, found[begin : begin + limit])


def shown_practices(
    session: Session, precedents: Sequence[Precedent], language: Language
) -> list[DocumentedPractice]:
    """Practices in the reader's language; two queries for all of them."""
    documents = [precedent.document for precedent in precedents]
    places = (place for document in documents for side in ("origin", "residence") for place in document[side])
    names = territories_named(session, territories_of(places), language)
    actors = repository.published_actors(session, precedents)
    return [_shown(document, names, actors, language) for document in documents]


def _shown(
    document: Record, names: dict[str, str], actors: dict[str, Profile], language: Language
) -> DocumentedPractice:
    took_part = [actors[key] for key in document.get("profiles", ()) if key in actors]
    return DocumentedPractice(
        key=document["key"],
        name=text_in(document["name"], language),
        mechanism=document["kind"],
        mechanism_name=mechanisms()[document["kind"]].names[language],
        description=text_in(document["description"], language),
        origin=[_place(place, names) for place in document["origin"]],
        residence=[_place(place, names) for place in document["residence"]],
        sectors=_sectors(document.get("sectors", ()), language),
        priorities=[
            NamedPriority(key=key, name=PRIORITIES[key].names[language])
            for key in document.get("priorities", ())
        ],
        since=document.get("since"),
        until=document.get("until"),
        helped=text_in(document.get("helped"), language) or None,
        hindered=text_in(document.get("hindered"), language) or None,
        profiles=[ProfileReference.model_validate(reference(profile, language)) for profile in took_part],
        actors=document.get("actors", []),
        source=document["source"],
    )


def _place(place: Record, names: dict[str, str]) -> QualifiedTerritory:
    return QualifiedTerritory(code=place["code"], name=qualified_name(place["path"], names))


def _sectors(given: Sequence[str], language: Language) -> list[NamedSector]:
    codes = (resolve_sector(sector) for sector in given)
    return [NamedSector(code=code, name=sectors()[code].names[language]) for code in codes if code]
