"""Territories as readers look them up and see them named."""

from collections.abc import Collection, Sequence

from sqlmodel import Session

from schemas.language import Language
from schemas.text_folding import fold
from service.db.tables import Territory
from service.vocabularies import territory_repository as repository
from service.vocabularies.gazetteer import Gazetteer
from service.vocabularies.misspellings import nearest_matches
from service.vocabularies.place_reading import literal_reading


def find_territory(session: Session, code: str) -> Territory | None:
    """The territory with this code, if there is one."""
    return repository.by_code(session, code)


def search_territories(session: Session, query: str, country: str | None, limit: int) -> Sequence[Territory]:
    """Territories whose name begins like the query, exact ones and large ones first; then misspelt ones."""
    folded = fold(query)
    if not folded:
        return []
    least = repository.ADMINISTRATIVE_WEIGHT if len(folded) == 1 and country is None else 0
    found = list(repository.completing(session, folded, country, least, limit))
    if not found:
        spellings = literal_reading(query).spellings
        nearest = nearest_matches(Gazetteer(session), country, spellings)
        found = [match.territory for match in nearest.certain or nearest.ordered]
    return found[:limit]


def name_in(territory: Territory, language: Language) -> str:
    """The territory's name in this language."""
    name: str = territory.names.get(language.value) or territory.name
    return name


def territories_named(session: Session, codes: Collection[str], language: Language) -> dict[str, str]:
    """Names in this language, by code."""
    return {
        code: name_in(territory, language) for code, territory in repository.by_codes(session, codes).items()
    }


def names_with_parents(
    session: Session, territories: Collection[Territory], language: Language
) -> dict[str, str]:
    """Names that tell namesakes apart, by code: ``Springfield, Illinois, United States``."""
    names = territories_named(
        session, {code for territory in territories for code in territory.path}, language
    )
    return {
        territory.code: ", ".join(names[code] for code in reversed(territory.path) if code in names)
        for territory in territories
    }
