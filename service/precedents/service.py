"""Documented practices put into words for one reader."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import Session

from schemas.language import Language, text_in
from schemas.mechanisms import mechanisms
from schemas.partnerships import ProfileReference
from schemas.priorities import PRIORITIES
from schemas.sectors import resolve_sector, sectors
from service.db.tables import Precedent, Profile
from service.precedents import repository
from service.precedents.views import DocumentedPractice, NamedPriority, NamedSector, PracticePlace
from service.profiles.public import reference
from service.vocabularies.search_words import territories_of
from service.vocabularies.territories import territories_named

Record = dict[str, Any]


def shown_practices(
    session: Session, precedents: Sequence[Precedent], language: Language
) -> list[DocumentedPractice]:
    """Practices in the reader's language; two queries for all of them."""
    documents = [precedent.document for precedent in precedents]
    places = (place for document in documents for side in ("origin", "residence") for place in document[side])
    names = territories_named(session, territories_of(places), language)
    keys = (key for document in documents for key in document.get("profiles", ()))
    partners = repository.published_profiles(session, keys)
    return [_shown(document, names, partners, language) for document in documents]


def _shown(
    document: Record, names: dict[str, str], partners: dict[str, Profile], language: Language
) -> DocumentedPractice:
    took_part = [partners[key] for key in document.get("profiles", ()) if key in partners]
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


def _place(place: Record, names: dict[str, str]) -> PracticePlace:
    path = place.get("path") or [place["country"]]
    within = [names[code] for code in reversed(path) if code in names]
    known = place.get("code")
    return PracticePlace(code=known, name=", ".join(within if known else (place["place"], *within)))


def _sectors(given: Sequence[str], language: Language) -> list[NamedSector]:
    codes = (resolve_sector(sector) for sector in given)
    return [NamedSector(code=code, name=sectors()[code].names[language]) for code in codes if code]
