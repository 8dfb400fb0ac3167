"""Documented practices as their readers see them, in their language."""

from collections.abc import Sequence

from pydantic import BaseModel, Field
from sqlmodel import Session

from schemas.inputs import JsonObject
from schemas.language import Language
from schemas.mechanisms import mechanisms
from schemas.partnerships import ProfileReference
from schemas.places import QualifiedTerritory, territories_of
from schemas.priorities import PRIORITIES
from schemas.records import Priority
from schemas.sectors import resolve_sector, sectors
from schemas.texts import text_in
from service.db.tables import Precedent, Profile
from service.precedents import repository
from service.profiles.views import reference
from service.vocabularies.territories import qualified_name, territories_named


class NamedSector(BaseModel):
    """A sector by its DAC code, with its name."""

    code: str
    name: str


class NamedPriority(BaseModel):
    """One of the four priorities, with its name."""

    key: Priority
    name: str


class FactSource(BaseModel):
    """Where the facts come from."""

    document: str
    section: str


class DocumentedPractice(BaseModel):
    """A practice that a report documents: who did what, where and when, what helped and what hindered."""

    key: str
    name: str
    mechanism: str = Field(description="What it does, by key: `matching_fund`, `training`, `network` …")
    mechanism_name: str
    description: str
    origin: list[QualifiedTerritory]
    residence: list[QualifiedTerritory]
    sectors: list[NamedSector]
    priorities: list[NamedPriority]
    since: str | None = Field(description="A year or a day.")
    until: str | None
    helped: str | None
    hindered: str | None
    profiles: list[ProfileReference] = Field(description="Those who took part and have a profile here.")
    actors: list[str] = Field(description="Others who took part, by name.")
    source: FactSource


def practice_views(
    session: Session, precedents: Sequence[Precedent], language: Language
) -> list[DocumentedPractice]:
    """Practices in the reader's language; two queries for all of them."""
    documents = [precedent.document for precedent in precedents]
    places = (place for document in documents for side in ("origin", "residence") for place in document[side])
    names = territories_named(session, territories_of(places), language)
    actors = repository.published_actors(session, precedents)
    return [_view(document, names, actors, language) for document in documents]


def _view(
    document: JsonObject, names: dict[str, str], actors: dict[str, Profile], language: Language
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
        profiles=[reference(profile, language) for profile in took_part],
        actors=document.get("actors", []),
        source=document["source"],
    )


def _place(place: JsonObject, names: dict[str, str]) -> QualifiedTerritory:
    return QualifiedTerritory(code=place["code"], name=qualified_name(place["path"], names))


def _sectors(given: Sequence[str], language: Language) -> list[NamedSector]:
    codes = (resolve_sector(sector) for sector in given)
    return [NamedSector(code=code, name=sectors()[code].names[language]) for code in codes if code]
